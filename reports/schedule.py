"""Periodic work of reports. Seconds; `SCRUTIN_SWEEP_SECONDS` shortens it as it does core's sweeps."""

import os

SCHEDULE = {
    "reports.delete_leftovers": {
        "task": "reports.delete_leftovers",
        "schedule": float(os.environ.get("SCRUTIN_SWEEP_SECONDS") or 3600),
    }
}
