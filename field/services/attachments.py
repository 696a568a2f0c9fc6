"""Attachments: parts in any order, before or after their record; pictures are made anew, upright and without metadata."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.enums import Access
from core.errors import Invalid
from core.files import sniff, store_file
from core.late import Late
from core.models import StoredFile
from field.enums import AttachmentState, Result
from field.models import Attachment, AttachmentPart, Device, Note, Observation
from missions.models import Mission

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = Late("PIL.Image"), Late("PIL.ImageOps")

MAX_BYTES = 20 * 1024 * 1024
MAX_PART = 1024 * 1024
MAX_PIXELS = 60_000_000
SIDE = 2560
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
REASONS = {
    "size": _("The file is empty or larger than 20 MB."),
    "type": _("Only pictures can be attached: JPEG, PNG or WebP."),
    "heic": _("This picture is in the format HEIC, which is not read here. Set the camera to JPEG (“most compatible”) and take it again."),
    "checksum": _("The file arrived damaged. Attach it again."),
    "mission": _("The file belongs to a record of another person."),
}


def answer_of(attachment: Attachment, result: str = "") -> dict[str, Any]:
    """As docs/sync.md 6 says."""
    body: dict[str, Any] = {"uuid": str(attachment.uuid)}
    if attachment.state == AttachmentState.STORED:
        return body | {"result": result or Result.ALREADY.value}
    if attachment.state == AttachmentState.REFUSED:
        return body | {"result": Result.REFUSED.value, "code": attachment.refusal, "detail": str(REASONS[attachment.refusal])}
    return body | {"result": "partial", "received": _ranges(attachment)}


def receive_part(
    uuid: UUID,
    data: bytes,
    *,
    parent: UUID,
    name: str,
    device: Device | None,
    start: int = 0,
    total: int | None = None,
    sha256: str = "",
    mission: Mission | None = None,
) -> dict[str, Any]:
    """Keep one part; the last one that was missing makes the whole. Any part may come again, in any order.

    A file that was refused and is sent anew is judged anew: what was refused may have been half of it, from a cut connection.
    """
    total = len(data) if total is None else total
    defaults = {
        "parent": parent,
        "name": name[-255:] or "photo.jpg",
        "device": device,
        "person": device.person if device else None,
        "sha256": sha256.lower()[:64],
        "size": min(total, 2**62),
        "mission": mission or _mission_of(parent),
    }
    try:
        attachment, _created = Attachment.objects.get_or_create(uuid=uuid, defaults=defaults)
    except IntegrityError:
        attachment = Attachment.objects.get(uuid=uuid)
    if device and attachment.person_id not in (None, device.person_id):
        return {"uuid": str(uuid), "result": Result.REFUSED.value, "code": "mission", "detail": str(REASONS["mission"])}
    if attachment.state == AttachmentState.REFUSED:
        attachment.state, attachment.refusal, attachment.sha256 = AttachmentState.PARTIAL, "", sha256.lower()[:64]
        attachment.save_changes("state", "refusal", "sha256")
    if attachment.state != AttachmentState.PARTIAL:
        return answer_of(attachment)
    if not 0 < total <= MAX_BYTES:
        return answer_of(_refuse(attachment, "size"))
    with transaction.atomic():
        AttachmentPart.objects.get_or_create(attachment=attachment, start=start, end=start + len(data), defaults={"data": data})
    return _finish(attachment, total)


@transaction.atomic
def _finish(attachment: Attachment, total: int) -> dict[str, Any]:
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if attachment.state != AttachmentState.PARTIAL:
        return answer_of(attachment)
    if _ranges(attachment) != [[0, total]]:
        return answer_of(attachment)
    content = _whole(attachment, total)
    if attachment.sha256 and hashlib.sha256(content).hexdigest() != attachment.sha256:
        AttachmentPart.objects.filter(attachment=attachment).delete()
        return answer_of(_refuse(attachment, "checksum"))
    stored = store_picture(content, name=attachment.name, by=SYSTEM)
    AttachmentPart.objects.filter(attachment=attachment).delete()
    if stored is None:
        return answer_of(_refuse(attachment, "heic" if is_heic(content) else "type"))
    attachment.stored, attachment.state, attachment.size = stored, AttachmentState.STORED, stored.size
    attachment.save_changes("stored", "state", "size")
    return answer_of(attachment, Result.CREATED.value)


def store_picture(content: bytes, *, name: str, by: Actor) -> StoredFile | None:
    """Decode and encode a picture again: upright, at most 2560 pixels a side, no place, no camera. None: it is no picture."""
    kind = PICTURES.get(sniff(content, name))
    if kind is None:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception:  # Pillow raises many kinds for damaged files; none of them may stop the queue
        return None
    upright.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85, optimize=True)
    short = name.rpartition(".")[0] or name
    try:
        return store_file(out.getvalue(), name=f"{short}.jpg", by=by, access=Access.TEAM, allow={"image/jpeg"}, mime="image/jpeg")
    except Invalid:
        return None


def pictures_of(parents: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The stored pictures of records, for another phone of the person who made them: one query."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in Attachment.objects.filter(parent__in=list(parents), stored__isnull=False).select_related("stored"):
        stored = row.stored
        assert stored is not None
        found.setdefault(row.parent, []).append({"uuid": str(row.uuid), "name": row.name, "size": stored.size, "sha256": stored.sha256})
    return found


def is_heic(content: bytes) -> bool:
    """A picture as iPhones store them (HEIF): its box `ftyp` names one of these brands."""
    return content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


def may_read_file(user: Any, file: StoredFile) -> bool | None:
    """For `core.files`: pictures are read by those who see the mission's records."""
    attachment = Attachment.objects.filter(stored=file).select_related("mission").first()
    if attachment is None:
        return None
    from core.actors import user_actor  # only here
    from core.rights import allowed

    mission = attachment.mission or _mission_of(attachment.parent)
    return bool(user.is_authenticated and mission and allowed(user_actor(user), "field.view_observation", mission))


def _mission_of(parent: UUID) -> Mission | None:
    row = Observation.objects.filter(uuid=parent).select_related("mission").first() or (
        Note.objects.filter(uuid=parent).select_related("mission").first()
    )
    return row.mission if row else None


def _refuse(attachment: Attachment, code: str) -> Attachment:
    attachment.state, attachment.refusal = AttachmentState.REFUSED, code
    attachment.save_changes("state", "refusal")
    return attachment


def _ranges(attachment: Attachment) -> list[list[int]]:
    merged: list[list[int]] = []
    for start, end in attachment.parts.order_by("start", "end").values_list("start", "end"):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _whole(attachment: Attachment, total: int) -> bytes:
    out = bytearray(total)
    for part in attachment.parts.order_by("start", "end"):
        out[part.start : part.end] = bytes(part.data)
    return bytes(out[:total])
