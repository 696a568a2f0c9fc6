"""The phone app's page, its service worker and its manifest. All three are the same for everybody: no name, no cookie, no token."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

BUILT = Path(settings.BASE_DIR) / "build" / "static" / "field"

# ODK's engine is WebAssembly: this page alone may compile it. Nothing inline, nothing from another origin.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, "'wasm-unsafe-eval'"],
    "style-src": [SELF],
    "img-src": [SELF, "blob:"],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "worker-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
}


@lru_cache(maxsize=2)
def _read_assets(path: Path, changed: float) -> dict[str, Any]:
    """The names of the built files; read again when the build changed."""
    assets: dict[str, Any] = json.loads(path.read_text())
    return assets


def built_assets() -> dict[str, Any] | None:
    """What `npm run build` made, or None where it has not run."""
    path = BUILT / "assets.json"
    try:
        return _read_assets(path, path.stat().st_mtime)
    except FileNotFoundError:
        return None


@require_safe
@csp_replace(POLICY)
def shell(request: HttpRequest) -> HttpResponse:
    """The page `/field/`: an empty frame that the service worker keeps on the phone."""
    assets = built_assets()
    if assets is None:
        return render(request, "field/app/not_built.html", status=503)
    response = render(request, "field/app/shell.html", {"assets": assets, "base": f"{settings.STATIC_URL}field/"})
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@csp_replace(POLICY)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served under `/field/` because its address is its scope."""
    path = BUILT / "sw.js"
    if not path.exists():
        return HttpResponse(status=404)
    script = path.read_text().replace("__STATIC_URL__", settings.STATIC_URL)
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the app installable."""
    assets = built_assets() or {}
    base = f"{settings.STATIC_URL}field/"
    icons = [
        {"src": f"{base}{assets.get('icon', '')}", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        {"src": f"{base}{assets.get('icon192', '')}", "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": f"{base}{assets.get('icon512', '')}", "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {"src": f"{base}{assets.get('maskable512', '')}", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    body = {
        "id": "/field/",
        "name": "Scrutin",
        "short_name": "Scrutin",
        "start_url": "/field/",
        "scope": "/field/",
        "display": "standalone",
        "background_color": "#f4f6f8",
        "theme_color": "#14466f",
        "icons": icons,
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response
