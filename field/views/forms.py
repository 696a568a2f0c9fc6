"""Forms of a mission, their versions, and the phones of its people."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.models import Person
from core import clock
from core.errors import DomainError, NotAllowed
from core.files import PDF, XLSX
from core.rights import allowed
from field.enums import VersionState
from field.forms import FormUpload, SettingsForm
from field.indicators import rule_of
from field.models import Device, Form, FormDesign, FormVersion
from field.services import devices, forms
from field.services.live import phones_of
from field.services.wordings import in_language
from field.views.words import condition_in_words, kind_in_words
from missions.models import Assignment
from missions.tabs import tabs_for
from missions.views.base import MissionAction, MissionMixin


class FormListView(MissionMixin, TemplateView):
    """The forms that phones of this mission fetch, and their versions."""

    permission = "field.view_form"
    active_tab = "forms"
    template_name = "field/forms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Forms with their versions, without the heavy columns."""
        rows = Form.objects.for_mission(self.mission).select_related("mission").prefetch_related("versions")
        may_change = allowed(self.actor, "field.change_form", self.mission)
        designs = FormDesign.objects.filter(mission=self.mission).select_related("mission", "version") if may_change else []
        return super().get_context_data(forms=rows, may_change=may_change, upload=FormUpload(), designs=designs, **kwargs)


class FormUploadView(MissionMixin, View):
    """Take a workbook in; refusals name sheet and row."""

    permission = "field.change_form"

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Store it as a version, or say what is wrong with it."""
        form = FormUpload(request.POST, request.FILES)
        answer = None
        if form.is_valid():
            upload, values = form.cleaned_data["file"], form.cleaned_data
            answer = forms.import_form(
                upload.read(),
                name=upload.name,
                by=self.actor,
                mission=self.mission,
                publish=values["publish"],
                stage=values["stage"],
                code=values["code"],
            )
            if not answer.refused and answer.version:
                messages.success(request, _("Version %(version)s is stored.") % {"version": answer.version.version})
                for warning in answer.warnings[:5]:
                    messages.warning(request, warning)
                return redirect("field:version", reference=reference, uuid=answer.version.uuid)
        rows = Form.objects.for_mission(self.mission).select_related("mission").prefetch_related("versions")
        context = {"mission": self.mission, "tabs": tabs_for(self.mission, request.user), "active_tab": "forms", "forms": rows}
        designs = FormDesign.objects.filter(mission=self.mission).select_related("mission", "version")
        context |= {"may_change": True, "upload": form, "answer": answer, "designs": designs}
        return render(request, "field/forms.html", context, status=400)


class VersionMixin(MissionMixin):
    """About one version of a form of this mission or of the library."""

    def version(self) -> FormVersion:
        """The version."""
        rows = FormVersion.objects.filter(form__in=Form.objects.for_mission(self.mission)).select_related("form__mission", "xlsform")
        return get_object_or_404(rows, uuid=self.kwargs["uuid"])


class VersionView(VersionMixin, TemplateView):
    """What a version asks."""

    permission = "field.view_form"
    active_tab = "forms"
    template_name = "field/version.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Questions by section in words, and below them as the file has them."""
        version = self.version()
        may_change = allowed(self.actor, "field.change_form", version.form.mission)
        return super().get_context_data(
            version=version,
            form=version.form,
            sections=sections_of(version),
            raw=version.questions,
            may_change=may_change,
            states=VersionState,
            papers=paper_languages(version),
            **kwargs,
        )


def sections_of(version: FormVersion) -> list[dict[str, Any]]:
    """What a version asks, by section, in the reader's language: wording, hint, kind of answer, condition, flag."""
    named = {row["code"]: row for row in version.questions}
    sections: list[dict[str, Any]] = []
    for question in version.questions:
        if question["kind"] in {"calculate", "note"}:
            continue
        label = in_language(question.get("section") or {})
        if not sections or sections[-1]["label"] != label:
            sections.append({"label": label, "questions": []})
        options = [in_language(option["label"]) or option["name"] for option in question.get("options", [])]
        severity, _rule = rule_of(version.questions, question["code"])
        row = {
            "code": {"station": "H03", "station_typed": "H03"}.get(question["code"], question["code"]),
            "label": in_language(question.get("label") or {}),
            "hint": in_language(question.get("hint") or {}),
            "kind": kind_in_words(question),
            "options": options,
            "is_required": question.get("required", "false()") != "false()",
            "condition": condition_in_words(question.get("relevant", ""), named),
            "severity": severity,
            "standards": question.get("standards", []),
        }
        sections[-1]["questions"].append(row)
    return sections


