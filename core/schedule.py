"""Periodic work of core. Seconds; the tables are the truth, these sweeps find what a lost message left.

`SCRUTIN_SWEEP_SECONDS` shortens every sweep: a demonstration lives through months in a minute.
"""

import os

_sweep = os.environ.get("SCRUTIN_SWEEP_SECONDS")

SCHEDULE = {
    "core.beat": {"task": "core.beat", "schedule": 20.0},
    "core.send_outbox": {"task": "core.send_outbox", "schedule": float(_sweep or 20)},
    "core.sweep_jobs": {"task": "core.sweep_jobs", "schedule": float(_sweep or 30)},
    "core.sweep_reminders": {"task": "core.sweep_reminders", "schedule": float(_sweep or 60)},
    "core.expire_files": {"task": "core.expire_files", "schedule": 3600.0},
    "core.seal_audit": {"task": "core.seal_audit", "schedule": 30.0},
}
