"""Pictures from phones: upright and without place data, or refused with a sentence; no picture holds up anything else."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from PIL import Image

from field.models import Attachment
from field.services import attachments

pytestmark = pytest.mark.django_db
ORIENTATION, GPS = 0x0112, 0x8825


def put(phone, content, **more):
    url = f"/api/v1/sync/attachments/{uuid4()}/?parent={uuid4()}&name=1.jpg"
    return phone.generic("PUT", url, content, content_type="image/jpeg", **more).json()


def jpeg(orientation=1):
    """Red above, blue below, as the eye sees it; stored as a camera stores it that was held like this."""
    picture = Image.new("RGB", (40, 60), "red")
    picture.paste("blue", (0, 30, 40, 60))
    turns = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    turn = turns[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    (picture.transpose(turn) if turn is not None else picture).save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_sideways_picture_is_stored_upright_and_without_place(phone, orientation):
    assert put(phone, jpeg(orientation))["result"] == "created"
    with Image.open(io.BytesIO(Attachment.objects.get().stored.read())) as kept:
        assert kept.size == (40, 60)
        top, bottom = kept.getpixel((20, 8)), kept.getpixel((20, 52))
        assert (top[0] > 200, top[2] < 60, bottom[2] > 200, bottom[0] < 60) == (True, True, True, True)
        assert not kept.getexif()


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"heix"])
def test_heic_is_refused_with_a_sentence(phone, brand):
    body = put(phone, b"\x00\x00\x00\x18ftyp" + brand + b"\x00" * 500)
    assert (body["result"], body["code"]) == ("refused", "heic")
    assert "JPEG" in body["detail"]
    assert Attachment.objects.get().state == "refused"


def test_other_files_and_too_large_ones_are_refused_with_a_sentence(phone, monkeypatch):
    assert put(phone, b"%PDF-1.7")["code"] == "type"
    monkeypatch.setattr(attachments, "MAX_BYTES", 1000)
    body = put(phone, b"x" * 1001)
    assert (body["result"], body["code"]) == ("refused", "size")
    part = put(phone, b"x" * 500, HTTP_CONTENT_RANGE="bytes 0-499/1500")
    assert (part["result"], part["code"]) == ("refused", "size")
    monkeypatch.setattr(attachments, "MAX_PIXELS", 100)
    monkeypatch.setattr(attachments, "MAX_BYTES", 10_000_000)
    assert put(phone, jpeg())["code"] == "type"
    monkeypatch.undo()
    assert put(phone, jpeg())["result"] == "created"