class VersionFileView(VersionMixin, View):
    """Download a version: the XLSForm as given (`xlsx`), one made from the version (`regenerated`), or the XForm (`xml`)."""

    permission = "field.view_form"

    def get(self, request: HttpRequest, reference: str, uuid: Any, kind: str) -> HttpResponse:
        """The file."""
        version = self.version()
        try:
            return download(*version_files(version, kind))
        except DomainError as refused:
            messages.error(request, str(refused.sentence))
            return redirect("field:version", reference=reference, uuid=version.uuid)


def version_files(version: FormVersion, kind: str) -> tuple[bytes, str, str]:
    """Content, name and media type of a file of a version. Raises Http404 for an unknown kind, Invalid where it cannot be made."""
    name = f"{version.form.form_id}-{version.version}"
    if kind == "xlsx" and version.xlsform:
        return version.xlsform.read(), f"{name}.{version.xlsform.name.rpartition('.')[2]}", version.xlsform.mime
    if kind == "regenerated":
        return forms.regenerated_workbook(version), f"{name}-regenerated.xlsx", XLSX
    if kind != "xml":
        raise Http404
    return version.xform.encode(), f"{name}.xml", "text/xml; charset=utf-8"


class VersionPaperView(VersionMixin, View):
    """The form on paper (PDF) in one of its languages."""

    permission = "field.view_form"

    def get(self, request: HttpRequest, reference: str, uuid: Any, language: str) -> HttpResponse:
        """Drawn anew each time: a published version says the same each time."""
        version = self.version()
        if language not in paper_languages(version):
            raise Http404
        content = forms.paper_form(version, language, by=self.actor, mission=self.mission)
        return download(content, f"{version.form.form_id}-{version.version}-{language}.pdf", PDF)


def paper_languages(version: FormVersion) -> list[str]:
    """Languages in which a version can be printed: its own, or the reader's words around its only one."""
    return [language for language in version.languages if language not in {"", "default"}] or ["en"]


def download(content: bytes, name: str, mime: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type=mime)
    plain = re.sub(r"[^\w.\-]+", "_", name, flags=re.ASCII)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response


class VersionActView(VersionMixin, MissionAction):
    """Publish or close a version."""

    permission = "field.change_form"

    def act(self, request: HttpRequest) -> str:
        """Do it and go back."""
        version = self.version()
        if version.form.mission_id is None and not allowed(self.actor, "field.change_form", None):
            raise NotAllowed(_("The library's forms are changed by the coordinators."))
        if request.POST.get("act") == "close":
            forms.close_version(version, by=self.actor)
            sentence = _("Version %(version)s is closed.")
        else:
            forms.publish_version(version, by=self.actor)
            sentence = _("Version %(version)s is published.")
        messages.success(request, sentence % {"version": version.version})
        return reverse("field:version", args=[self.mission.reference, version.uuid])


