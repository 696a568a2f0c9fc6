"""`docs/lifecycles.md` says what the table of moves says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from missions import checks
from missions.lifecycle import MOVES, road_for

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lifecycles.md"


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    part = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def codes(cell: str) -> set[str]:
    """The codes in a cell."""
    return set(re.findall(r"`([a-z_]+)`", cell))


def test_the_moves_of_a_mission():
    told = {codes(row[0]).pop(): row for row in rows_of("Mission: moves")}
    assert set(told) == set(MOVES)
    for name, move in MOVES.items():
        _action, sources, target, permission, leader = told[name]
        assert codes(sources) == {str(state) for state in move.sources}, name
        assert codes(target) == {str(move.target)}, name
        assert permission.strip("`") == move.permission, name
        assert (leader == "report") is (move.led_by == "report"), name


def test_the_road_of_each_format():
    for row in rows_of("Mission: roads by format"):
        (format,) = codes(row[0])
        assert re.findall(r"`([a-z_]+)`", row[1]) == [str(state) for state in road_for(format)]


def test_what_moves_produce():
    told = {codes(row[0]).pop(): row for row in rows_of("Mission: what moves produce")}
    assert set(told) == set(MOVES)
    with (PAGE.parents[1] / "missions" / "data" / "deadline_rules.csv").open(encoding="utf-8") as file:
        rules = list(csv.DictReader(file))
    for name, move in MOVES.items():
        _action, then, meets = told[name]
        assert then == str(move.then), name
        assert codes(meets) == {row["code"] for row in rules if row["done_in"] == move.target}, name


def test_the_guards_of_this_app():
    told = {(codes(row[0]).pop(), row[2]) for row in rows_of("Mission: guards") if row[1] == "missions"}
    ours = {
        (action, (check.__doc__ or "").strip())
        for action, registered in checks._checks.items()
        for check in registered
        if check.__module__ == "missions.services.guards"
    }
    assert told == ours
