"""Figures of polling day as texts use them: one JSON-able snapshot per mission, made from `field.figures` alone.

Every number carries n and denominator; a share is given from 30 forms on (field-forms 5, project rule).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from babel.numbers import format_decimal

from core import clock
from core.languages import locale_of
from field.counted import Filters
from field.figures import counted as counted_rows
from field.figures import figures as count_figures
from missions.models import Mission
from reports.documents.wording import say
from reports.services.shares import SHARES_FROM

OVERALL = ("A25", "B34", "C33", "D24")  # the questions on overall conduct of the standard forms
TOKEN = re.compile(r"\{figure:([A-Z]\d{2})\}")
LABELS = ("en", "fr", "de")

Snapshot = dict[str, Any]


def share_of(n: int, denominator: int, forms: int | None = None) -> float | None:
    """The share in per cent, or None where too little was counted: the denominator, or `forms` where that counts people."""
    return round(100 * n / denominator, 1) if min(denominator, denominator if forms is None else forms) >= SHARES_FROM else None


def entry(n: int, denominator: int, **more: Any) -> dict[str, Any]:
    """One figure: n, denominator, share or None, and what it is about."""
    return {**more, "n": n, "denominator": denominator, "share": share_of(n, denominator, more.get("forms"))}


def in_words(figure: dict[str, Any], language: str) -> str:
    """A figure as a sentence says it: "12 of 96 of the stations visited (12.5 %)"; of people on the boards, it says so."""
    name = "figure_members" if "forms" in figure else "figure"
    if figure["share"] is None:
        return say(f"{name}_text", language, n=figure["n"], denominator=figure["denominator"])
    share = format_decimal(figure["share"], format="0.#", locale=locale_of(language))
    return say(f"{name}_share", language, n=figure["n"], denominator=figure["denominator"], share=share)


def item_of(snapshot: Snapshot, code: str) -> dict[str, Any] | None:
    """The figure of one question (`B21`), or None where nothing was counted."""
    return next((item for item in snapshot.get("items", []) if item["code"] == code), None)


def fill_tokens(text: str, snapshot: Snapshot, language: str) -> str:
    """Replace every `{figure:B21}` by its figure, with n and denominator. An unknown one stays, and `unknown_tokens` names it."""

    def replace(match: re.Match[str]) -> str:
        figure = item_of(snapshot, match.group(1))
        return in_words(figure, language) if figure else match.group(0)

    return TOKEN.sub(replace, text)


def figures_in(texts: Iterable[str], missions: Iterable[Mission], language: str) -> list[tuple[str, str]]:
    """The figures that texts ask for, each with what it would say if a version were frozen now; empty where nobody counted it."""
    codes = sorted({code for text in texts for code in TOKEN.findall(text)})
    if not codes:
        return []
    snapshot = snapshot_of(missions)
    found = [(code, item_of(snapshot, code)) for code in codes]
    return [(code, in_words(figure, language) if figure else "") for code, figure in found]


def unknown_tokens(text: str, snapshot: Snapshot) -> list[str]:
    """Codes of figures that the text asks for and nobody counted."""
    return [code for code in TOKEN.findall(text) if item_of(snapshot, code) is None]


def top_items(snapshot: Snapshot, limit: int = 10) -> list[dict[str, Any]]:
    """Questions with remarks: by severity, then by share of remarks (field-forms 5); severity 0 is about the data alone."""
    with_cases = [item for item in snapshot.get("items", []) if item["n"] and item["severity"]]
    return sorted(with_cases, key=lambda item: (-item["severity"], -item["n"] / item["denominator"], item["code"]))[:limit]


def overall_figures(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What was counted beside the questions with remarks, each as a figure with a code, a form and a label: overall conduct by stage,
    access, women on the boards."""
    from reports.documents.figures import stage_name  # builds on this module

    rows = [
        one
        | {
            "code": f"conduct:{one['stage']}",
            "label": {code: f"{stage_name(one['stage'], code)}: {say('positive', code)}" for code in LABELS},
        }
        for one in snapshot["conduct"]
        if one["denominator"]
    ]
    named = (("access", "access_index"), ("women_chairs", "women_chairs"), ("women_members", "women_members"))
    rows += [
        snapshot[name] | {"code": name, "label": {code: say(key, code) for code in LABELS}} for name, key in named if snapshot.get(name)
    ]
    return [row | {"form": row.get("form", "")} for row in rows]


