"""The phone's door: `/api/v1/sync/` (docs/sync.md)."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core import clock
from core.errors import DomainError, Invalid
from core.late import Late
from field.authentication import PhoneAuthentication
from field.models import Attachment, Device, FormVersion
from field.services import attachments, bootstrap, devices, sync
from missions.models import Mission

if TYPE_CHECKING:
    import redis
else:
    redis = Late("redis")

MOST_BYTES = 5 * 1024 * 1024
MOST_EXPANDED = 25 * 1024 * 1024
TRIES_PER_MINUTE = 10
ANYTHING = OpenApiTypes.OBJECT


class TooLarge(DomainError):
    """The phone halves the batch and sends it again."""

    code = "too_large"
    status = 413


class Unlimited(BaseThrottle):
    """A delegation behind one address is not slowed down."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Always."""
        return True


class RawParser(BaseParser):
    """The bytes as they are; the size is checked before they are read."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        """Read the body."""
        return stream.read()


class PhoneView(APIView):
    """A view for enrolled phones. Their rights: `field.services.sync` places every item by the person's assignments."""

    authentication_classes = [PhoneAuthentication]
    throttle_classes = [Unlimited]

    @property
    def device(self) -> Device:
        """The phone that asks."""
        return self.request.auth

    def mission(self, reference: str) -> Mission:
        """A mission this phone may read, else 404."""
        mission = devices.missions_of(self.device).filter(reference=reference).first()
        if mission is None:
            raise Http404
        return mission


class EnrolSerializer(serializers.Serializer):
    """What a phone says about itself."""

    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    platform = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    app_version = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    language = serializers.CharField(max_length=5, required=False, allow_blank=True, default="en")
    renews = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20)


