"""A small HTTP client: what somebody with a browser or a phone would send to the running application."""

from __future__ import annotations

import http.cookiejar
import json
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back; refusals are answers too."""

    status: int
    body: bytes
    url: str
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)

    @property
    def said(self) -> str:
        """The words of a page without its marks: for messages of what went wrong."""
        words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.text, flags=re.S)
        return " ".join(unescape(words).split())


class Door:
    """One visitor: keeps cookies and follows redirects."""

    def __init__(self, url: str, *, token: str = "", language: str = "en") -> None:
        self.url = url.rstrip("/")
        self.headers = {"Accept-Language": language, "User-Agent": "scrutin-demo"}
        if token:
            self.headers["Authorization"] = f"Token {token}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> Answer:
        """Fetch a page; `path` may be a whole address."""
        return self._send(urllib.request.Request(self._address(path), headers=self.headers))

    def send_json(self, path: str, data: Any) -> Answer:
        """Post data."""
        headers = {**self.headers, "Content-Type": "application/json"}
        return self._send(urllib.request.Request(self._address(path), data=json.dumps(data).encode(), headers=headers))

    def send_bytes(self, path: str, body: bytes, *, mime: str, method: str = "POST", headers: Mapping[str, str] | None = None) -> Answer:
        """Send raw bytes."""
        allheaders = {**self.headers, "Content-Type": mime, **(headers or {})}
        return self._send(urllib.request.Request(self._address(path), data=body, headers=allheaders, method=method))

    def send_form(
        self, page: Answer, fields: Mapping[str, str], *, files: Iterable[tuple[str, str, str, bytes]] = (), path: str = ""
    ) -> Answer:
        """Fill in the form of a page that was fetched, and send it. files: (field, file name, mime, bytes)."""
        found = TOKEN.search(page.text)
        values = {"csrfmiddlewaretoken": found.group(1), **fields} if found else dict(fields)
        body, mime = multipart(values, files)
        headers = {"Referer": page.url}
        return self.send_bytes(path or page.url, body, mime=mime, headers=headers)

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else self.url + path

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=WAIT_SECONDS) as answer:
                return Answer(answer.status, answer.read(), answer.url, dict(answer.headers))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read(), refusal.url, dict(refusal.headers))


def multipart(fields: Mapping[str, str], files: Iterable[tuple[str, str, str, bytes]]) -> tuple[bytes, str]:
    """A multipart body and its type."""
    mark = secrets.token_hex(16)
    parts = []
    for name, value in fields.items():
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, file_name, mime, content in files:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: {mime}\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    parts.append(f"--{mark}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={mark}"