def empty_snapshot() -> Snapshot:
    """No form was counted: a remote mission, or before polling day."""
    return {
        "counted_at": clock.now().isoformat(),
        "stations": 0,
        "teams": 0,
        "areas": 0,
        "urban": 0,
        "rural": 0,
        "stages": [],
        "items": [],
        "conduct": [],
        "access": None,
        "women_members": None,
        "women_chairs": None,
        "observers": [],
    }


def snapshot_of(missions: Iterable[Mission]) -> Snapshot:
    """The figures of one or more missions, counted now.

    Of two missions in one report (two rounds of one election) forms, teams, n and denominators are added; a place that both
    have been to is one station, and its district one area.
    """
    whole, rows = empty_snapshot(), list(missions)
    for mission in rows:
        whole = _added(whole, _of_mission(mission))
    if len(rows) > 1:
        _count_places(whole, rows)
    return whole


def _of_mission(mission: Mission) -> Snapshot:
    """Read `field.figures`: what texts print, without the spread of answers. A question without a rule is no remark."""
    counted = count_figures(mission).as_json()
    names = ("form", "code", "label", "severity", "standards", "n", "denominator", "share")
    items = [{name: item[name] for name in names} for item in counted["items"] if item["rule"] and item["denominator"]]
    return {
        "counted_at": clock.now().isoformat(),
        **{name: counted[name] for name in ("stations", "teams", "areas", "urban", "rural", "stages")},
        "items": [item | {"severity": item["severity"] or 0} for item in items],
        "conduct": _overall(counted["conduct"]),
        **{name: counted[name] if counted[name]["denominator"] else None for name in ("access", "women_members", "women_chairs")},
        "observers": counted["observers"],
    }


def _overall(conduct: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One question on overall conduct for each form: that of the standard form, else the last, where such a question stands."""
    chosen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in conduct:
        known = chosen.get((row["stage"], row["form"]))
        if known is None or known["code"] not in OVERALL:
            chosen[row["stage"], row["form"]] = row
    return list(chosen.values())


def _count_places(whole: Snapshot, missions: list[Mission]) -> None:
    """Stations, areas and settings across missions: a station that two of them visited counts once."""
    settings: dict[tuple[int, str], str] = {}
    stages: dict[str, set[tuple[int, str]]] = {}
    areas: set[tuple[int, str]] = set()
    for mission in missions:
        rows = counted_rows(mission, Filters()).order_by().distinct()
        for stage, code, text, district, setting in rows.values_list(
            "form__stage", "station__code", "station_text", "station__district", "setting"
        ):
            place = (mission.country_id, code or text)
            if not place[1]:
                continue
            settings[place] = setting or settings.get(place, "")
            stages.setdefault(stage, set()).add(place)
            if district:
                areas.add((mission.country_id, district))
    values = list(settings.values())
    whole |= {"stations": len(settings), "areas": len(areas), "urban": values.count("urban"), "rural": values.count("rural")}
    for stage_row in whole["stages"]:
        stage_row["stations"] = len(stages.get(stage_row["code"], ()))


def _added(one: Snapshot, other: Snapshot) -> Snapshot:
    """Two snapshots as one: n and denominators are added, shares computed anew."""
    result = {**one}
    for name in ("stations", "teams", "areas", "urban", "rural"):
        result[name] = one[name] + other[name]
    for name, key in (("stages", "code"), ("items", "key"), ("conduct", "stage"), ("observers", "kind")):
        result[name] = _added_lists(one[name], other[name], key)
    for name in ("access", "women_members", "women_chairs"):
        pair = [part for part in (one[name], other[name]) if part]
        forms = {"forms": sum(p["forms"] for p in pair)} if any("forms" in p for p in pair) else {}
        result[name] = entry(sum(p["n"] for p in pair), sum(p["denominator"] for p in pair), **forms) if pair else None
    return result


def _added_lists(one: list[dict], other: list[dict], key: str) -> list[dict]:
    def name(row: dict) -> str:
        return f"{row['form']}:{row['code']}" if key == "key" else row[key]

    rows = {name(row): dict(row) for row in one}
    for row in other:
        known = rows.get(name(row))
        if known is None:
            rows[name(row)] = dict(row)
        elif "forms" in row:
            codes = sorted({code for part in (known, row) for code in part["form"].split(", ") if code})
            known |= {"forms": known["forms"] + row["forms"], "stations": known["stations"] + row["stations"], "form": ", ".join(codes)}
        else:
            rows[name(row)] = {**known, **entry(known["n"] + row["n"], known["denominator"] + row["denominator"])}
    return list(rows.values())
