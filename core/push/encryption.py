"""The content of a push message, readable by its browser alone: RFC 8291 over RFC 8188 (aes128gcm), one record.

By `cryptography`'s primitives: the package http-ece comes as source only, and pywebpush brings an asynchronous web client along. The
tests let http-ece read what is written here, and compare with the example of RFC 8291.
"""

from __future__ import annotations

import base64
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096  # what every push service takes
LAST = b"\x02"  # the delimiter of the last record


def decoded(value: str) -> bytes:
    """Bytes of a base64url text, with or without padding. Raises ValueError for anything else."""
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)


def reader_key(p256dh: str) -> ec.EllipticCurvePublicKey:
    """The browser's public key. Raises ValueError for what is no point of the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(p256dh))


def encrypted(
    content: bytes, *, p256dh: str, auth: str, salt: bytes | None = None, private_key: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """The body of the request. salt, private_key: fresh for each message; given only to compare with the RFC's example."""
    salt = salt or os.urandom(16)
    own = private_key or ec.generate_private_key(ec.SECP256R1())
    theirs = reader_key(p256dh)
    own_public, their_public = (key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) for key in (own.public_key(), theirs))
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, salt=decoded(auth), info=b"WebPush: info\x00" + their_public + own_public, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    head = salt + struct.pack("!IB", RECORD, len(own_public)) + own_public
    return head + AESGCM(key).encrypt(nonce, content + LAST, None)


def _derived(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
