"""Periodic work of the field app."""

SCHEDULE = {"field-plausibility": {"task": "field.check_plausibility", "schedule": 30.0}}
