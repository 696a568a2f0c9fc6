"""Observations as a table: stable columns; as CSV streamed, with formulas escaped (field-forms 5, DESIGN 8)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from field.indicators import labels_of
from field.models import FormVersion, Observation

FIXED = [
    "uuid", "root", "mission", "form", "version", "team", "station", "station_typed", "district", "municipality", "day", "slot", "setting",
    "started_at", "finished_at", "received_at", "severity", "is_incomplete", "is_unmatched", "is_forced", "is_clock_odd", "source",
    "reason",
]  # fmt: skip
COLUMNS = (
    "uuid", "root", "mission__reference", "form__code", "form_version__version", "team__name", "station__code", "station_text",
    "station__district", "station__municipality", "day", "slot", "setting", "started_at", "finished_at", "received_at", "severity",
    "is_incomplete", "is_unmatched", "is_forced", "is_clock_odd", "source", "reason", "team_label", "answers", "flags",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
SIGNS = frozenset(FORMULA)
NUMBERS = (int, float)
CHUNK = 500


class Echo:
    """A file whose `write` returns what it was given."""

    def write(self, value: str) -> str:
        """Give back."""
        return value


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    kind = type(value)
    if kind is str:
        return f"'{value}" if value[:1] in SIGNS else value
    if value is None:
        return ""
    if kind is bool:
        return "true" if value else "false"
    return value if kind in NUMBERS else safe(str(value))


class Table:
    """The columns of the observations of some forms: one per question, split ones per choice, one per flag."""

    def __init__(self, versions: Iterable[FormVersion], *, language: str = "en") -> None:
        self.columns: list[tuple[str, str, str]] = []
        self.kinds: dict[str, str] = {}
        self.labels: list[str] = ["" for _name in FIXED]
        # Where a row has the cell of an answer, of each of its choices, of a flag.
        self._places: dict[str, dict[str, int]] = {"answer": {}, "flag": {}}
        self._choices: dict[str, dict[str, int]] = {}
        self._blanks: dict[Any, list[Any]] = {}
        seen: set[str] = set()
        for version in versions:
            for question in version.questions:
                self._add(question, seen, language)

    def _add(self, question: dict[str, Any], seen: set[str], language: str) -> None:
        code, kind = question["code"], question["kind"]
        if kind in {"note", "trigger"} or code.startswith(("warn_", "note_")) or question.get("repeat"):
            return
        text = _in_language(question.get("label", {}), language)
        if code.startswith("flag_"):
            self._column(seen, code, "flag", code[5:], text)
            return
        self.kinds[code] = kind if self.kinds.get(code, kind) == kind else "text"
        self._column(seen, code, "answer", code, text)
        if kind == "multi":
            for option in question.get("options", []):
                name = _in_language(option["label"], language) or option["name"]
                self._column(seen, f"{code}/{option['name']}", "choice", option["name"], f"{text}: {name}")

    def _column(self, seen: set[str], head: str, kind: str, name: str, label: str) -> None:
        """No two columns have one name: an answer whose code is a fixed column (`station`) is headed `answers/station`."""
        if head not in seen:
            seen.add(head)
            places = self._choices.setdefault(head.partition("/")[0], {}) if kind == "choice" else self._places[kind]
            places[name] = len(FIXED) + len(self.columns)
            self.columns.append((f"answers/{head}" if head in FIXED else head, kind, name))
            self.labels.append(label)

    @property
    def days(self) -> set[str]:
        """Questions for a day, in every version."""
        return {code for code, kind in self.kinds.items() if kind == "date"}

    @property
    def heads(self) -> list[str]:
        """The first row."""
        return [*FIXED, *(head for head, _kind, _name in self.columns)]

    def row(self, values: tuple, cell: Callable[[Any], Any] = safe) -> list[Any]:
        """One observation, read with `COLUMNS`; `cell` makes a cell of a value that somebody typed."""
        *fixed, team_label, answers, flags = values
        fixed[5] = fixed[5] or team_label
        places, flagged = self._places["answer"], self._places["flag"]
        row = [*map(cell, fixed), *self._blank(cell(None))]
        for code, value in answers.items():
            at = places.get(code)
            if at is None or value is None:
                continue
            is_list = isinstance(value, list)
            row[at] = cell(" ".join(map(str, value)) if is_list else value)
            if code in self._choices:
                chosen = value if is_list else str(value).split()
                for name, where in self._choices[code].items():
                    row[where] = int(name in chosen)
        for name, severity in flags.items():
            if name in flagged:
                row[flagged[name]] = severity
        return row

    def _blank(self, empty: Any) -> list[Any]:
        """The cells behind the fixed ones of an observation that answers nothing: most columns of most rows."""
        if empty not in self._blanks:
            self._blanks[empty] = [empty if kind == "answer" else "" for _head, kind, _name in self.columns]
        return self._blanks[empty]


def _in_language(label: dict[str, str], language: str) -> str:
    """The wording in a language, else in English, else in whichever the form has."""
    labels = labels_of(label)
    return labels.get(language) or labels.get("en") or next(filter(None, labels.values()), "")


def table_of(observations: Any, *, language: str = "en") -> Table:
    """The columns of these observations: those of every version behind them, headed by the newest wording. Two queries."""
    pks = list(observations.order_by().values_list("form_version_id", flat=True).distinct())
    versions = FormVersion.objects.filter(pk__in=pks).select_related("form").defer("xform").order_by("form__position", "form__code", "-pk")
    return Table(versions, language=language)


def csv_rows(observations: Any, *, language: str = "en", with_labels: bool = False) -> Iterator[str]:
    """Lines of CSV. One query for the versions, then the rows in chunks: memory stays flat."""
    table = table_of(observations, language=language)
    writer = csv.writer(Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow(table.heads)
    if with_labels:
        yield writer.writerow([safe(label) for label in table.labels])
    lines: list[str] = []
    for values in observations.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        lines.append(writer.writerow(table.row(values)))
        if len(lines) == CHUNK:
            yield "".join(lines)
            lines = []
    if lines:
        yield "".join(lines)


def exportable(mission: Any) -> Any:
    """What programs read: what counts."""
    return Observation.objects.for_mission(mission).current()
