"""The form builder: every change of a design, and writing it as an XLSForm through the one way in (`import_form`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.errors import Invalid, Missing, NotNow, Stale
from core.rights import authorize
from field.enums import FormStage, VersionState
from field.models import Form, FormDesign, FormVersion
from field.services.forms import ImportAnswer, import_form
from field.xforms.designed import COUNTRY, KINDS, LETTERS, SECTION, DesignedForm, fresh_content, language_names, library, parse_options
from field.xforms.standard import Row
from field.xforms.workbook import write_workbook
from missions.models import Mission

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}")
FLAGGED = {
    "yn": {"yes", "no"},
    "freq": {"one_or_few", "several", "many"},
    "scale": {"bad", "very_bad"},
    "access": {"with_help", "not_possible"},
}
MOST_TEXT = 500


def designed(design: FormDesign) -> DesignedForm:
    """The sheets of a design, with the version that writing it now would give."""
    form_id = f"{design.mission.reference}-{design.code}".lower()
    return DesignedForm(design.content, code=design.code, stage=design.stage, form_id=form_id, version=_next_version(design))


def start_design(
    mission: Mission, *, by: Actor, code: str, stage: str, title: str, base: str = "", languages: Iterable[str] = ()
) -> FormDesign:
    """A new design in the builder. A code of the standard set lets the form take that form's place in the mission."""
    authorize(by, "field.change_form", mission)
    if not CODE.fullmatch(code):
        raise Invalid(_("The short code begins with a Latin letter and has letters, digits, _ and - only, 20 at most."), attr="code")
    if FormDesign.objects.filter(mission=mission, code__iexact=code).exists():
        raise Invalid(_("The builder already has a form “%(code)s”: open that one, or choose another code.") % {"code": code}, attr="code")
    if base and base != LETTERS.get(stage):
        raise Invalid(_("The standard form %(base)s is filled in at another stage.") % {"base": base}, attr="base")
    unknown = [name for name in languages if name not in language_names()]
    if unknown:
        raise Invalid(_("“%(code)s” is no language that a form can have.") % {"code": unknown[0]}, attr="languages")
    content = fresh_content(base, title.strip(), list(languages))
    design = FormDesign.objects.create(mission=mission, code=code, stage=FormStage(stage), content=content)
    audit.record(by, "field.design_started", design, data={"code": code, "base": base})
    return design


@transaction.atomic
def _open(design: FormDesign, by: Actor, revision: int) -> FormDesign:
    """The design locked for a change that was made on the page of `revision`."""
    row = FormDesign.objects.select_for_update(of=("self",)).select_related("mission").get(pk=design.pk)
    authorize(by, "field.change_form", row.mission)
    if row.revision != revision:
        raise Stale(_("Somebody else changed this form meanwhile: look at it again, then repeat your change."))
    return row


def _save(row: FormDesign, by: Actor, what: str) -> FormDesign:
    row.revision += 1
    row.save_changes("content", "revision")
    audit.record(by, "field.design_changed", row, data={"what": what})
    return row


@transaction.atomic
def add_question(design: FormDesign, *, by: Actor, revision: int, code: str) -> FormDesign:
    """A question of the library, below the last one of its section, else at the end."""
    row = _open(design, by, revision)
    known, items = library(), row.content["items"]
    if code not in known:
        raise Invalid(_("The library has no question “%(code)s”.") % {"code": code}, attr="question")
    if code in _codes(row):
        raise Invalid(_("%(code)s is in the form already.") % {"code": code}, attr="question")
    items.insert(_place(items, known, known[code]["section"]), {"code": code})
    return _save(row, by, f"add {code}")


def _codes(row: FormDesign) -> list[str]:
    return [item["code"] for item in row.content["items"]]


def _place(items: list[dict[str, Any]], known: Mapping[str, Row], section: str) -> int:
    """Below the section's last question; country questions come before the overall rating."""
    sections = [known[item["code"]]["section"] if item["code"] in known else SECTION for item in items]
    if section in sections:
        return len(sections) - sections[::-1].index(section)
    return sections.index("Overall") if section == SECTION and "Overall" in sections else len(items)


