"""Forms: the standard set, imports of XLSForms and XForms, publishing. A published version never changes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import SYSTEM, Actor
from core.documents import preview
from core.errors import Invalid, NotNow
from core.files import XLSX, store_file
from core.rights import authorize
from field.enums import FormStage, VersionState
from field.models import Form, FormVersion
from field.xforms.compile import Compiled, FormRefused, compile_form
from field.xforms.regenerate import regenerate
from field.xforms.standard import STAGES, StandardForm, Texts
from field.xforms.workbook import write_workbook
from missions.models import Mission

log = structlog.get_logger(__name__)
CODE = re.compile(r"[a-z]{2,3}")
XLS = "application/vnd.ms-excel"
ORDER = {FormStage.OPENING: 10, FormStage.VOTING: 20, FormStage.CLOSING: 30, FormStage.TABULATION: 40, FormStage.INCIDENT: 50}


@dataclass
class ImportAnswer:
    """The shape every importer answers with; `version` where something was stored."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    version: FormVersion | None = None

    def as_json(self) -> dict[str, Any]:
        """For commands and the API."""
        counts = {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}
        return counts | {"refused": self.refused, "warnings": self.warnings}


def import_form(
    content: bytes,
    *,
    name: str,
    by: Actor,
    mission: Mission | None = None,
    publish: bool = False,
    stage: str = "",
    code: str = "",
    validate: bool = True,
) -> ImportAnswer:
    """Compile a file and store it as a version of its form; nothing is stored if anything is refused.

    The same content again is `unchanged`. Another content under a published version is refused: a new version is needed.
    """
    authorize(by, "field.change_form", mission)
    try:
        compiled = compile_form(content, name=name, validate=validate)
    except FormRefused as error:
        return ImportAnswer(refused=error.rows)
    return _store(compiled, content, name=name, by=by, mission=mission, publish=publish, stage=stage, code=code)


@transaction.atomic
def _store(
    compiled: Compiled, content: bytes, *, name: str, by: Actor, mission: Mission | None, publish: bool, stage: str, code: str
) -> ImportAnswer:
    definition = compiled.definition
    form, _created = Form.objects.get_or_create(
        mission=mission,
        form_id=definition.form_id[:64],
        defaults={
            "code": (code or definition.form_id)[:20],
            "stage": stage or FormStage.OTHER,
            "title_en": (definition.title or definition.form_id)[:200],
            "position": ORDER.get(stage, 60),  # type: ignore[call-overload]
        },
    )
    answer = ImportAnswer(warnings=compiled.warnings)
    md5 = hashlib.md5(compiled.xform.encode(), usedforsecurity=False).hexdigest()
    known = FormVersion.objects.select_for_update().filter(form=form, version=definition.version).first()
    if known and known.md5 == md5:
        answer.unchanged, answer.version = 1, known
    elif known and known.state != VersionState.DRAFT:
        sentence = _("Version “%(version)s” of this form is published and cannot change: give the workbook a new version.")
        answer.refused = [{"sheet": "settings", "row": 2, "column": "version", "why": sentence % {"version": definition.version}}]
        return answer
    else:
        row = known or FormVersion(form=form, version=definition.version)
        row.xform, row.md5 = compiled.xform, md5
        row.languages, row.questions, row.validation = definition.languages, compiled.questions, compiled.validation
        if compiled.is_workbook:
            row.xlsform = store_file(content, name=name, by=by, mime=XLS if name.lower().endswith(".xls") else XLSX)
        row.save()
        answer.created, answer.updated, answer.version = int(known is None), int(known is not None), row
        audit.record(by, "field.form_stored", row, data={"form": form.form_id, "version": row.version})
    if publish and answer.version:
        publish_version(answer.version, by=by)
    return answer


@transaction.atomic
def publish_version(version: FormVersion, *, by: Actor) -> FormVersion:
    """Let phones fetch this version. Asked twice, it is done once."""
    version = FormVersion.objects.select_for_update(of=("self",)).select_related("form__mission").get(pk=version.pk)
    authorize(by, "field.change_form", version.form.mission)
    if version.state == VersionState.PUBLISHED:
        return version
    if version.state == VersionState.CLOSED:
        raise NotNow(_("A closed version is not opened again: store a new version."))
    version.state, version.published_at = VersionState.PUBLISHED, clock.now()
    version.save_changes("state", "published_at")
    audit.record(by, "field.form_published", version, fields=["state"])
    return version


