"""Hangs the rows of repeat sheets on their records, as Kobo (`_parent_index`) and ODK Central (`PARENT_KEY`) write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from field.models import FormVersion
from field.services.import_columns import Columns, Row
from field.services.import_files import LONGEST_TITLE, Table
from field.services.import_values import BadValue, Values

# (column of the repeat, what it names in the table of the records)
LINKS = (("_parent_index", ("_index",)), ("parent_key", ("key",)), ("_submission__uuid", ("_uuid", "meta/instanceid", "instanceid")))
SHOWN = {"_parent_index": "_parent_index", "parent_key": "PARENT_KEY", "_submission__uuid": "_submission__uuid"}


def repeats_of(version: FormVersion) -> dict[str, list[dict[str, Any]]]:
    """The questions of each repeat of a form, by the name of the repeat."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for question in version.questions:
        if question.get("repeat"):
            found[question["repeat"].rpartition("/")[2]].append(question)
    return dict(found)


class Hanging:
    """The rows of all repeats by the record they hang on. What cannot be hung is refused by sheet, row and column."""

    def __init__(
        self,
        main: Table,
        others: list[Table],
        repeats: dict[str, list[dict[str, Any]]],
        mapping: Mapping[str, str],
        refused: list[dict[str, Any]],
    ) -> None:
        self.main, self.repeats, self.mapping, self.refused = main, repeats, mapping, refused
        self.codes = {name: {question["code"] for question in questions} for name, questions in repeats.items()}
        self.values = {name: Values(questions) for name, questions in repeats.items()}
        self.records = {names[0]: self._index(names) for _link, names in LINKS}
        self.hung: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for table in others:
            self._hang(table)

    def rows(self, number: int, cells: list[str], flat: dict[int, tuple[str, int, str]], above: Row) -> dict[str, list[dict[str, Any]]]:
        """The repeats of the record in row `number`: rows of sheets, else columns like `person[2]/age`. Faults go to the record's row."""
        found = {name: list(rows) for name, rows in self.hung.get(number, {}).items()}
        beside: dict[str, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
        for at, (name, turn, code) in flat.items():
            value = cells[at].strip() if at < len(cells) else ""
            if value and name not in found:
                try:
                    beside[name][turn][code] = self.values[name].read(code, value)
                except BadValue as error:
                    above.faults.append((self.main.heads[at], str(error)))
        return found | {name: [turns[turn] for turn in sorted(turns)] for name, turns in beside.items()}

    def _index(self, names: tuple[str, ...]) -> dict[str, int]:
        """The row of each record by what the repeats call it."""
        found: dict[str, int] = {}
        for number, cells in self.main.rows:
            text = next((text for name in names if (text := self.main.cell(cells, name))), "")
            if text:
                found.setdefault(_plain(text), number)
        return found

    def _refuse(self, table: Table, row: int, column: str, why: str) -> None:
        self.refused.append({"row": row, "column": column, "why": why, "sheet": table.name})

    def _hang(self, table: Table) -> None:
        if not table.is_repeat:
            return
        name = self._name(table)
        if name is None:
            shown = ", ".join(self.repeats) or "–"
            why = _("The sheet “%(sheet)s” is named after no repeat of this form. Its repeats: %(repeats)s.")
            self._refuse(table, 1, "", why % {"sheet": table.name, "repeats": shown})
            return
        columns = Columns(table, self.repeats[name], self.mapping)
        if not columns.has_questions:
            why = _("No column of the sheet “%(sheet)s” is named after a question of the repeat %(repeat)s.")
            self._refuse(table, 1, "", why % {"sheet": table.name, "repeat": name})
            return
        for number, cells in table.rows:
            above = table.cell(cells, "_parent_table_name")
            if above and self._is_repeat(above):
                why = _("The row hangs on the sheet “%(sheet)s”: repeats inside repeats are not read.")
                self._refuse(table, number, "_parent_table_name", why % {"sheet": above})
                continue
            record = self._record(table, number, cells)
            if record is None:
                continue
            row = columns.read(cells)
            self.hung[record][name].append(row.answers)
            for column, why in row.faults:
                self._refuse(table, number, column, why)

    def _is_repeat(self, title: str) -> bool:
        return title != self.main.name and any(_same(title, name) for name in self.repeats)

    def _name(self, table: Table) -> str | None:
        """The repeat of a table: a sheet has its name, a file ends with it (`form-person.csv`), ODK has a column `SET-OF-person`."""
        sets = [head.rpartition("SET-OF-")[2] for head in table.heads if "SET-OF-" in head]
        for name in self.repeats:
            if _same(table.name, name) or name in sets:
                return name
        ends = [name for name in self.repeats if table.name.lower().endswith((f"-{name.lower()}", f"_{name.lower()}", f"/{name.lower()}"))]
        return max(ends, key=len, default=None)

    def _record(self, table: Table, number: int, cells: list[str]) -> int | None:
        """The row of the record a repeat's row hangs on; by the first column that is filled and that the records answer."""
        asked = [(link, text) for link, _names in LINKS if (text := table.cell(cells, link))]
        for link, names in LINKS:
            text = table.cell(cells, link)
            if text and self.records[names[0]]:
                record = self.records[names[0]].get(_plain(text))
                if record is not None:
                    return record
                near = get_close_matches(_plain(text), self.records[names[0]], n=1, cutoff=0.9) if link != "_parent_index" else []
                why = _("No record has the %(name)s “%(value)s” that this row of the sheet “%(sheet)s” hangs on.")
                values = {"name": names[0], "value": text, "sheet": table.name}
                self._refuse(table, number, SHOWN[link], why % values + (f" ({near[0]}?)" if near else ""))
                return None
        column = SHOWN[asked[0][0]] if asked else next(SHOWN[link] for link, _names in LINKS if table.place(link) is not None)
        why = _("The row of the sheet “%(sheet)s” hangs on no record: %(column)s is empty, or the records have no column for it.")
        self._refuse(table, number, column, why % {"sheet": table.name, "column": column})
        return None


def _plain(text: str) -> str:
    return text.strip().lower().removeprefix("uuid:")


def _same(title: str, name: str) -> bool:
    """Excel cuts the names of sheets."""
    title, name = title.strip().lower(), name.lower()
    return title == name or (len(title) >= LONGEST_TITLE - 1 and name.startswith(title))
