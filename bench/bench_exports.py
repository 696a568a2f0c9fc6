"""Downloads of 10,000 observations: CSV as it streams, the workbook, a page of the feed; first byte, processor time, memory (DESIGN 8)."""

from __future__ import annotations

import resource
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from bench.bench_field import fill, mission
from bench.runner import bench
from field.services import exports, feed
from field.services.workbooks import workbook

ROWS = 10_000
MEGA = 1024 * 1024


def resident() -> int:
    """Bytes of memory that this process holds now. Linux."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def only(count: int) -> Any:
    """The first `count` observations, however many other benchmarks left."""
    fill(count)
    everything = exports.exportable(mission())
    return everything.filter(pk__lte=everything.order_by("pk").values_list("pk", flat=True)[count - 1])


@bench("CSV of 10,000 observations", n=ROWS, runs=3, seconds=1.0)
def csv_of_ten_thousand() -> Generator[None, None, str]:
    """As it is streamed; the note says the first byte and how much memory grew."""
    wanted = only(ROWS)
    yield
    start, cpu, before, first, size, peak = time.perf_counter(), time.process_time(), resident(), 0.0, 0, 0
    for chunk in exports.csv_rows(wanted):
        first = first or time.perf_counter() - start
        size, peak = size + len(chunk), max(peak, resident())
    cpu = time.process_time() - cpu
    return f"first byte {first:.3f} s, processor {cpu:.2f} s, {size / MEGA:.1f} MB, memory +{(peak - before) / MEGA:.0f} MB"


@bench("XLSX of 10,000 observations", n=ROWS, runs=2)
def workbook_of_ten_thousand() -> Generator[None, None, str]:
    """The whole file, as it is made before it is sent."""
    wanted = only(ROWS)
    yield
    cpu, before = time.process_time(), resident()
    with workbook(wanted, zone="Europe/Sofia") as file:
        size = file.seek(0, 2)
    cpu = time.process_time() - cpu
    return f"processor {cpu:.2f} s, {size / MEGA:.1f} MB, memory +{max(0, resident() - before) / MEGA:.0f} MB"


@bench("OData: a page of 500 rows of 10,000", n=500, runs=5)
def a_page_of_the_feed() -> Iterator[None]:
    """The second page, with all columns."""
    wanted = only(ROWS)
    yield
    table = exports.table_of(wanted)
    columns = feed.columns_of(table)
    for values in wanted.order_by("pk").values_list(*exports.COLUMNS)[500:1000]:
        row = table.row(values, lambda cell: cell)
        assert [column.value(row[column.at]) for column in columns]
