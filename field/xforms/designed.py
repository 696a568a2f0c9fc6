"""Forms of the builder: questions of the library in an order of one's own, up to four country questions, any language.

A design is plain JSON:

    {"base": "B", "titles": {"en": "Voting"}, "languages": ["en", "fr", "de", "bg"], "checked": ["fr"],
     "items": [{"code": "B01"},
               {"code": "X01", "kind": "yn", "options": [], "required": true, "flag": ["no"], "severity": 2, "standards": []}],
     "texts": {"question:X01": {"en": "…", "bg": "…"}, "question:B01": {"bg": "…"}}}

Texts of the library are there in English, French and German; what has no translation is shown in English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from field.xforms.checks import REFERENCE
from field.xforms.standard import LANGUAGES, STAGES, Row, StandardForm, Texts, read_questions

COUNTRY = ("X01", "X02", "X03", "X04")
SECTION = "Country questions"
YES_NO = "yes|no|not_observed|not_applicable"
KINDS = {
    "yn": ("single", YES_NO), "freq": ("single", "none|one_or_few|several|many"), "scale": ("single", "very_good|good|bad|very_bad"),
    "access": ("single", "unaided|with_help|not_possible|not_observed"), "one": ("single", ""), "many": ("multi", ""),
    "number": ("int", ""), "time": ("time", ""), "text": ("text", ""),
}  # fmt: skip
LETTERS = {stage: code for code, stage in STAGES.items()}
OPTION = re.compile(r"[a-z][a-z0-9_]*")
HELPERS = {"flags_all", "flags_other", "severity", "delay", "stay", "closing_gap", "visit_day", "opens_min", "closes_min", "station"}


def language_names() -> dict[str, str]:
    """Languages that a form may have, by code, in their own words: `bg` -> `Български (bg)`."""
    known = {code: row["name_local"] for code, row in LANG_INFO.items() if "name_local" in row and "-" not in code}
    return {code: f"{name[:1].upper()}{name[1:]} ({code})" for code, name in known.items()} | LANGUAGES


def library() -> dict[str, Row]:
    """The questions of the library (A-D and the incident report) by code; the header belongs to every form of a station."""
    return {row["code"]: row for row in read_questions() if row["form"] != "H"}


def fresh_content(base: str, title: str, languages: list[str]) -> dict[str, Any]:
    """A design that begins with the questions of a standard form, or with none."""
    items = [{"code": row["code"]} for row in library().values() if row["form"] == base]
    return {
        "base": base,
        "titles": {"en": title},
        "languages": ["en", *(code for code in languages if code != "en")],
        "checked": [],
        "items": items,
        "texts": {},
    }


class DesignTexts(Texts):
    """Texts in the languages of a design; `used` collects what the form says, for the translator."""

    def __init__(self, content: dict[str, Any]) -> None:
        super().__init__()
        names = language_names()
        self.own: dict[str, dict[str, str]] = content["texts"]
        self.languages = {code: names.get(code, code) for code in content["languages"]}
        self.used: dict[tuple[str, str], str] = {}

    def text(self, kind: str, key: str, language: str) -> str:
        """One text in one language; empty where nobody wrote it."""
        given = self.own.get(f"{kind}:{key}", {}).get(language, "")
        return given or self.rows.get((kind, key), {}).get(language, "")

    def get(self, kind: str, key: str, column: str = "label") -> Row:
        """A text in every language of the design, English where one is missing."""
        source = self.text(kind, key, "en")
        if not source:
            return {}
        self.used[kind, key] = source
        return {f"{column}::{name}": self.text(kind, key, code) or source for code, name in self.languages.items()}


@dataclass
class Question:
    """A question as the preview shows it."""

    code: str
    kind: str
    label: str
    hint: str = ""
    condition: str = ""
    is_required: bool = False
    options: list[str] = field(default_factory=list)


class DesignedForm(StandardForm):
    """The three sheets of a design."""

    def __init__(self, content: dict[str, Any], *, code: str, stage: str, form_id: str = "", version: str = "1") -> None:
        self.content, self.short, self.stage = content, code, stage
        super().__init__(LETTERS.get(stage, ""))
        self.header = self.header if self.code in {"A", "B", "C", "D"} else []
        known = library()
        self.own = [known.get(item["code"]) or self._country(item) for item in content["items"]]
        self.texts: DesignTexts = DesignTexts(content)
        self.languages, self.form_id, self.version = self.texts.languages, form_id, version
        self.rows = self.build()

    @property
    def title(self) -> str:
        """Short code and title."""
        return f"{self.short} – {self.content['titles']['en']}"

    def _country(self, item: dict[str, Any]) -> Row:
        kind, options = KINDS[item["kind"]]
        row = dict.fromkeys(("form", "show_if", "note"), "")
        return row | {
            "code": item["code"],
            "section": SECTION,
            "question": self.content["texts"][f"question:{item['code']}"]["en"],
            "type": kind,
            "options": options or "|".join(item.get("options", [])),
            "required": "yes" if item.get("required") else "no",
            "flag_when": " or ".join(item.get("flag", [])),
            "severity": str(item.get("severity", "")),
            "standards": ";".join(item.get("standards", [])),
        }

    def _hint(self, row: Row) -> Row:
        return self.texts.get("hint", row["code"], "hint") or super()._hint(row)

    def problems(self) -> list[str]:
        """What stands in the way of a form that works: questions that need another one which is not there."""
        survey = self.rows[0]
        names = {row["name"] for row in survey} | HELPERS
        found = [] if self.own else [_("The form asks nothing yet: add a question.")]
        for row in survey:
            missing = {code for text in row.values() for code in REFERENCE.findall(text)} - names
            code = row["name"].removeprefix("flag_")
            for other in sorted(missing):
                if code in self.codes:
                    found.append(_("%(code)s depends on %(other)s: add %(other)s, or take %(code)s out.") % {"code": code, "other": other})
        for row in self.own:
            if row["show_if"] == "A02 late" and "A02" not in self.codes:
                found.append(
                    _("%(code)s depends on %(other)s: add %(other)s, or take %(code)s out.") % {"code": row["code"], "other": "A02"}
                )
        return list(dict.fromkeys(found))

    def preview(self, language: str) -> list[tuple[str, list[Question]]]:
        """Sections with their questions, as a phone shows them in `language`."""
        survey, choices, _settings = self.rows
        column = self.languages.get(language, self.languages["en"])
        sections: list[tuple[str, list[Question]]] = []
        for row in survey:
            if row["type"] == "begin group":
                sections.append((row.get(f"label::{column}", ""), []))
            elif sections and row["type"] not in {"end group", "calculate", "note"}:
                kind, _blank, name = row["type"].partition(" ")
                options = [choice[f"label::{column}"] for choice in choices if choice["list_name"] == name]
                question = Question(row["name"], kind, row.get(f"label::{column}", ""), row.get(f"hint::{column}", ""), options=options)
                question.condition, question.is_required = row.get("relevant", ""), bool(row.get("required"))
                sections[-1][1].append(question)
        return sections

    def translatable(self, language: str) -> list[tuple[str, str, str]]:
        """(key, English, translation) of every text that the form shows."""
        return [(f"{kind}:{key}", source, self.texts.text(kind, key, language)) for (kind, key), source in self.texts.used.items()]

    def missing(self, language: str) -> int:
        """How many texts have no translation."""
        return sum(not text for _key, _source, text in self.translatable(language))


def parse_options(text: str) -> list[tuple[str, str]]:
    """Options, one a line, `blue = Blue pen` or `Blue pen` (its name is made from it). Raises ValueError naming the line."""
    found: dict[str, str] = {}
    for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        name, sign, label = (part.strip() for part in line.partition("="))
        if not sign:
            name, label = "_".join(re.findall(r"[a-z0-9]+", line.lower()))[:30], line
            name = name if OPTION.fullmatch(name) else f"option_{number}"
        if not line:
            continue
        values = {"line": number, "name": name}
        if not OPTION.fullmatch(name):
            raise ValueError(_("Line %(line)d: “%(name)s” is no name of an option: small Latin letters, digits and _ are.") % values)
        if name in found:
            raise ValueError(_("Line %(line)d: the option “%(name)s” is there twice. Write another name before “=”.") % values)
        found[name] = label or name
    return list(found.items())
