"""Builds instance XML from answers: for incidents sent as plain answers, for imports and for the demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from field.models import FormVersion
from field.services.definitions import ready
from field.xforms.evaluate import LookUp, no_tables
from field.xforms.instance import Instance, parse_instance
from missions.models import Mission

INVALID = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def build(
    version: FormVersion,
    answers: Mapping[str, Any],
    *,
    uuid: UUID | str,
    replaces: UUID | str | None = None,
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
    mission: Mission | None = None,
) -> str:
    """Instance XML of `version` with `answers` by question code; calculates are computed as a phone would.

    Lists become space-separated choices, a list of dicts the rows of a repeat. Codes the form does not have are left out.
    """
    form = ready(version)
    definition = form.compiled.definition
    given = {code: _text(value) for code, value in answers.items() if not _is_rows(value)}
    values = {path: given[path.rpartition("/")[2]] for path in definition.nodes if given.get(path.rpartition("/")[2])}
    root = f"/{definition.root}"
    if started_at and f"{root}/start" in definition.nodes:
        values[f"{root}/start"] = started_at.isoformat(timespec="milliseconds")
    if finished_at and f"{root}/end" in definition.nodes:
        values[f"{root}/end"] = finished_at.isoformat(timespec="milliseconds")
    rows = _rows(definition.repeats, definition.nodes, answers)
    instance = Instance("", definition.root, definition.form_id, definition.version, UUID(str(uuid)), None, values, rows)
    look_up: LookUp = no_tables
    if mission is not None:
        from field.services.context import context_of  # reads the database; only needed with a mission

        context = context_of(mission)
        context.load_stations([given.get("station", "")])
        look_up = context.look_up
    moment = finished_at or started_at
    computed = form.compiled.evaluate(instance, look_up=look_up, now=moment.isoformat() if moment else "").computed
    for path in definition.nodes:
        code = path.rpartition("/")[2]
        if computed.get(code) and code not in given:
            values[path] = computed[code]
    meta = f"<instanceID>uuid:{uuid}</instanceID>" + (f"<deprecatedID>uuid:{replaces}</deprecatedID>" if replaces else "")
    below: dict[str, list[str]] = {}
    for path in definition.nodes:
        below.setdefault(path.rpartition("/")[0], []).append(path)
    body = _nested(below, values, root, rows)
    head = f"<{definition.root} id={quoteattr(definition.form_id)} version={quoteattr(definition.version)}>"
    return f"{head}{body}<meta>{meta}</meta></{definition.root}>"


def read(version: FormVersion, raw: str) -> Instance:
    """The values of an instance by path."""
    return parse_instance(raw, repeats=ready(version).compiled.definition.repeats)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple, set)):
        return " ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def _rows(repeats: frozenset[str], nodes: list[str], answers: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for repeat in repeats:
        given = answers.get(repeat.rpartition("/")[2]) or []
        if _is_rows(given):
            inside = {path.rpartition("/")[2]: path for path in nodes if path.startswith(repeat + "/")}
            found[repeat] = [{inside[code]: _text(value) for code, value in row.items() if code in inside} for row in given]
    return found


def _nested(below: Mapping[str, list[str]], values: dict[str, str], above: str, rows: dict[str, list[dict[str, str]]]) -> str:
    """What stands inside the node `above`; `below` names the nodes inside each."""
    out = []
    for path in below.get(above, ()):
        name = path.rpartition("/")[2]
        if name == "meta":
            continue
        if path in rows:
            out += [f"<{name}>{_nested(below, row, path, {})}</{name}>" for row in rows[path]]
        elif path in values:
            out.append(f"<{name}>{escape(values[path].translate(INVALID))}</{name}>")
        elif inner := _nested(below, values, path, rows):
            out.append(f"<{name}>{inner}</{name}>")
    return "".join(out)
