"""The OpenRosa door for ODK clients: formList, manifest, forms, submission (DESIGN 5).

Basic authentication with the device's token as password; the user name is ignored. Same rules as the phone's batch.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.errors import DomainError
from field.api.sync import find_version
from field.enums import Result, Source
from field.models import Device, FormVersion
from field.services import attachments, bootstrap, devices
from field.services.clocks import offset_of_header
from field.services.ingest import ItemResult, Submission, ingest
from field.xforms.instance import MAX_BYTES
from missions.models import Mission

_UNKNOWN = gettext_lazy("The password is not known here. Ask the coordinator to set up this client anew.")
XML = "text/xml; charset=utf-8"
MOST_BYTES = 100 * 1024 * 1024
STATUS = {Result.CREATED: 201, Result.ALREADY: 201, Result.REVISION: 201, Result.CONFLICT: 202, Result.REFUSED: 400, Result.LATER: 503}


def answer(status: int, body: str = "", **headers: str) -> HttpResponse:
    """A response as OpenRosa wants it."""
    response = HttpResponse(body, status=status, content_type=XML)
    response.headers["X-OpenRosa-Version"] = "1.0"
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(MOST_BYTES)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def message(status: int, text: str, **headers: str) -> HttpResponse:
    """A message that the client shows."""
    inner = f'<message nature="">{escape(text)}</message>'
    body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response">{inner}</OpenRosaResponse>'
    return answer(status, f'<?xml version="1.0" encoding="UTF-8"?>{body}', **headers)


def door(find: Callable[[str, str], tuple[Device, Mission | None]]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Authenticate, find the mission, and answer refusals in the protocol's words. Not a session: no CSRF.

    `find` tells of a token and a reference the device, and the mission if it may read it, or hand over to it.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
            try:
                device, mission = find(_token(request), reference)
            except devices.NoDevice as error:
                sentence = _UNKNOWN if error.code == "device_unknown" else error.sentence
                return message(401, str(sentence), WWW_Authenticate='Basic realm="Scrutin", charset="UTF-8"')
            try:
                return view(request, device, mission, reference=reference, **kwargs)
            except DomainError as error:
                return message(error.status, str(error.sentence))
            except Http404:
                return message(404, _("This mission has no form and version of that name. Fetch the forms again."))

        return wrapped

    return decorate


def _reader(token: str, reference: str) -> tuple[Device, Mission | None]:
    device = devices.authenticate(token)
    return device, devices.missions_of(device).filter(reference=reference).first()


def _token(request: HttpRequest) -> str:
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "token":
        return value.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2].strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _gone() -> HttpResponse:
    return message(404, _("There is no such mission for this person."))


@require_safe
@door(_reader)
def form_list(request: HttpRequest, device: Device, mission: Mission | None, *, reference: str) -> HttpResponse:
    """The newest published version of each form."""
    if mission is None:
        return _gone()
    rows = []
    for version in bootstrap.served_versions(mission):
        form, arguments = version.form, [reference, version.form.form_id, version.version]
        url = request.build_absolute_uri(reverse("openrosa:form", args=arguments))
        manifest = request.build_absolute_uri(reverse("openrosa:manifest", args=arguments))
        rows.append(
            f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.title)}</name><version>{escape(version.version)}</version>"
            f"<hash>md5:{version.md5}</hash><downloadUrl>{escape(url)}</downloadUrl>"
            + (f"<manifestUrl>{escape(manifest)}</manifestUrl>" if bootstrap.media_of(version) else "")
            + "</xform>"
        )
    return answer(
        200, f'<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(rows)}</xforms>'
    )


@require_safe
@door(_reader)
def form_file(request: HttpRequest, device: Device, mission: Mission | None, *, reference: str, form_id: str, version: str) -> HttpResponse:
    """An XForm."""
    if mission is None:
        return _gone()
    return answer(200, find_version(mission, form_id, version).xform)


@require_safe
@door(_reader)
def manifest(request: HttpRequest, device: Device, mission: Mission | None, *, reference: str, form_id: str, version: str) -> HttpResponse:
    """The tables that a form reads."""
    if mission is None:
        return _gone()
    row: FormVersion = find_version(mission, form_id, version)
    files = []
    for name in bootstrap.media_of(row):
        url = request.build_absolute_uri(reverse("openrosa:media", args=[reference, form_id, version, name]))
        digest = bootstrap.hash_of(bootstrap.table(name, mission, device.person))
        files.append(
            f"<mediaFile><filename>{quote(name)}</filename><hash>{digest}</hash><downloadUrl>{escape(url)}</downloadUrl></mediaFile>"
        )
    return answer(
        200,
        f'<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="http://openrosa.org/xforms/xformsManifest">{"".join(files)}</manifest>',
    )


@require_safe
@door(_reader)
def media(
    request: HttpRequest, device: Device, mission: Mission | None, *, reference: str, form_id: str, version: str, name: str
) -> HttpResponse:
    """A table."""
    if mission is None or name not in bootstrap.media_of(find_version(mission, form_id, version)):
        return _gone()
    response = answer(200)
    response.content = bootstrap.table(name, mission, device.person)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    return response


@door(devices.authenticate_sender)
def submission(request: HttpRequest, device: Device, mission: Mission | None, *, reference: str) -> HttpResponse:
    """HEAD: may I? POST: here it is."""
    if request.method == "HEAD":
        return answer(204, Location=request.build_absolute_uri())
    if request.method != "POST":
        return answer(405, Allow="HEAD, POST")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return message(413, _("The submission is larger than 100 MB. Send fewer photos with it."))
    if request.headers.get("Transfer-Encoding") and not request.META.get("CONTENT_LENGTH"):
        return message(411, _("The client sends without saying how much (chunked): it must name the length."))
    if mission is None:
        return message(400, _("This person has no part in the mission “%(mission)s”.") % {"mission": reference})
    try:
        files = request.FILES
        form = files.get("xml_submission_file")
        raw = form.read(MAX_BYTES + 1) if form else (request.POST.get("xml_submission_file") or "").encode()
    except TooManyFilesSent:
        return message(400, _("The submission holds more than %(most)d files.") % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES})
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent):
        return message(400, _("The submission was cut off or is not multipart."))
    if not raw:
        return message(400, _("The submission holds no form (xml_submission_file)."))
    result = _ingest(raw, mission, device, offset_of_header(request.headers.get("Date", "")))
    refused = _attach(files, result.uuid, device, mission) if result.uuid and result.result != Result.REFUSED else []
    return message(STATUS[result.result], " ".join([_sentence(result), *refused]))  # type: ignore[index]


def _ingest(raw: bytes, mission: Mission, device: Device, offset: int) -> ItemResult:
    facts = {"source": Source.OPENROSA, "device": device, "person_id": device.person_id, "clock_offset": offset}
    return ingest([Submission(raw=raw, mission=mission, **facts)])[0]


def _attach(files: Any, parent: UUID, device: Device, mission: Mission) -> list[str]:
    """Files that came with the form; one that came in an earlier part of the same submission is known by its name.

    Says which are not kept: the client shows it, and the form itself is stored.
    """
    refused = []
    for name, file in files.items():
        if name == "xml_submission_file":
            continue
        uuid = uuid5(parent, file.name or name)
        # What is too large is refused by its size, without being read.
        data = file.read() if file.size <= attachments.MAX_BYTES else b""
        facts = {"parent": parent, "name": file.name or name, "device": device, "mission": mission, "total": file.size}
        said = attachments.receive_part(uuid, data, **facts)
        if said["result"] == Result.REFUSED:
            refused.append(_("The file %(name)s is not kept: %(why)s") % {"name": file.name or name, "why": said["detail"]})
    return refused


def _sentence(result: ItemResult) -> str:
    sentences = {
        Result.CREATED: _("The form is stored."),
        Result.ALREADY: _("The form was stored before."),
        Result.REVISION: _("The correction is stored."),
    }
    return result.detail or sentences.get(result.result, "")  # type: ignore[call-overload]