@transaction.atomic
def set_country_question(
    design: FormDesign,
    *,
    by: Actor,
    revision: int,
    code: str = "",
    question: str,
    kind: str,
    options: str = "",
    hint: str = "",
    required: bool = False,
    flag: Iterable[str] = (),
    severity: int | None = None,
    standards: Iterable[str] = (),
) -> FormDesign:
    """Add a country question (X01-X04, the first that is free), or word one anew. Four at most: 10 % of a form."""
    row = _open(design, by, revision)
    items, texts = row.content["items"], row.content["texts"]
    if not code:
        code = next((name for name in COUNTRY if name not in _codes(row)), "")
        if not code:
            raise NotNow(_("The form has four country questions already: change one, or take one out."), code="country_full")
        items.insert(_place(items, library(), SECTION), {"code": code})
    item = next((item for item in items if item["code"] == code and code in COUNTRY), None)
    if item is None:
        raise Invalid(_("The form has no country question “%(code)s”.") % {"code": code}, attr="code")
    if not question.strip():
        raise Invalid(_("Write the question in English; other languages follow on the page of translations."), attr="question")
    own = _own_options(kind, options)
    raised, level = _flag(kind, own, list(flag), severity)
    item |= {"kind": kind, "options": [name for name, _label in own], "required": required, "flag": raised, "standards": list(standards)}
    item["severity"] = level if raised else ""
    _word(texts, f"question:{code}", "en", question)
    _word(texts, f"hint:{code}", "en", hint)
    for key in [key for key in texts if key.startswith(f"option:{code}:") and key.rpartition(":")[2] not in dict(own)]:
        del texts[key]
    for name, label in own:
        _word(texts, f"option:{code}:{name}", "en", label)
    return _save(row, by, f"country {code}")


def _own_options(kind: str, text: str) -> list[tuple[str, str]]:
    if kind not in KINDS:
        raise Invalid(_("Choose one of the kinds of answer."), attr="kind")
    if kind not in {"one", "many"}:
        return []
    try:
        found = parse_options(text)
    except ValueError as error:
        raise Invalid(str(error), attr="options") from error
    if len(found) < 2:
        raise Invalid(_("Write at least two options, one a line."), attr="options")
    return found


def _flag(kind: str, own: list[tuple[str, str]], flag: list[str], severity: int | None) -> tuple[list[str], int]:
    possible = FLAGGED.get(kind, {name for name, _label in own})
    for name in flag:
        if name not in possible:
            shown = ", ".join(sorted(possible)) or "–"
            raise Invalid(_("“%(name)s” cannot raise a flag here; these can: %(names)s.") % {"name": name, "names": shown}, attr="flag")
    if flag and severity not in {0, 1, 2, 3}:
        raise Invalid(_("Say how serious the flag is."), attr="severity")
    return flag, severity or 0


def _word(texts: dict[str, dict[str, str]], key: str, language: str, text: str) -> None:
    """Keep a text, or forget it. Other languages of a text that is worded anew stay: the page of translations shows both."""
    text = " ".join(text.split())[:MOST_TEXT]
    if text:
        texts.setdefault(key, {})[language] = text
    elif key in texts:
        texts[key].pop(language, None)


@transaction.atomic
def remove_question(design: FormDesign, *, by: Actor, revision: int, code: str) -> FormDesign:
    """Take a question out. A country question's wording goes with it."""
    row = _open(design, by, revision)
    if code not in _codes(row):
        raise Invalid(_("%(code)s is not in the form.") % {"code": code}, attr="question")
    row.content["items"] = [item for item in row.content["items"] if item["code"] != code]
    if code in COUNTRY:
        row.content["texts"] = {key: text for key, text in row.content["texts"].items() if key.split(":")[1] != code}
    return _save(row, by, f"remove {code}")


@transaction.atomic
def move_question(design: FormDesign, *, by: Actor, revision: int, code: str, steps: int) -> FormDesign:
    """Move a question up (negative) or down. At the end of the list it stays."""
    row = _open(design, by, revision)
    items, codes = row.content["items"], _codes(row)
    if code not in codes:
        raise Invalid(_("%(code)s is not in the form.") % {"code": code}, attr="question")
    at = codes.index(code)
    items.insert(max(0, min(len(items) - 1, at + steps)), items.pop(at))
    return _save(row, by, f"move {code} {steps:+d}")


