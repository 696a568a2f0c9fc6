"""Periodic work of missions: the mailbox is read only where the setting names one."""

from django.conf import settings

SCHEDULE = {"missions.read_mail": {"task": "missions.read_mail", "schedule": 300.0}} if settings.SCRUTIN_MAILBOX else {}
