"""Two pictures as a phone would make them, drawn by us: steps in front of a door, and a protocol on a wall."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

SIZE = (1280, 960)


def steps_photo() -> bytes:
    """The entrance of a polling station with seven steps and no ramp."""
    image, draw = _canvas((196, 208, 218))
    draw.rectangle((0, 700, 1280, 960), fill=(150, 146, 138))
    draw.rectangle((320, 120, 960, 520), fill=(214, 196, 164), outline=(120, 104, 84), width=6)
    draw.rectangle((560, 210, 720, 520), fill=(92, 62, 44))
    for step in range(7):
        top, reach = 520 + step * 30, 40 + step * 34
        draw.rectangle((520 - reach, top, 760 + reach, top + 30), fill=(176 - 6 * step,) * 3, outline=(96, 96, 96), width=2)
    draw.rectangle((760, 240, 880, 330), fill=(245, 245, 240), outline=(60, 60, 60), width=3)
    for line in range(4):
        draw.line((775, 258 + line * 18, 865, 258 + line * 18), fill=(70, 70, 70), width=3)
    return _jpeg(image, orientation=1)


def protocol_photo() -> bytes:
    """A results protocol posted beside a door, held the wrong way round by the camera (EXIF orientation 6)."""
    image, draw = _canvas((228, 226, 218))
    draw.rectangle((360, 80, 920, 880), fill=(252, 252, 248), outline=(110, 110, 110), width=4)
    draw.rectangle((420, 130, 860, 170), fill=(70, 84, 110))
    for row in range(14):
        top = 220 + row * 42
        draw.rectangle((420, top, 860, top + 42), outline=(150, 150, 150), width=2)
        draw.line((740, top, 740, top + 42), fill=(150, 150, 150), width=2)
        draw.line((440, top + 22, 560 + (row * 53) % 150, top + 22), fill=(60, 60, 60), width=4)
        draw.line((765, top + 22, 800 + (row * 31) % 45, top + 22), fill=(30, 50, 140), width=5)
    draw.ellipse((690, 770, 800, 860), outline=(60, 70, 170), width=7)
    return _jpeg(image.rotate(90, expand=True), orientation=6)


def _canvas(colour: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE, colour)
    return image, ImageDraw.Draw(image)


def _jpeg(image: Image.Image, *, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Demonstration camera"  # the server must drop this
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()
