"""A mission's own forms as the template of another mission's (`missions.copying`)."""

from __future__ import annotations

from core import audit
from core.actors import Actor
from core.files import store_file
from field.enums import VersionState
from field.models import Form, FormVersion
from field.services.forms import publish_version
from missions.copying import Copied
from missions.models import Mission


def plan_forms(source: Mission, target: Mission) -> list[str]:
    """The forms that would be copied: those of the source's own whose code and id the target has not."""
    return [str(form) for form, _version in _forms_to_copy(source, target)]


def copy_forms(source: Mission, target: Mission, *, by: Actor) -> Copied:
    """Copy each form with its newest version, published where that one was. Answers are not copied."""
    rows = _forms_to_copy(source, target)
    for form, version in rows:
        fresh = Form.objects.create(
            mission=target,
            code=form.code,
            form_id=form.form_id,
            stage=form.stage,
            title_en=form.title_en,
            title_fr=form.title_fr,
            title_de=form.title_de,
            position=form.position,
        )
        copied = _copy_version(version, fresh, by=by)
        if version.state == VersionState.PUBLISHED:
            publish_version(copied, by=by)
    return Copied(len(rows))


def _forms_to_copy(source: Mission, target: Mission) -> list[tuple[Form, FormVersion]]:
    own = Form.objects.filter(mission=target)
    rows = Form.objects.filter(mission=source).exclude(code__in=own.values("code")).exclude(form_id__in=own.values("form_id"))
    newest = [(form, form.current or form.versions.first()) for form in rows]
    return [(form, version) for form, version in newest if version is not None]


def _copy_version(version: FormVersion, form: Form, *, by: Actor) -> FormVersion:
    file = version.xlsform
    if file is not None:
        with file.open() as content:
            file = store_file(content.read(), name=file.name, by=by, mime=file.mime)
    row = FormVersion.objects.create(
        form=form,
        version=version.version,
        xlsform=file,
        xform=version.xform,
        md5=version.md5,
        languages=version.languages,
        unchecked_languages=version.unchecked_languages,
        questions=version.questions,
        validation=version.validation,
    )
    audit.record(by, "field.form_stored", row, data={"form": form.form_id, "version": row.version})
    return row
