"""Periodic work of core. Seconds; the tables are the truth, these sweeps find what a lost message left."""

SCHEDULE = {
    "core.beat": {"task": "core.beat", "schedule": 20.0},
    "core.send_outbox": {"task": "core.send_outbox", "schedule": 20.0},
    "core.sweep_jobs": {"task": "core.sweep_jobs", "schedule": 30.0},
    "core.sweep_reminders": {"task": "core.sweep_reminders", "schedule": 60.0},
    "core.seal_audit": {"task": "core.seal_audit", "schedule": 30.0},
}
