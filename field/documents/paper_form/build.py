"""A form on paper: the questions of one version in one language, with places to tick and to write.

What the template draws from the blocks: a paragraph with a number begins a question; a numbered list are options of which one is
ticked, bullets those of which all that apply are; facts are places to write, whose value says what ("digits", "time", "date", "datetime",
"line", "lines").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.documents import blocks as b
from field.enums import VersionState
from field.models import FormVersion
from field.services.wordings import in_language
from field.views.words import condition_in_words

UNASKED = {"calculate", "note", "file"}
LONG = re.compile(r"^(?:[A-D]\d\d|I0[78]|X0\d)$")


def build_paper_form(version: FormVersion, language: str, *, reference: str = "", wanted: str = "", **_options: Any) -> dict[str, Any]:
    """The content in `language`; `wanted` is the form's own name of it where that is no language code. Raises nothing of its own."""
    spoken = wanted or language
    form = version.form
    title = next((text for text in (getattr(form, f"title_{spoken}", ""), form.title_en) if text), form.form_id)
    return b.document(
        title=f"{form.code} – {title}",
        reference=reference,
        language=language,
        kind_line=_("Form to be filled in by hand"),
        cover=[(_("Form"), f"{form.form_id}, {version.version}"), (_("Checksum"), version.md5[:8])],
        blocks=[*_guide(), *_questions(version, spoken), b.signature(_("Observer 1")), b.signature(_("Observer 2"))],
        draft=version.state == VersionState.DRAFT,
        unchecked=spoken in version.unchecked_languages,
    )


def _guide() -> Iterator[b.Json]:
    yield b.paragraph(
        _("Round places: tick one answer. Square places: tick all that apply. Facts only, no names of voters. Times as 14:05."),
        style="lead",
    )


def _questions(version: FormVersion, language: str) -> Iterator[b.Json]:
    labels = {row["code"]: row for row in version.questions}
    section: Any = None
    for question in version.questions:
        if question["kind"] in UNASKED or question["code"] == "station_typed":
            continue
        if question.get("section") != section:
            section = question.get("section")
            if heading := in_language(section or {}, language):
                yield b.heading(1, heading)
            if question.get("repeat"):
                yield b.paragraph(_("Asked once for each: use further sheets."), style="small")
        yield from _question(question, language, labels)


def _question(question: dict[str, Any], language: str, labels: dict[str, dict[str, Any]]) -> Iterator[b.Json]:
    code = "H03" if question["code"] == "station" else question["code"]
    label = in_language(question.get("label") or {}, language) or code
    star = "\u00a0*" if question.get("required") and question["required"] != "false()" else ""
    yield b.paragraph(b.text(b.bold(re.sub(r"\$\{[^}]+\}", "…", label)), star), number=code[:12])
    if condition := question.get("relevant"):
        yield b.paragraph(
            b.text(b.italic(_("Only if: %(condition)s") % {"condition": condition_in_words(condition, labels, language)})), style="small"
        )
    if hint := in_language(question.get("hint") or {}, language):
        yield b.paragraph(hint, style="small")
    options = [in_language(option["label"], language) or option["name"] for option in question.get("options", [])]
    if options:
        yield b.bullets(options) if question["kind"] == "multi" else b.numbered(options)
    elif question["kind"] in {"int", "decimal"}:
        yield b.facts([(_("How many"), "digits")])
    elif question["kind"] in {"time", "datetime", "date"}:
        yield b.facts([({"time": _("Time"), "date": _("Day")}.get(question["kind"], _("Day and time")), question["kind"])])
    elif question["kind"] == "trigger":
        yield b.bullets([_("Yes")])
    else:
        yield b.facts([("", "lines" if LONG.match(code) else "line")])
