"""The standard forms A-D and I as rows of an XLSForm, from field_forms.csv and its translations.

Rules live in the form and nowhere else: `flag_<code>` holds a severity, `warn_<n>` is 1 when the note beside it applies,
`constraint` refuses only impossible values, `required` is a hint for the phone (DESIGN 3, "Flags and checks").
"""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from field.xforms.flags import flag_expression

DATA = Path(__file__).resolve().parent.parent / "data"
VERSION = "2026.1"
LANGUAGES = {"en": "English (en)", "fr": "Français (fr)", "de": "Deutsch (de)"}
STAGES = {"A": "opening", "B": "voting", "C": "closing_counting", "D": "tabulation", "I": "incident"}
WHOLE = ". >= 0 and . <= 99999"
TO_THE_COORDINATOR = "What should the coordinator know?"
LEAVING = ("H08", "H10")  # asked at the end of the visit
FROM_STATION = {"H04": "municipality", "H05": "setting", "H06": "kind", "H09": "voters"}

Row = dict[str, str]


def read_questions() -> list[Row]:
    """The rows of field_forms.csv."""
    with (DATA / "field_forms.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Texts:
    """Labels in three languages; FR and DE are unchecked until a person has read them."""

    def __init__(self) -> None:
        with (DATA / "field_forms_translations.csv").open(newline="", encoding="utf-8") as file:
            self.rows = {(row["kind"], row["key"]): row for row in csv.DictReader(file)}

    def get(self, kind: str, key: str, column: str = "label") -> Row:
        """`{"label::English (en)": …}` for one text; nothing where there is no such text."""
        row = self.rows.get((kind, key))
        return {f"{column}::{name}": row[code] for code, name in LANGUAGES.items()} if row else {}

    def titles(self, form: str) -> dict[str, str]:
        """The form's title by language code."""
        row = self.rows["form", form]
        return {code: row[code] for code in LANGUAGES}

    def option(self, code: str, name: str) -> Row:
        """The label of one option, where a question words it differently, that one."""
        return self.get("option", f"{code}:{name}") or self.get("option", name)

    @property
    def unchecked(self) -> list[str]:
        """Languages in which some text is not read by a person."""
        return [code for code in ("fr", "de") if any(row[f"{code}_state"] != "checked" for row in self.rows.values())]


class StandardForm:
    """Builds the three sheets of one form: `survey`, `choices`, `settings`."""

    form_id, version, languages = "", VERSION, LANGUAGES

    def __init__(self, code: str) -> None:
        self.code = code
        self.texts = Texts()
        rows = read_questions()
        self.header = [row for row in rows if row["form"] == "H"] if code != "I" else []
        self.own = [row for row in rows if row["form"] == code]
        self.survey: list[Row] = []
        self.choices: dict[str, list[Row]] = {}

    def build(self) -> tuple[list[Row], list[Row], Row]:
        """Rows of the three sheets."""
        self._metadata()
        if self.header:
            self._visit()
        elif self.code == "I":
            self._group("place", "Place", self._station_rows())
        self._sections()
        if self.header:
            leaving = [self._question(row) for row in self.header if row["code"] in LEAVING]
            self._group("leaving", "Before you send", leaving)
        self._calculations()
        choices = [row for rows in self.choices.values() for row in rows]
        settings = {
            "form_title": self.title,
            "form_id": self.form_id or f"scrutin-{self.code}",
            "version": self.version,
            "default_language": self.languages["en"],
            "instance_name": f"concat(${{{self.named_after}}}, ' ', ${{visit_day}})" if self.named_after else "${visit_day}",
        }
        return self.survey, choices, settings

    @property
    def title(self) -> str:
        """What the form is called in its file."""
        return f"{self.code} – {self.texts.titles(self.code)['en']}"

    @property
    def codes(self) -> set[str]:
        """The questions that the form asks."""
        return {row["code"] for row in [*self.header, *self.own]}

    @property
    def named_after(self) -> str:
        """The answer that names a filled form: the station, or the kind of incident."""
        return "H03" if self.header else "I03" if "I03" in self.codes else ""

    # sections ---------------------------------------------------------------------------------------------------

    def _metadata(self) -> None:
        self.survey += [{"type": "start", "name": "start"}, {"type": "end", "name": "end"}]
        self._calculate("visit_day", "format-date(${start}, '%Y-%m-%d')")
        for name in ("opens_min", "closes_min"):
            by_day = f"pulldata('mission', '{name}', 'name', ${{visit_day}})"
            self._calculate(name, f"coalesce({by_day}, pulldata('mission', '{name}', 'name', 'default'))")

    def _visit(self) -> None:
        self._calculate("H02", f"'{STAGES[self.code]}'")
        for section, rows in groupby(self.header, key=lambda row: row["section"]):
            built: list[Row] = []
            for row in rows:
                if row["code"] == "H03":
                    built += [
                        *self._station_rows(),
                        {"type": "calculate", "name": "H03", "calculation": "coalesce(${station}, ${station_typed})"},
                    ]
                elif row["code"] not in (*LEAVING, "H02"):
                    built.append(self._question(row))
            self._group(f"header_{_slug(section)}", section, built)

    def _station_rows(self) -> list[Row]:
        station = {"type": "select_one_from_file stations.csv", "name": "station", "appearance": "minimal autocomplete"}
        typed = {"type": "text", "name": "station_typed", "relevant": "${station} = ''"}
        rows = [station, typed] if self.code != "I" else [station]
        return [row | self.texts.get("text", row["name"]) | self.texts.get("hint", row["name"], "hint") for row in rows]

    def _sections(self) -> None:
        for number, (section, rows) in enumerate(groupby(self.own, key=lambda row: row["section"]), start=1):
            self._group(f"section_{number}_{_slug(section)}", section, [self._question(row) for row in rows])

    def _group(self, name: str, section: str, rows: list[Row]) -> None:
        self.survey += [{"type": "begin group", "name": name, "appearance": "field-list"} | self.texts.get("section", section), *rows]
        self.survey.append({"type": "end group", "name": ""})

    # questions --------------------------------------------------------------------------------------------------

    def _question(self, row: Row) -> Row:
        code = row["code"]
        built: Row = {"type": self._type(row), "name": code, "standards": row["standards"].replace(";", " ")}
        built |= self.texts.get("question", code) | self._hint(row)
        built |= self._required(row) | self._relevant(row)
        if row["type"] == "int":
            built |= {"constraint": WHOLE} | self.texts.get("text", "whole", "constraint_message")
        if code == "H01":
            team = "pulldata('mission', 'team', 'name', format-date(now(), '%Y-%m-%d'))"
            built["default"] = f"coalesce({team}, pulldata('mission', 'team', 'name', 'default'))"
        if code in FROM_STATION:
            column = FROM_STATION[code]
            built |= {"trigger": "${station}", "calculation": f"pulldata('stations', '{column}', 'name', ${{station}})"}
        return built

    def _type(self, row: Row) -> str:
        simple = {"int": "integer", "time": "time", "datetime": "datetime", "text": "text", "ref": "text"}
        if row["type"] in simple:
            return simple[row["type"]]
        kind = {"single": "select_one", "multi": "select_multiple"}[row["type"]]
        return f"{kind} {self._choice_list(row)}"

    def _choice_list(self, row: Row) -> str:
        rows = [{"name": name} | self.texts.option(row["code"], name) for name in row["options"].split("|")]
        for known, others in self.choices.items():
            if [{key: value for key, value in other.items() if key != "list_name"} for other in others] == rows:
                return known
        name = f"list_{row['code']}"
        self.choices[name] = [{"list_name": name} | choice for choice in rows]
        return name

    def _hint(self, row: Row) -> Row:
        key = row["code"]
        if row["options"].startswith("very_good"):
            key = "SCALE"
        elif row["options"].startswith("none|one_or_few"):
            key = "FREQ"
        elif row["question"] == TO_THE_COORDINATOR:
            key = "TEXT"
        return self.texts.get("hint", key, "hint")

    def _required(self, row: Row) -> Row:
        if row["required"].startswith("if "):  # "if A25 is bad or very_bad, or any severity 3 flag"
            rating = f"${{{self.overall}}} = 'bad' or ${{{self.overall}}} = 'very_bad' or " if self.overall else ""
            rule = f"{rating}contains(${{flags_all}}, '3')"
        elif row["required"] == "yes" and not row["code"].startswith("H01"):
            rule = "yes"
        else:
            return {}
        return {"required": rule} | self.texts.get("text", "required", "required_message")

    def _relevant(self, row: Row) -> Row:
        rule = row["show_if"]
        if not rule:
            return {}
        if rule == "A02 late":
            return {"relevant": "${delay} > 15"}
        left, operator, right = rule.split()
        return {"relevant": f"${{{left}}} {operator} {right}"}

    # calculations -----------------------------------------------------------------------------------------------

    @property
    def last(self) -> str:
        """The code of the closing free text (A26, B35, C34, D25); empty where there is none."""
        return next((row["code"] for row in self.own if row["question"] == TO_THE_COORDINATOR), "")

    @property
    def overall(self) -> str:
        """The code of the overall rating (A25, B34, C33, D24); empty where there is none."""
        return next((row["code"] for row in self.own if row["options"].startswith("very_good") and row["code"][0] != "X"), "")

    def _calculate(self, name: str, calculation: str) -> None:
        self.survey.append({"type": "calculate", "name": name, "calculation": calculation})

    def _calculations(self) -> None:
        if self.header:
            minutes = "round((decimal-time(${H08}) - decimal-time(${H07})) * 1440)"
            self._calculate("stay_raw", f"if(${{H07}} = '' or ${{H08}} = '', '', {minutes})")
            self._calculate("stay", "if(${stay_raw} < -720, ${stay_raw} + 1440, ${stay_raw})")
        if "A02" in self.codes:
            self._calculate("delay", _gap("A02", "opens_min"))
        if "C01" in self.codes:
            self._calculate("closing_gap_raw", _gap("C01", "closes_min"))
            self._calculate("closing_gap", "if(${closing_gap_raw} < -720, ${closing_gap_raw} + 1440, ${closing_gap_raw})")
        flags = [row["code"] for row in [*self.header, *self.own] if self._flag(row)]
        names = ", ".join(f"${{flag_{code}}}" for code in flags)
        self._calculate("flags_all", f"concat({names}, '')" if names else "''")
        self._calculate("severity", "".join(f"if(contains(${{flags_all}}, '{n}'), '{n}', " for n in (3, 2, 1, 0)) + "''" + "))))")
        self._warnings(flags)

    def _flag(self, row: Row) -> bool:
        expression = flag_expression(row, form=self.code, codes=self.codes) if row["flag_when"] else ""
        if expression:
            self._calculate(f"flag_{row['code']}", expression)
        return bool(expression)

    def _warnings(self, flags: list[str]) -> None:
        if self.code == "I":
            if "I06" in self.codes:
                self._note("danger", "${I06} = 'yes'")
            return
        others = ", ".join(f"${{flag_{code}}}" for code in flags if code != self.overall)
        self._calculate("flags_other", f"concat({others}, '')" if others else "''")
        if self.header:
            lists = "${H09} + coalesce(${B19}, 0)" if "B19" in self.codes else "${H09}"
            self._note("1", "${stay} < 0")
            self._note("2", f"${{H12}} > ${{H11}} or ${{H10}} > {lists}")
        if self.overall and self.last:
            good = f"(${{{self.overall}}} = 'good' or ${{{self.overall}}} = 'very_good') and contains(${{flags_other}}, '3')"
            bad = f"(${{{self.overall}}} = 'bad' or ${{{self.overall}}} = 'very_bad') and ${{flags_other}} = ''"
            self._note("3", f"${{{self.last}}} = '' and (({good}) or ({bad}))")
        if {"C21", "C22"} <= set(flags):
            self._note("4", "${flag_C21} != '' or ${flag_C22} != ''")
        if unseen := self._mostly_unseen():
            self._note("7", unseen)

    def _mostly_unseen(self) -> str:
        """P7: more than half of a section's questions are answered "not observed"."""
        sections: dict[str, list[str]] = {}
        for row in self.own:
            if "not_observed" in row["options"].split("|"):
                sections.setdefault(row["section"], []).append(f"if(${{{row['code']}}} = 'not_observed', 1, 0)")
        return " or ".join(f"({' + '.join(parts)}) * 2 > {len(parts)}" for parts in sections.values() if len(parts) > 1)

    def _note(self, number: str, condition: str) -> None:
        self._calculate(f"warn_{number}", f"if({condition}, '1', '')")
        note = {"type": "note", "name": f"note_{number}", "relevant": f"${{warn_{number}}} = '1'"}
        self.survey.append(note | self.texts.get("text", f"warn_{number}"))


def _gap(code: str, legal: str) -> str:
    """Minutes by which a time lies after the legal one."""
    return f"if(${{{code}}} = '' or ${{{legal}}} = '', '', round(decimal-time(${{{code}}}) * 1440) - ${{{legal}}})"


def _slug(text: str) -> str:
    return "_".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())
