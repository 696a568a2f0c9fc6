"""The benchmark runner times only what follows the set-up, and holds results against their bars."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from bench.runner import Benchmark, Result, gap, measure, table, write


def slow_set_up() -> Iterator[None]:
    time.sleep(0.05)
    yield


def test_set_up_before_the_yield_is_not_timed() -> None:
    assert measure(Benchmark("x", slow_set_up, runs=1)).median < 0.04


def test_a_bar_in_seconds_and_one_as_a_rate() -> None:
    quick = measure(Benchmark("x", lambda: time.sleep(0.01), n=10, runs=2, seconds=10))
    assert quick.ratio is not None
    assert quick.ratio > 10
    slow = measure(Benchmark("x", lambda: time.sleep(0.01), n=10, runs=2, rate=1_000_000))
    assert slow.ratio is not None
    assert slow.ratio < 1


def test_the_gap_of_the_worst_run_is_kept_and_shown() -> None:
    gaps = iter([0.0, 0.031, 0.01])
    result = measure(Benchmark("y", lambda: gap(next(gaps)), runs=3, seconds=10))
    assert result.gap == 0.031
    assert "3.1%" in table([result])
    assert measure(Benchmark("z", lambda: None, runs=1)).gap is None


def test_table_and_file_say_the_same(tmp_path: Path) -> None:
    result = Result("ingest", 50, 5, 0.01, 0.02, 5000.0, ">= 3000/s", 1.67)
    assert "ingest" in table([result])
    write([result], "sqlite", tmp_path / "results.json")
    content = json.loads((tmp_path / "results.json").read_text())
    assert content["results"][0]["ratio"] == 1.67
    assert content["machine"]["database"] == "sqlite"