@transaction.atomic
def set_languages(design: FormDesign, *, by: Actor, revision: int, languages: Iterable[str]) -> FormDesign:
    """The languages of the form; English is always one. Texts of a language that is taken out are kept."""
    row = _open(design, by, revision)
    wanted = list(dict.fromkeys(["en", *languages]))
    if unknown := [code for code in wanted if code not in language_names()]:
        raise Invalid(_("“%(code)s” is no language that a form can have.") % {"code": unknown[0]}, attr="languages")
    row.content["languages"] = wanted
    return _save(row, by, f"languages {' '.join(wanted)}")


@transaction.atomic
def translate_design(
    design: FormDesign, *, by: Actor, revision: int, language: str, texts: Mapping[str, str], is_checked: bool = False
) -> FormDesign:
    """Texts of one language by key (`question:B01`); an empty one goes back to the library's. `is_checked`: a person has read them all."""
    row = _open(design, by, revision)
    if language not in row.content["languages"]:
        raise Invalid(_("The form is not in this language: add it first."), attr="language")
    form = designed(row)
    known = {key for key, _source, _text in form.translatable(language)}
    for key, text in texts.items():
        kind, _colon, name = key.partition(":")
        if key in known:
            given = "" if text.strip() == form.texts.rows.get((kind, name), {}).get(language) else text
            _word(row.content["texts"], key, language, given)
    checked = set(row.content["checked"]) - {language} | ({language} if is_checked else set())
    row.content["checked"] = [code for code in row.content["languages"] if code in checked]
    return _save(row, by, f"translate {language}")


def _next_version(design: FormDesign) -> str:
    """A draft is written again under its number; after that comes the next."""
    last = design.version
    if last is None:
        return "1"
    return last.version if last.state == VersionState.DRAFT else str(int(last.version) + 1)


def write_design(design: FormDesign, *, by: Actor, revision: int) -> ImportAnswer:
    """Write the design as an XLSForm and store it as a draft of the mission's form. Raises NotNow with everything that is missing.

    Compiling and ODK Validate take seconds: no transaction is open meanwhile. What a design became meanwhile is not written.
    """
    with transaction.atomic():
        row = _open(design, by, revision)
    form = designed(row)
    if problems := form.problems():
        raise NotNow(_("The form cannot be written yet."), code="incomplete", missing=[Missing("design", text) for text in problems])
    if Form.objects.filter(mission=row.mission, code=row.code).exclude(form_id=form.form_id).exists():
        raise NotNow(_("The mission has an uploaded form with the code %(code)s: the builder does not write over it.") % {"code": row.code})
    content = write_workbook(*form.rows)
    name = f"{form.form_id}-{form.version}.xlsx"
    answer = import_form(content, name=name, by=by, mission=row.mission, stage=row.stage, code=row.code)
    if answer.version is not None:
        _link(row, answer.version)
    return answer


@transaction.atomic
def _link(row: FormDesign, version: FormVersion) -> None:
    """The design names what was written from it; the version, which of its languages nobody has checked."""
    version.unchecked_languages = [code for code in row.content["languages"] if code != "en" and code not in row.content["checked"]]
    version.save_changes("unchecked_languages")
    Form.objects.filter(pk=version.form_id).update(**_titles(row))
    row.version = version
    row.save_changes("version")


def _titles(row: FormDesign) -> dict[str, str]:
    """The standard form's titles in French and German where the English one is unchanged."""
    texts = DesignedForm(row.content, code=row.code, stage=row.stage).texts
    title, known = row.title, texts.rows.get(("form", LETTERS.get(row.stage, "")), {})
    same = known.get("en") == title
    return {"title_en": title[:200], "title_fr": known.get("fr", "") if same else "", "title_de": known.get("de", "") if same else ""}


@transaction.atomic
def delete_design(design: FormDesign, *, by: Actor) -> None:
    """Forget a design; the versions that were written from it stay."""
    authorize(by, "field.change_form", design.mission)
    audit.record(by, "field.design_deleted", design, data={"code": design.code})
    design.delete()
