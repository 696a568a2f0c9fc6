"""`python -m bench [NAME ...]`: run the benchmarks in a database of their own."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["SCRUTIN_DEMO"] = "1"


def main(chosen: list[str]) -> int:
    """Print the table and what is below its bar; 1 only when a name is unknown. A small machine is no failure."""
    with tempfile.TemporaryDirectory(prefix="scrutin-bench-") as folder:
        os.environ["SCRUTIN_VAR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        return _run(chosen)


def _run(chosen: list[str]) -> int:
    import django
    from django.conf import settings

    # Nothing here waits for a broker: what a service would hand to a worker is not what is timed.
    settings.CELERY_TASK_ALWAYS_EAGER = False
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from bench import runner

    names = runner.collect(chosen)
    if not names:
        print(f"No benchmark is called {' or '.join(chosen)}." if chosen else "There is no benchmark yet.")
        return 1 if chosen else 0
    databases = setup_databases(verbosity=0, interactive=False)
    results = []
    try:
        for benchmark in runner.REGISTRY.values():
            print(f"{benchmark.name} …", file=sys.stderr, flush=True)
            results.append(runner.measure(benchmark))
        print(runner.table(results))
        runner.write(results, connection.vendor)
    finally:
        teardown_databases(databases, verbosity=0)
    print(f"Written to {Path(runner.FOLDER, 'results.json')}.")
    missed = [result.name for result in results if result.ratio is not None and result.ratio < 1]
    if missed:
        print(f"Below their bar: {', '.join(missed)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
