"""Periodic work of observers. Seconds; `SCRUTIN_SWEEP_SECONDS` shortens it as it does core's sweeps."""

import os

SCHEDULE = {
    "observers.delete_identity_data": {
        "task": "observers.delete_identity_data",
        "schedule": float(os.environ.get("SCRUTIN_SWEEP_SECONDS") or 3600),
    }
}
