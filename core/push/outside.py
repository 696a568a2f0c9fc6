"""One request to an address that somebody else gave us: never to this machine or a private network.

The name is resolved once, every address behind it is judged, and the connection goes to the address that was judged: a name that
answers differently a moment later leads nowhere else. No redirect is followed, no proxy of the environment is used.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Invalid

SECONDS = 10
MOST_LETTERS = 1000
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def check_address(url: str) -> tuple[str, int]:
    """Host and port of an address that may be one of a push service. Raises Invalid with a sentence. Asks no name server."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    schemes = ("https", "http") if settings.SCRUTIN_PUSH_ANYWHERE else ("https",)
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MOST_LETTERS
    if parts.scheme not in schemes or not host or parts.username is not None or parts.fragment or not is_plain:
        raise Invalid(_("This is no address of a push service: it has to begin with https://."), code="endpoint", attr="endpoint")
    if port not in (None, 443) and not settings.SCRUTIN_PUSH_ANYWHERE:
        raise Invalid(_("A push service is asked on port 443 alone."), code="endpoint", attr="endpoint")
    return host, port or (443 if parts.scheme == "https" else 80)


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses behind a name. Raises Invalid where one of them is not of the public Internet; OSError where there is none."""
    found = list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not settings.SCRUTIN_PUSH_ANYWHERE and not all(map(_is_public, found)):
        raise Invalid(_("%(host)s is not on the public Internet.") % {"host": host}, code="endpoint", attr="endpoint")
    return found


def post(url: str, *, body: bytes, headers: dict[str, str]) -> int:
    """The status that the other side answers. Raises Invalid for a forbidden address, OSError where nobody answers in ten seconds."""
    host, port = check_address(url)
    parts = urlsplit(url)
    address = public_addresses(host, port)[0]
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = _PinnedHTTPS(host, port, address)
    else:
        connection = http.client.HTTPConnection(address, port, timeout=SECONDS)
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else "") or "/", body=body, headers=headers)
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


class _PinnedHTTPS(http.client.HTTPSConnection):
    """HTTPS to one judged address, with the certificate of the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self.tls = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS, context=self.tls)
        self.address = address

    def connect(self) -> None:
        """Open the connection."""
        plain = socket.create_connection((self.address, self.port), timeout=SECONDS)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
    return address.is_global and not address.is_multicast and not address.is_reserved