class DeviceListView(MissionMixin, TemplateView):
    """Phones of the mission's people."""

    permission = "field.enrol_device"
    active_tab = "devices"
    template_name = "field/devices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """People with their phones."""
        phones: dict[int, list[Device]] = {}
        for device in phones_of(self.mission):
            phones.setdefault(device.person_id, []).append(device)
        rows = (
            Assignment.objects.filter(mission=self.mission)
            .confirmed()
            .select_related("person")
            .order_by("person__family_name", "person__given_name")
        )
        people = [{"person": row.person, "role": row.get_role_display(), "phones": phones.get(row.person_id, [])} for row in rows]
        allowed_now = devices.settings_of(self.mission)
        names = ("may_photograph", "may_locate", "emergency_number")
        form = SettingsForm(initial={name: getattr(allowed_now, name) for name in names})
        return super().get_context_data(people=people, now=clock.real_now(), settings_form=form, **kwargs)


class EnrolView(MissionMixin, View):
    """Make a one-time code for one person and show it once."""

    permission = "field.enrol_device"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, uuid: Any) -> HttpResponse:
        """The code and its QR picture. The page is not kept by the browser: the code is shown once."""
        person = get_object_or_404(Person, uuid=uuid, assignments__in=Assignment.objects.filter(mission=self.mission).confirmed())
        code = devices.make_code(person, self.mission, by=self.actor)
        address = f"{settings.SCRUTIN_URL}/field/"
        picture = _picture(f"{address}#enrol={code.replace('-', '')}")
        context = {"person": person, "code": code, "picture": picture, "address": address, "minutes": devices.CODE_MINUTES}
        return _shown_once(self, "field/code.html", context)


class EnrolCollectView(MissionMixin, View):
    """Set up ODK Collect for one person: address and password, and the picture that Collect scans."""

    permission = "field.enrol_device"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, uuid: Any) -> HttpResponse:
        """What Collect asks for, shown once; the picture holds its settings as Collect reads them (JSON, deflated, base64)."""
        person = get_object_or_404(Person, uuid=uuid, assignments__in=Assignment.objects.filter(mission=self.mission).confirmed())
        token = devices.enrol_collect(person, self.mission, by=self.actor).token
        address, name = f"{settings.SCRUTIN_URL}/openrosa/{reference}", person.email or "phone"
        general = {"server_url": address, "username": name, "password": token, "form_update_mode": "match_exactly"}
        project = {"general": general, "admin": {}, "project": {"name": f"{reference} {person.name}"}}
        picture = _picture(base64.b64encode(zlib.compress(json.dumps(project).encode())).decode())
        context = {"person": person, "address": address, "name": name, "token": token, "picture": picture}
        return _shown_once(self, "field/collect.html", context)


def _picture(text: str) -> str:
    """A QR picture as SVG."""
    return str(segno.make(text, error="m").svg_inline(scale=6, dark="#142b57", light=None, border=2))


def _shown_once(view: MissionMixin, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with a secret, which the browser does not keep."""
    context |= {"mission": view.mission, "tabs": tabs_for(view.mission, view.request.user), "active_tab": "devices"}
    response = render(view.request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


class SettingsView(MissionAction):
    """Change what phones may do."""

    permission = "field.enrol_device"

    def act(self, request: HttpRequest) -> str:
        """Change and go back."""
        form = SettingsForm(request.POST)
        form.is_valid()
        values = form.cleaned_data
        devices.change_settings(
            self.mission,
            by=self.actor,
            may_photograph=bool(values.get("may_photograph")),
            may_locate=bool(values.get("may_locate")),
            emergency_number=values.get("emergency_number", ""),
        )
        messages.success(request, _("What phones may do is saved."))
        return reverse("field:devices", args=[self.mission.reference])


class RenameView(MissionAction):
    """Give a phone another name."""

    permission = "field.enrol_device"

    def act(self, request: HttpRequest) -> str:
        """Rename and go back."""
        device = get_object_or_404(Device.objects.for_mission(self.mission).distinct(), uuid=self.kwargs["uuid"])
        devices.rename_device(device, by=self.actor, name=request.POST.get("name", ""))
        messages.success(request, _("The phone is called “%(name)s” now.") % {"name": device.name})
        return reverse("field:devices", args=[self.mission.reference])


class RevokeView(MissionAction):
    """Sign a phone out; `wipe` asks it to forget the mission."""

    permission = "field.enrol_device"

    def act(self, request: HttpRequest) -> str:
        """Revoke and go back."""
        device = get_object_or_404(Device.objects.for_mission(self.mission).distinct(), uuid=self.kwargs["uuid"])
        devices.revoke_device(device, by=self.actor, wipe="wipe" in request.POST)
        messages.success(request, _("The phone of %(name)s is signed out.") % {"name": device.person.name})
        return reverse("field:devices", args=[self.mission.reference])