class EnrolView(APIView):
    """One-time code in, token out."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    throttle_classes = [Unlimited]
    parser_classes = [JSONParser]

    @extend_schema(request=EnrolSerializer, responses={201: ANYTHING}, operation_id="sync_enrol")
    def post(self, request: Request) -> Response:
        """Enrol a phone."""
        _slow_down(request)
        serializer = EnrolSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        enrolled = devices.enrol(**serializer.validated_data)
        device = enrolled.device
        person = device.person
        body = {
            "token": enrolled.token,
            "device": {"uuid": str(device.uuid), "name": device.name, "expires_at": device.expires_at},
            "person": {"uuid": str(person.uuid), "name": person.name, "language": person.language, "zone": person.zone},
            "missions": sync.references_of(devices.missions_of(device)),
            "mission": enrolled.mission.reference,
        }
        return Response(body, status=status.HTTP_201_CREATED)


def _slow_down(request: Request) -> None:
    """Ten wrong codes a minute from one address: 32^8 codes cannot be tried out. Right codes are used once anyway."""
    address = request.META.get("REMOTE_ADDR", "")
    key = f"field:enrol:{address}:{int(clock.real_now().timestamp() // 60)}"
    try:
        cache.add(key, 0, 120)
        if cache.incr(key) > TRIES_PER_MINUTE * 6:
            raise Throttled(wait=60)
    except (ValueError, OSError, redis.RedisError):
        return  # without the cache nobody is slowed down, and a phone can still be enrolled


class BootstrapView(PhoneView):
    """What the phone needs off line."""

    @extend_schema(responses={200: ANYTHING}, operation_id="sync_bootstrap")
    def get(self, request: Request) -> Response | HttpResponse:
        """Everything but the files, with an ETag."""
        body, tag = bootstrap.bootstrap(self.device)
        if request.headers.get("If-None-Match") == tag:
            return HttpResponse(status=304, headers={"ETag": tag})
        return Response(body, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


class BatchView(PhoneView):
    """Many items in one request."""

    parser_classes = [RawParser]

    @extend_schema(request=ANYTHING, responses={200: ANYTHING}, operation_id="sync_batch")
    def post(self, request: Request) -> Response:
        """Store a batch; one result per item, in order."""
        payload = _payload(request)
        results = sync.receive_batch(self.device, payload)
        if payload.get("app_version") and payload["app_version"] != self.device.app_version:
            devices.describe_device(self.device, by=devices.actor_of(self.device), app_version=str(payload["app_version"]))
        body: dict[str, Any] = {
            "server_time": clock.real_now(),
            "oldest_app": sync.OLDEST_APP,
            "results": results,
            "cursor": payload.get("cursor"),
            "changes": [],
            "has_more": False,
        }
        if "cursor" in payload:
            body |= sync.changes_since(self.device, payload["cursor"])
        return Response(body)


def _payload(request: Request) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise TooLarge(_("The request is larger than 5 MB: send fewer items at once."))
    raw = request.data if isinstance(request.data, bytes) else b""
    if request.headers.get("Content-Encoding", "") == "gzip":
        raw = _expanded(raw)
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("The request is not JSON in UTF-8."), code="json") from error
    if b"\\u" in raw:
        payload = _storable(payload)
    if not isinstance(payload, dict):
        raise Invalid(_("The request has no list “items”."), code="items", attr="items")
    if isinstance(payload.get("items"), list) and len(payload["items"]) > sync.MOST_ITEMS:
        raise TooLarge(_("More than %(most)s items in one request.") % {"most": sync.MOST_ITEMS})
    return payload


def _storable(value: Any) -> Any:
    """Text without null characters and halves of letters (an emoji that a phone cut in two): no database keeps those, and the
    record would be sent again for ever.
    """
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return {_storable(name): _storable(item) for name, item in value.items()} if isinstance(value, dict) else value


def _expanded(raw: bytes) -> bytes:
    machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = machine.decompress(raw, MOST_EXPANDED)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise Invalid(_("The compressed request is damaged."), code="gzip") from error
    if machine.unconsumed_tail:
        raise TooLarge(_("The request is larger than 5 MB: send fewer items at once."))
    return content


class ChangesView(PhoneView):
    """What changed since."""

    @extend_schema(responses={200: ANYTHING}, operation_id="sync_changes")
    def get(self, request: Request) -> Response:
        """Present states of this person's records."""
        body = sync.changes_since(self.device, request.query_params.get("cursor"))
        return Response(body | {"server_time": clock.real_now()})


class DeviceView(PhoneView):
    """The phone describes itself, or signs out."""

    @extend_schema(
        request=inline_serializer(
            "DeviceChange", {name: serializers.CharField(required=False) for name in ("name", "platform", "app_version", "language")}
        ),
        responses={200: ANYTHING},
        operation_id="sync_device_update",
    )
    def patch(self, request: Request) -> Response:
        """Change name, platform, app version or language."""
        values = {name: str(request.data[name]) for name in ("name", "platform", "app_version", "language") if request.data.get(name)}
        device = devices.describe_device(self.device, by=devices.actor_of(self.device), **values)
        return Response({"uuid": str(device.uuid), "name": device.name, "language": device.language, "expires_at": device.expires_at})

    @extend_schema(responses={204: None}, operation_id="sync_device_delete")
    def delete(self, request: Request) -> Response:
        """The person signs this phone out."""
        devices.sign_out(self.device)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StationsView(PhoneView):
    """The station list of a mission."""

    @extend_schema(responses={200: ANYTHING}, operation_id="sync_stations")
    def get(self, request: Request, reference: str) -> HttpResponse:
        """All stations, as one JSON list."""
        return _file(request, bootstrap.stations_json(self.mission(reference)), "application/json")


