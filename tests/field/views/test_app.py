"""The page of the phone app, its service worker and its manifest."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from field.views import app

BUILT = {"script": "app-AAAA.js", "style": "app-BBBB.css", "preload": ["chunk-CCCC.js"], "icon": "i.svg", "icon192": "i.png"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build in a folder of its own."""
    (tmp_path / "assets.json").write_text(str(BUILT).replace("'", '"'))
    (tmp_path / "sw.js").write_text('const assets = ["__STATIC_URL__field/app-AAAA.js"];')
    monkeypatch.setattr(app, "BUILT", tmp_path)
    return tmp_path


def test_page_is_the_same_for_everybody(built: Path, client: Client) -> None:
    """No cookie, no name; the engine may compile WebAssembly and nothing else is loosened."""
    response = client.get("/field/")
    assert response.status_code == 200
    assert not response.cookies
    policy = {part.split()[0]: part.split()[1:] for part in response["Content-Security-Policy"].split(";")}
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert policy["default-src"] == ["'none'"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "http" not in response["Content-Security-Policy"]
    page = response.content.decode()
    assert "/static/field/app-AAAA.js" in page
    assert "/static/field/chunk-CCCC.js" in page
    assert "<style" not in page
    assert page.count("<script") == 1


def test_worker_is_served_under_the_app(built: Path, client: Client) -> None:
    """Its address is its scope; it is asked for anew each time, and knows where the static files lie."""
    response = client.get(reverse("field_app:service_worker"))
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert response.content.decode() == 'const assets = ["/static/field/app-AAAA.js"];'


def test_manifest_makes_it_installable(built: Path, client: Client) -> None:
    """Name, scope and icons."""
    body = client.get(reverse("field_app:manifest")).json()
    assert (body["start_url"], body["scope"], body["display"]) == ("/field/", "/field/", "standalone")
    assert {icon["purpose"] for icon in body["icons"]} == {"any", "maskable"}


def test_says_so_when_not_built(tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on which nobody ran the build says what to do."""
    monkeypatch.setattr(app, "BUILT", tmp_path / "nothing")
    response = client.get("/field/")
    assert response.status_code == 503
    assert "make setup" in response.content.decode()
    assert client.get("/field/sw.js").status_code == 404


@pytest.mark.parametrize("name", ["shell", "service_worker", "manifest"])
def test_only_reading(built: Path, client: Client, name: str) -> None:
    """Nothing can be posted here."""
    assert client.post(reverse(f"field_app:{name}")).status_code == 405
