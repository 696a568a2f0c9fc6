"""Compiled forms, kept per process by the checksum of their XForm: a published version never changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from field.enums import VersionState
from field.models import FormVersion
from field.packing import Layout
from field.services.context import MissionContext
from field.xforms.definition import read_xform
from field.xforms.evaluate import CompiledForm

HIDDEN = ("flag_", "warn_", "note_")
HELPERS = {"flags_all", "flags_other", "severity", "start", "end", "instanceID", "instanceName"}
MOST = 300

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Shape:
    """What follows from an XForm alone. `answers` and `repeats` name (path, code, kind) of what is kept as an answer."""

    compiled: CompiledForm
    layout: Layout
    answers: tuple[Triple, ...]
    repeats: tuple[tuple[str, str, tuple[Triple, ...]], ...]

    @cached_property
    def station_paths(self) -> tuple[str, ...]:
        """Where an instance may name its station."""
        return tuple(path for path, code, _kind in self.answers if code in {"station", "H03"})


@dataclass(frozen=True)
class Ready:
    """A form version ready for ingest."""

    version_pk: int
    form_pk: int
    code: str
    stage: str
    version: str
    shape: Shape

    @property
    def compiled(self) -> CompiledForm:
        """The evaluator."""
        return self.shape.compiled

    @property
    def layout(self) -> Layout:
        """The packed column's layout."""
        return self.shape.layout


_shapes: OrderedDict[str, Shape] = OrderedDict()


def shape_of(version: FormVersion) -> Shape:
    """The compiled XForm of a version."""
    kept = _shapes.get(version.md5)
    if kept is None:
        kept = _shapes[version.md5] = _build(version.xform)
        while len(_shapes) > MOST:
            _shapes.popitem(last=False)
    return kept


def ready(version: FormVersion) -> Ready:
    """A version ready for ingest."""
    form = version.form
    return Ready(version.pk, form.pk, form.code, form.stage, version.version, shape_of(version))


def _build(xform: str) -> Shape:
    definition = read_xform(xform)
    plain: list[Triple] = []
    rows: dict[str, list[Triple]] = {}
    for question in definition.questions:
        if question["kind"] in {"note", "trigger"} or question["code"].startswith(HIDDEN) or question["code"] in HELPERS:
            continue
        triple = (question["path"], question["code"], question["kind"])
        if question.get("repeat"):
            rows.setdefault(question["repeat"], []).append(triple)
        else:
            plain.append(triple)
    repeats = tuple((path, path.rpartition("/")[2], tuple(triples)) for path, triples in rows.items())
    return Shape(CompiledForm(definition), Layout(definition.questions), tuple(plain), repeats)


def version_for(context: MissionContext, form_id: str, version: str) -> Ready | None:
    """The version an instance names: the mission's own form, else the library's; no version means the newest published.

    Where all are closed, the newest of those: who was off line when a form was closed still hands over what was seen.
    """
    key = (form_id, version)
    kept = context.versions.get(key)
    if kept is not None:
        return kept
    rows = FormVersion.objects.known().select_related("form").filter(form__form_id=form_id)
    rows = rows.filter(Q(form__mission=context.mission) | Q(form__mission__isnull=True))
    rows = rows.filter(version=version) if version else rows
    found = sorted(
        rows.order_by("-published_at", "-pk"),
        key=lambda row: (not version and row.state != VersionState.PUBLISHED, row.form.mission_id is None),
    )
    if not found:
        return None
    context.versions[key] = ready(found[0])
    return context.versions[key]


def answer(kind: str, text: str) -> Any:
    """A value as it is kept in `answers`: numbers as numbers, several choices as a list."""
    if kind == "multi":
        return text.split()
    if kind == "int":
        try:
            return int(text)
        except ValueError:
            return text
    return text
