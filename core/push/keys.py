"""The installation's own VAPID keys (RFC 8292): by them push services know who sends."""

from __future__ import annotations

import base64
import time
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings

LASTS = 12 * 3600  # seconds; a push service refuses more than 24 hours


@cache
def _vapid() -> Any:
    """The key pair: SCRUTIN_VAPID_KEY (PEM), else `vapid-key` beside the data, made once."""
    from py_vapid import Vapid02  # half a second that only those pay who push

    if settings.SCRUTIN_VAPID_KEY:
        return Vapid02.from_pem(settings.SCRUTIN_VAPID_KEY.encode())
    path = settings.VAR / "vapid-key"
    if not path.exists():
        made = Vapid02()
        made.generate_keys()
        draft = path.with_name(f"vapid-key.{time.monotonic_ns()}")
        draft.touch(mode=0o600)
        draft.write_bytes(made.private_pem())
        try:
            path.hardlink_to(draft)  # whole or not at all, and by the first process alone
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return Vapid02.from_pem(path.read_bytes())


def public_key() -> str:
    """What a browser is told when it subscribes: the public key, base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def authorization(origin: str) -> str:
    """The header by which the push service at `origin` knows us; good for twelve hours of real time."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "scrutin@localhost"
    claims = {"aud": origin, "sub": f"mailto:{address}", "exp": int(time.time()) + LASTS}
    return str(_vapid().sign(claims)["Authorization"])
