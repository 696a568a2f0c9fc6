"""Figures: the one counting function (field-forms 5). Page, API, CSV, statement and report all call `figures()`.

Every number comes with n and its denominator; *not observed* and *not applicable* are in neither. Under 30 there is no
share, only numbers. What is counted are the stations visited, never the country.

Counting reads the packed column of the newest observation of each chain with numpy; the answers stay the truth
(`count_from_answers` in the tests counts them one by one and must agree).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import ExpressionWrapper, F, IntegerField

from core.late import Late
from field.counted import SHARES_FROM, Figures, Filters, Item, Share
from field.enums import STATION_STAGES, FormStage
from field.indicators import is_scale, labels_of, rule_of
from field.models import FormVersion, Observation
from field.packing import NONE, OTHER, Layout
from missions.models import Mission, Station

if TYPE_CHECKING:
    import numpy as np
else:
    np = Late("numpy")

UNCOUNTED = ("not_observed", "not_applicable")
POSITIVE, NEGATIVE = ("very_good", "good"), ("bad", "very_bad")
REACHABLE, USABLE = ("A19", "B06"), ("A20", "B07")


class Block:
    """The packed answers of one form version as a table of bytes."""

    def __init__(self, version: FormVersion, table: np.ndarray) -> None:
        self.version, self.table = version, table
        self.layout = Layout(version.questions)
        self.singles = {code: (at, names) for code, at, names in self.layout.singles}
        self.multis = {code: (at, names) for code, at, names in self.layout.multis}
        self.flags = dict(self.layout.flags)
        self.given = dict(self.layout.given)
        self.numbers = dict(self.layout.numbers)

    def number(self, code: str) -> np.ndarray | None:
        """The values of a packed number."""
        if code not in self.numbers:
            return None
        at = self.numbers[code]
        return self.table[:, at].astype(np.uint32) | (self.table[:, at + 1].astype(np.uint32) << 8)

    def single(self, code: str) -> tuple[np.ndarray, dict[str, int]] | None:
        """The bytes of a single choice, and what they mean."""
        if code not in self.singles:
            return None
        at, names = self.singles[code]
        return self.table[:, at], names


Facts = tuple[int, int | None, str, str, int | None, str, int | None, int]
# The last is not converted for each row of SQLite: truth is a number there.
FACTS = (
    "form_version_id", "station_id", "station_text", "setting", "team_id", "team_label", "severity",
    ExpressionWrapper(F("is_incomplete"), output_field=IntegerField()),
)  # fmt: skip


def figures(mission: Mission, filters: Filters | None = None) -> Figures:
    """Count a mission's observations: the newest of each chain, of forms A-D and the mission's own."""
    wanted = counted(mission, filters or Filters())
    alike: dict[Facts, list[bytes]] = {}
    for row in wanted.order_by().values_list("packed", *FACTS).iterator(chunk_size=5000):
        alike.setdefault(row[1:], []).append(row[0])
    groups: dict[int, list[bytes]] = {}
    for facts, packed in alike.items():
        groups.setdefault(facts[0], []).extend(packed)
    versions = {row.pk: row for row in FormVersion.objects.filter(pk__in=groups).select_related("form").defer("xform")}
    blocks = [block for pk, packed in groups.items() if (block := _block(versions[pk], packed))]
    result = Figures(forms=sum(len(packed) for packed in groups.values()))
    _count_visits(result, {facts: len(packed) for facts, packed in alike.items()}, versions)
    _count_items(result, blocks)
    _count_indicators(result, blocks)
    return result


def counted(mission: Mission, filters: Filters) -> Any:
    """The observations that are counted: what counts of each chain, without incidents, narrowed by the filters."""
    wanted = filters.narrow(Observation.objects.for_mission(mission).current().exclude(form__stage=FormStage.INCIDENT))
    return Observation.objects.filter(pk__in=newest(wanted)) if filters.unit == "station" else wanted


def newest(wanted: Any) -> list[int]:
    """The newest record of each station and form."""
    rows = wanted.order_by("pk").values_list("pk", "station_id", "station_text", "form_id")
    return list({(station or text, form): pk for pk, station, text, form in rows}.values())


def _block(version: FormVersion, packed: list[bytes]) -> Block | None:
    size = Layout(version.questions).size
    fitting = [row for row in packed if row is not None and len(row) == size]
    if not size or not fitting:
        return None
    return Block(version, np.frombuffer(b"".join(fitting), dtype=np.uint8).reshape(len(fitting), size))


def _count_visits(result: Figures, alike: dict[Facts, int], versions: dict[int, FormVersion]) -> None:
    """n of stations, teams, areas, urban and rural; forms by stage; severities. alike: how many observations share these facts."""
    settings: dict[int | str, str] = {}
    forms: dict[str, int] = {}
    places: dict[str, set[int | str]] = {}
    teams: set[int | str] = set()
    for facts, n in sorted(alike.items(), key=lambda one: (one[0][0], one[0][3])):
        version, station, text, setting, team, label, severity, is_incomplete = facts
        if team or label:
            teams.add(team or label)
        if severity is not None:
            result.severities[severity] = result.severities.get(severity, 0) + n
        result.incomplete += n * int(is_incomplete)
        place = station or text
        stage = versions[version].form.stage
        forms[stage] = forms.get(stage, 0) + n
        if place:
            places.setdefault(stage, set()).add(place)
            settings[place] = setting or settings.get(place, "")
    result.stations = len(settings)
    result.urban = sum(1 for value in settings.values() if value == "urban")
    result.rural = sum(1 for value in settings.values() if value == "rural")
    result.areas = len(_areas(place for place in settings if isinstance(place, int)))
    result.teams = len(teams)
    for stage_code in [*STATION_STAGES, FormStage.OTHER]:
        if stage_code in forms:
            codes = sorted({version.form.code for version in versions.values() if version.form.stage == stage_code})
            counted = {"code": stage_code.value, "forms": forms[stage_code], "stations": len(places.get(stage_code, ()))}
            result.stages.append(counted | {"form": ", ".join(codes)})


def _areas(stations: Iterable[int]) -> set[str]:
    wanted = list(stations)
    found: set[str] = set()
    for start in range(0, len(wanted), 10_000):
        rows = Station.objects.filter(pk__in=wanted[start : start + 10_000])
        found |= set(rows.exclude(district="").values_list("district", flat=True).distinct())
    return found


def _count_items(result: Figures, blocks: list[Block]) -> None:
    """Each closed question across the versions of its form, headed by the newest wording."""
    items: dict[tuple[str, str], Item] = {}
    for block in sorted(blocks, key=lambda block: (block.version.form.position, block.version.form.code, -block.version.pk)):
        for question in block.version.questions:
            code = question["code"]
            if code in block.singles:
                _add_single(_item(items, block, question), block, code)
            elif code in block.multis:
                _add_multi(_item(items, block, question), block, code)
            elif code in block.given:
                _add_number(_item(items, block, question), block, code)
    result.items = list(items.values())


def _item(items: dict[tuple[str, str], Item], block: Block, question: dict[str, Any]) -> Item:
    form, code = block.version.form, question["code"]
    item = items.get((form.code, code))
    if item is None:
        severity, rule = rule_of(block.version.questions, code)
        item = items[form.code, code] = Item(
            form=form.code,
            code=code,
            kind=question["kind"],
            label=labels_of(question.get("label", {})),
            section=labels_of(question.get("section", {})),
            severity=severity,
            standards=question.get("standards", []),
            rule=rule,
        )
    for option in question.get("options", []):
        if option["name"] not in {known["name"] for known in item.options}:
            item.options.append({"name": option["name"], "label": labels_of(option["label"])})
    return item


def _add_single(item: Item, block: Block, code: str) -> None:
    at, names = block.singles[code]
    column = block.table[:, at]
    spread = np.bincount(column, minlength=OTHER + 1)
    for name, value in names.items():
        item.counts[name] = item.counts.get(name, 0) + int(spread[value])
    item.answered += int(spread[1:].sum())
    _add_flags(item, block, code, (column > 0) & ~np.isin(column, [names[name] for name in UNCOUNTED if name in names]))


def _add_multi(item: Item, block: Block, code: str) -> None:
    at, names = block.multis[code]
    for name, where in names.items():
        item.counts[name] = item.counts.get(name, 0) + int(block.table[:, where].sum())
    given = block.table[:, at] > 0
    item.answered += int(given.sum())
    _add_flags(item, block, code, given)


def _add_number(item: Item, block: Block, code: str) -> None:
    """Numbers and times are not spread; how many were answered, and how many raised a flag, is known."""
    given = block.table[:, block.given[code]] > 0
    item.answered += int(given.sum())
    _add_flags(item, block, code, given)


def _add_flags(item: Item, block: Block, code: str, counts: np.ndarray) -> None:
    """A flag counts only where its answer does: a form may flag a question that was left out, and n is never above its denominator."""
    item.counted += int(counts.sum())
    if code in block.flags:
        item.flagged += int(((block.table[:, block.flags[code]] > 0) & counts).sum())


def _count_indicators(result: Figures, blocks: list[Block]) -> None:
    """Conduct, access, women, observers present."""
    conduct: dict[tuple[str, str], tuple[str, int, int]] = {}
    access_n = access_of = women = members = chairs_n = chairs_of = 0
    shares: list[np.ndarray] = []
    observers: dict[str, int] = {}
    observed, labels = 0, dict[str, Any]()
    for block in blocks:
        for question in block.version.questions:
            if is_scale(question) and question["code"] in block.singles:
                _add_conduct(conduct, block, question["code"])
        n, denominator = _access(block)
        access_n, access_of = access_n + n, access_of + denominator
        present, female = block.number("H11"), block.number("H12")
        if present is not None and female is not None:
            good = (present != NONE) & (female != NONE) & (present > 0) & (female <= present)
            women, members = women + int(female[good].sum()), members + int(present[good].sum())
            shares.append(female[good] / present[good])
        chair = block.single("H13")
        if chair:
            spread = np.bincount(chair[0], minlength=OTHER + 1)
            yes, no = int(spread[chair[1].get("yes", OTHER)]), int(spread[chair[1].get("no", OTHER)])
            chairs_n, chairs_of = chairs_n + yes, chairs_of + yes + no
        observed += _add_observers(observers, labels, block)
    result.conduct = [
        Share(n, denominator).as_json(stage=stage, code=code, form=form) for (form, code), (stage, n, denominator) in conduct.items()
    ]
    result.access = Share(access_n, access_of)
    joined = np.concatenate(shares) if shares else np.empty(0)
    result.women_members, result.women_chairs = Share(women, members, forms=len(joined)), Share(chairs_n, chairs_of)
    result.women_mean = round(float(joined.mean()) * 100, 1) if len(joined) >= SHARES_FROM else None
    result.observers = [Share(n, observed).as_json(kind=name, label=labels[name]) for name, n in observers.items()]


def _add_conduct(conduct: dict[tuple[str, str], tuple[str, int, int]], block: Block, code: str) -> None:
    at, names = block.singles[code]
    spread = np.bincount(block.table[:, at], minlength=OTHER + 1)
    good = sum(int(spread[names[name]]) for name in POSITIVE if name in names)
    bad = sum(int(spread[names[name]]) for name in NEGATIVE if name in names)
    form = block.version.form
    _stage, n, denominator = conduct.get((form.code, code), ("", 0, 0))
    conduct[form.code, code] = (form.stage, n + good, denominator + good + bad)


def _access(block: Block) -> tuple[int, int]:
    """Visits with *unaided* at A19/B06 and *yes* at A20/B07, among those where both were seen."""
    reach = next((found for code in REACHABLE if (found := block.single(code))), None)
    use = next((found for code in USABLE if (found := block.single(code))), None)
    if reach is None or use is None:
        return 0, 0
    seen = np.isin(reach[0], [reach[1][name] for name in ("unaided", "with_help", "not_possible") if name in reach[1]])
    seen &= np.isin(use[0], [use[1][name] for name in ("yes", "no") if name in use[1]])
    good = seen & (reach[0] == reach[1].get("unaided", OTHER)) & (use[0] == use[1].get("yes", OTHER))
    return int(good.sum()), int(seen.sum())


def _add_observers(observers: dict[str, int], labels: dict[str, Any], block: Block) -> int:
    if "H14" not in block.multis:
        return 0
    at, names = block.multis["H14"]
    question = next(row for row in block.version.questions if row["code"] == "H14")
    labels |= {option["name"]: labels_of(option["label"]) for option in question["options"]}
    for name, where in names.items():
        observers[name] = observers.get(name, 0) + int(block.table[:, where].sum())
    return int(block.table[:, at].sum())
