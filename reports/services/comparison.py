"""Two versions of a report against each other, place by place: added, removed, changed with its words, moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Invalid
from reports.documents.report.content import gather
from reports.documents.wording import ENDS, say, speaking
from reports.models import Report, ReportVersion
from reports.services.diffs import Piece, kept_in_order, likeness, normalised, word_diff
from reports.services.figures import in_words, snapshot_of

NOW = "now"
"""What stands for the report as it is, not frozen."""

ALIKE = 0.6
"""From this likeness on, two texts without a common name are one that was changed."""


@dataclass(frozen=True)
class Unit:
    """One place of a report: its name in every version, the chapter, its number there, its text. `can_move`: its place was chosen."""

    key: str
    chapter: str
    number: str
    text: str
    can_move: bool = False


@dataclass(frozen=True)
class Change:
    """What became of one place. `kind`: same, added, removed, changed."""

    kind: str
    chapter: str
    old_chapter: str = ""
    old_number: str = ""
    number: str = ""
    old: str = ""
    new: str = ""
    is_moved: bool = False
    pieces: list[Piece] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        """Is there anything to see?"""
        return self.is_moved or self.kind != "same"


def side_of(report: Report, name: str, language: str) -> dict[str, Any]:
    """The content in `language` of the version with this number, or of the report as it is (`now`). Raises Invalid."""
    if name == NOW:
        return gather(report, language, snapshot_of(report.missions.order_by("pk")))[0]
    version = ReportVersion.objects.filter(report=report, number=int(name)).first() if name.isdecimal() and len(name) < 9 else None
    if version is None:
        raise Invalid(_("There is no version %(name)s of this report.") % {"name": name}, code="version_unknown", attr="from")
    if language not in version.content["languages"]:
        values = {"name": name, "language": language.upper()}
        raise Invalid(_("Version %(name)s has no text in %(language)s.") % values, code="language_unknown", attr="language")
    return version.content["languages"][language]


def sides_asked(versions: Sequence[ReportVersion], old: str, new: str) -> tuple[str, str]:
    """The two sides: as asked, else the newest version against the report as it is."""
    newest = str(versions[0].number) if versions else NOW
    return old or newest, new or NOW


def language_of(report: Report, versions: Iterable[ReportVersion], sides: tuple[str, str], wanted: str) -> str:
    """`wanted` where both sides have a text in it, else a language that both have, else the report's own."""
    known = [set(row.languages) for row in versions if str(row.number) in sides]
    both = [code for code in report.languages if all(code in one for one in known)]
    return wanted if wanted in both else next(iter(both), report.authentic_language)


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many places were added, removed, changed, moved."""
    rows = list(changes)
    kinds = Counter(change.kind for change in rows)
    return {name: kinds[name] for name in ("added", "removed", "changed", "same")} | {"moved": sum(change.is_moved for change in rows)}


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Every place of two contents of one language, in the order of the new one; what was removed stands where it stood."""
    before, after = _units(old), _units(new)
    pairs = _pairs(before, after)
    matched = [(at, pairs[at]) for at in range(len(after)) if at in pairs]
    kept = {matched[position][0] for position in kept_in_order([was for _at, was in matched])}
    gone = [at for at in range(len(before)) if at not in set(pairs.values())]
    changes: list[Change] = []
    for at, unit in enumerate(after):
        was = pairs.get(at)
        if was is None:
            changes.append(Change("added", unit.chapter, number=unit.number, new=unit.text, pieces=word_diff("", unit.text)))
            continue
        if at in kept:
            while gone and gone[0] < was:
                changes.append(_removed(before[gone.pop(0)]))
        changes.append(_both(before[was], unit, is_moved=at not in kept))
    return [*changes, *(_removed(before[place]) for place in gone)]


def _units(content: dict[str, Any]) -> list[Unit]:
    with speaking(content, content["language"]):
        return _named_once(units_of(content))


def units_of(content: dict[str, Any]) -> Iterator[Unit]:
    """Every place of a content that says something: cover, texts, appendices, figures."""
    language = content["language"]
    yield from _cover(content["cover"])
    for number, item in enumerate(content["summary"], start=1):
        yield Unit(item["uuid"], say("summary", language), str(number), item["text"], can_move=True)
    yield from _recommendation(content, language)
    for chapter in content["memorandum"]:
        for item in chapter["paragraphs"]:
            yield Unit(item["uuid"], chapter["title"], item["number"], item["text"], can_move=True)
    yield from _appendices(content["appendices"], language)