@transaction.atomic
def close_version(version: FormVersion, *, by: Actor) -> FormVersion:
    """Serve this version no longer; what was filled in with it is still accepted."""
    version = FormVersion.objects.select_for_update(of=("self",)).select_related("form__mission").get(pk=version.pk)
    authorize(by, "field.change_form", version.form.mission)
    if version.state == VersionState.CLOSED:
        return version
    if version.state != VersionState.PUBLISHED:
        raise NotNow(_("Only a published version can be closed."))
    version.state = VersionState.CLOSED
    version.save_changes("state")
    audit.record(by, "field.form_closed", version, fields=["state"])
    return version


def standard_workbook(code: str) -> bytes:
    """The XLSForm of a standard form."""
    if code not in STAGES:
        raise Invalid(_("There is no standard form “%(code)s”.") % {"code": code}, attr="code")
    return write_workbook(*StandardForm(code).build())


def regenerated_workbook(version: FormVersion) -> bytes:
    """An XLSForm that pyxform compiles to the questions, conditions and languages of this version, however it was uploaded.

    Raises Invalid naming what an XLSForm cannot carry over: a workbook that would ask something else is never handed out.
    """
    standards = {row["code"]: row["standards"] for row in version.questions if row.get("standards")}
    try:
        return regenerate(version.xform, standards=standards)
    except FormRefused as refused:
        raise Invalid(str(refused), attr="version") from refused


def paper_form(version: FormVersion, language: str, *, by: Actor, mission: Mission | None) -> bytes:
    """The form to be filled in by hand, as PDF/UA-1 in one of its languages. Leaves no row."""
    authorize(by, "field.view_form", mission)
    code = language if CODE.fullmatch(language) else "en"
    reference = mission.reference if mission else ""
    return preview("field.paper_form", version, code, "pdf", by=by, reference=reference, wanted=language)


@lru_cache(maxsize=8)
def _standard(code: str) -> tuple[bytes, Compiled]:
    """Workbook and XForm of a standard form: built once per process."""
    content = standard_workbook(code)
    return content, compile_form(content, name=f"scrutin-{code}.xlsx", validate=False)


def load_standard_forms() -> dict[str, int]:
    """Reference data: forms A-D and I as published versions of the library. Safe to repeat; a version that is there never changes."""
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    texts = Texts()
    for code, stage in STAGES.items():
        content, compiled = _standard(code)
        titles = texts.titles(code)
        form, _created = Form.objects.update_or_create(
            mission=None,
            form_id=f"scrutin-{code}",
            defaults={"code": code, "stage": stage, "position": ORDER[FormStage(stage)]}
            | {f"title_{key}": value for key, value in titles.items()},
        )
        md5 = hashlib.md5(compiled.xform.encode(), usedforsecurity=False).hexdigest()
        known = form.versions.filter(version=compiled.definition.version).first()
        if known:
            if known.md5 != md5:
                # It never changes. Whoever changed the data without a new VERSION reads this in the log.
                log.warning("standard_form_kept", form=code, version=known.version)
            counts["unchanged"] += 1
            continue
        row = FormVersion(form=form, version=compiled.definition.version)
        row.xform, row.md5, row.languages = compiled.xform, md5, compiled.definition.languages
        row.questions, row.unchecked_languages = compiled.questions, texts.unchecked
        row.xlsform = store_file(content, name=f"scrutin-{code}.xlsx", by=SYSTEM, mime=XLSX)
        row.state, row.published_at = VersionState.PUBLISHED, clock.now()
        row.save()
        counts["created"] += 1
    return counts


def may_read_file(user: Any, file: Any) -> bool | None:
    """For `core.files`: workbooks are read by those who may see the form."""
    from core.actors import user_actor  # only here
    from core.rights import allowed

    version = FormVersion.objects.filter(xlsform=file).select_related("form__mission").first()
    if version is None:
        return None
    return bool(user.is_authenticated and allowed(user_actor(user), "field.view_form", version.form.mission))
