"""Collects, runs and reports benchmarks."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module
from inspect import isgeneratorfunction
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Benchmark:
    """A function to time. `seconds` is a bar that the median must stay under, `rate` one that n per second must reach."""

    name: str
    function: Callable[[], Any]
    n: int = 1
    runs: int = 5
    seconds: float | None = None
    rate: float | None = None
    worst: float | None = None


@dataclass(frozen=True)
class Result:
    """What one benchmark measured; `ratio` above 1 holds the bar."""

    name: str
    n: int
    runs: int
    median: float
    worst: float
    per_second: float
    bar: str
    ratio: float | None
    gap: float | None = None
    note: str = ""


REGISTRY: dict[str, Benchmark] = {}
_gaps: list[float] = []


def gap(value: float | None) -> None:
    """Told by a run of an optimisation: how far from the proven bound it stopped (0.02 is two per cent, 0 is proven)."""
    _gaps.append(value or 0.0)


def bench(
    name: str, *, n: int = 1, runs: int = 5, seconds: float | None = None, rate: float | None = None, worst: float | None = None
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function. A generator function prepares before its `yield`, and only what follows is timed.

    What it returns is a note beside the figures: the gap that was reached, the memory that was needed.
    """

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        REGISTRY[name] = Benchmark(name, function, n, runs, seconds, rate, worst)
        return function

    return register


def timed(function: Callable[[], Any]) -> tuple[float, str]:
    """Seconds of one run, without what a generator does before its yield; and its note."""
    note: Any = ""
    if isgeneratorfunction(function):
        prepared = function()
        next(prepared)
        started = time.perf_counter()
        try:
            next(prepared)
        except StopIteration as end:
            note = end.value
    else:
        started = time.perf_counter()
        note = function()
    return time.perf_counter() - started, note if isinstance(note, str) else ""


def measure(benchmark: Benchmark) -> Result:
    """Run it `runs` times."""
    _gaps.clear()
    runs = [timed(benchmark.function) for _ in range(benchmark.runs)]
    times, note = [seconds for seconds, _note in runs], runs[-1][1]
    median, worst = statistics.median(times), max(times)
    bar, ratio = "", None
    if benchmark.rate is not None:
        bar, ratio = f">= {benchmark.rate:g}/s", benchmark.n / median / benchmark.rate
    elif benchmark.seconds is not None:
        bar, ratio = f"< {benchmark.seconds:g} s", benchmark.seconds / median
    if benchmark.worst is not None:
        bar = f"{bar}, worst < {benchmark.worst:g} s".lstrip(", ")
        ratio = min(ratio if ratio is not None else float("inf"), benchmark.worst / worst)
    rate = round(benchmark.n / median, 1)
    return Result(
        benchmark.name,
        benchmark.n,
        benchmark.runs,
        round(median, 4),
        round(worst, 4),
        rate,
        bar,
        ratio and round(ratio, 2),
        max(_gaps, default=None),
        note,
    )


def collect(chosen: list[str]) -> list[str]:
    """Import bench_*.py (all, or those named); the modules' names."""
    names = sorted(path.stem for path in FOLDER.glob("bench_*.py"))
    wanted = [name for name in names if not chosen or name.removeprefix("bench_") in chosen]
    for name in wanted:
        import_module(f"bench.{name}")
    return wanted


def table(results: list[Result]) -> str:
    """The results as a table for a terminal."""
    head = ["benchmark", "n", "runs", "median", "worst", "per second", "bar", "ratio", "worst gap", "note"]
    rows = [
        [
            r.name,
            str(r.n),
            str(r.runs),
            f"{r.median:.3f} s",
            f"{r.worst:.3f} s",
            f"{r.per_second:,.1f}",
            r.bar,
            f"{r.ratio or 0:.2f}",
            "" if r.gap is None else f"{r.gap:.1%}",
            r.note,
        ]
        for r in results
    ]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def write(results: list[Result], database: str, path: Path = FOLDER / "results.json") -> None:
    """The results with what they were measured on."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system(), "database": database}
    content = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "results": [asdict(r) for r in results]}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