class FormFileView(PhoneView):
    """A form version, or a table it reads."""

    @extend_schema(responses={200: OpenApiTypes.STR}, operation_id="sync_form")
    def get(self, request: Request, reference: str, form_id: str, version: str, name: str = "form.xml") -> HttpResponse:
        """The file, with an ETag."""
        mission = self.mission(reference)
        row = find_version(mission, form_id, version)
        if name == "form.xml":
            return _file(request, row.xform.encode(), "text/xml; charset=utf-8")
        if name not in bootstrap.media_of(row):
            raise Http404
        return _file(request, bootstrap.table(name, mission, self.device.person), "text/csv; charset=utf-8")


class FormMediaView(FormFileView):
    """A table that a form version reads."""

    @extend_schema(responses={200: OpenApiTypes.STR}, operation_id="sync_form_media")
    def get(self, request: Request, reference: str, form_id: str, version: str, name: str) -> HttpResponse:  # type: ignore[override]
        """The table, with an ETag."""
        return super().get(request, reference, form_id, version, name)


def find_version(mission: Mission, form_id: str, version: str) -> FormVersion:
    """A known version of a form of the mission or of the library, else 404."""
    rows = FormVersion.objects.known().select_related("form").filter(form__form_id=form_id, version=version)
    found = [row for row in rows if row.form.mission_id in (mission.pk, None)]
    if not found:
        raise Http404
    return max(found, key=lambda row: row.form.mission_id is not None)


def _file(request: Request, content: bytes, kind: str) -> HttpResponse:
    tag = f'"{bootstrap.hash_of(content)}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type=kind, headers=headers)


class AttachmentView(PhoneView):
    """One attachment, whole or in parts."""

    parser_classes = [RawParser]

    @extend_schema(request=OpenApiTypes.BINARY, responses={200: ANYTHING}, operation_id="sync_attachment_put")
    def put(self, request: Request, uuid: UUID) -> Response:
        """Keep a part; the last that was missing makes the whole."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > attachments.MAX_BYTES:
            return Response({"uuid": str(uuid), "result": "refused", "code": "size", "detail": str(attachments.REASONS["size"])})
        try:
            parent = UUID(request.query_params.get("parent", ""))
        except ValueError as error:
            raise Invalid(_("The address does not say to which record the file belongs (parent)."), code="parent", attr="parent") from error
        data = request.data if isinstance(request.data, bytes) else b""
        if len(data) < int(request.META.get("CONTENT_LENGTH") or 0):
            return self.get(request, uuid)  # cut off on the way: half a file is no file, and what came before is told
        start, total = _range(request.headers.get("Content-Range", ""), len(data))
        answer = attachments.receive_part(
            uuid,
            data,
            parent=parent,
            name=request.query_params.get("name", ""),
            sha256=request.query_params.get("sha256", ""),
            device=self.device,
            start=start,
            total=total,
        )
        return Response(answer)

    @extend_schema(responses={200: ANYTHING}, operation_id="sync_attachment_get")
    def get(self, request: Request, uuid: UUID) -> Response:
        """What has arrived, to resume."""
        row = Attachment.objects.filter(uuid=uuid, person=self.device.person).first()
        return Response(attachments.answer_of(row) if row else {"uuid": str(uuid), "result": "partial", "received": []})


class AttachmentFileView(PhoneView):
    """A picture of one's own record, for another phone on which that record is corrected."""

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, operation_id="sync_attachment_file")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """The picture as it is stored."""
        row = Attachment.objects.filter(uuid=uuid, person=self.device.person, stored__isnull=False).select_related("stored").first()
        if row is None or row.stored is None:
            raise Http404
        return _file(request, row.stored.read(), row.stored.mime)


def _range(header: str, length: int) -> tuple[int, int]:
    """`bytes 0-262143/1048576` as start and total."""
    if not header:
        return 0, length
    try:
        span, total = header.removeprefix("bytes ").split("/")
        start, end = (int(part) for part in span.split("-"))
        if start < 0 or end - start + 1 != length or int(total) < end + 1:
            raise ValueError
        return start, int(total)
    except ValueError as error:
        raise Invalid(_("The header Content-Range does not fit the bytes that came."), code="range") from error