def _cover(cover: dict[str, Any]) -> Iterator[Unit]:
    labels = {
        "title": _("Title"),
        "number": _("Number"),
        "session": _("Session"),
        "committee": _("Committee"),
        "polling_text": _("Polling day"),
        "adopted_on": _("Adopted"),
        "recommendation_number": _("Number of the recommendation"),
        "resolution_number": _("Number of the resolution"),
    }
    for name, label in labels.items():
        if cover.get(name):
            yield Unit(f"cover:{name}", _("Cover"), label, cover[name])
    for row in cover["rapporteurs"]:
        yield Unit(
            f"rapporteur:{row['name']}", _("Cover"), _("Rapporteur"), ", ".join(part for part in (row["name"], row["place"]) if part)
        )


def _recommendation(content: dict[str, Any], language: str) -> Iterator[Unit]:
    text = content["recommendation"]
    for paragraph in text["paragraphs"] if text else []:
        title = text["number"] or say("recommendation", language)
        yield Unit(f"recommendation:{paragraph['number']}", title, paragraph["number"], paragraph["text"])
        for item in paragraph["items"]:
            key = item.get("uuid") or f"recommendation:{paragraph['number']}:{item['text']}"
            yield Unit(key, title, f"{paragraph['number']}.{item['letter']}", item["text"].rstrip(ENDS), can_move="uuid" in item)


def _appendices(appendices: dict[str, Any], language: str) -> Iterator[Unit]:
    for row in appendices["programme"]:
        words = ", ".join(part for part in (row["day"], row["time"], row["title"], row["organisations"]) if part)
        yield Unit(f"programme:{words}", say("appendix_programme", language), "", words)
    for row in appendices["delegation"]:
        words = ", ".join(part for part in (row["name"], row["place"], row["role"]) if part)
        yield Unit(f"delegation:{row['name']}", say("appendix_delegation", language), "", words)
    for row in appendices["deployment"]:
        words = f"{row['area']}: {', '.join(row['municipalities'])} ({row['stations']})"
        yield Unit(f"deployment:{row['date']}:{row['team']}", say("appendix_deployment", language), str(row["team"]), words)
    figures, title = appendices["figures"], say("appendix_figures", language)
    for row in figures["items"]:
        if row["n"]:
            yield Unit(f"figure:{row['form']}:{row['code']}", title, row["code"], in_words(row, language))


def _named_once(units: Iterable[Unit]) -> list[Unit]:
    """The places, each under a name of its own: two members of one name are two."""
    seen: Counter[str] = Counter()
    rows = []
    for unit in units:
        seen[unit.key] += 1
        rows.append(unit if seen[unit.key] == 1 else replace(unit, key=f"{unit.key}#{seen[unit.key]}"))
    return rows


def _pairs(before: list[Unit], after: list[Unit]) -> dict[int, int]:
    """Which place of the new content is which of the old one: by name, then those of one chapter that read alike."""
    names = {unit.key: at for at, unit in enumerate(before)}
    pairs = {at: names[unit.key] for at, unit in enumerate(after) if unit.key in names}
    taken = set(pairs.values())
    for at, unit in enumerate(after):
        if at in pairs:
            continue
        found = [
            (likeness(other.text, unit.text), -place)
            for place, other in enumerate(before)
            if place not in taken and other.chapter == unit.chapter and _is_of(other) == _is_of(unit)
        ]
        score, place = max(found, default=(0.0, 0))
        if score >= ALIKE:
            pairs[at] = -place
            taken.add(-place)
    return pairs


def _is_of(unit: Unit) -> str:
    """The kind of place: only alike kinds are paired by their words."""
    return "text" if unit.can_move else unit.key.split(":")[0] + unit.number.split(".")[0]


def _both(old: Unit, new: Unit, *, is_moved: bool) -> Change:
    same = normalised(old.text) == normalised(new.text)
    return Change(
        kind="same" if same else "changed",
        chapter=new.chapter,
        old_chapter=old.chapter,
        old_number=old.number,
        number=new.number,
        old=old.text,
        new=new.text,
        is_moved=new.can_move and (is_moved or old.chapter != new.chapter),
        pieces=word_diff(new.text, new.text) if same else word_diff(old.text, new.text),
    )


def _removed(unit: Unit) -> Change:
    return Change("removed", unit.chapter, unit.chapter, unit.number, old=unit.text, pieces=word_diff(unit.text, ""))
