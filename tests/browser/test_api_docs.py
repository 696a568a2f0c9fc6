"""The API's own page works under our content security policy, which knows no inline script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_operations_are_shown(desk: Callable[..., Desk]) -> None:
    one = desk()
    response = one.open("/api/docs/")
    assert "'unsafe-inline'" not in response.headers["content-security-policy"].split("style-src")[0]
    # Of so many operations the page draws those that are seen, bit by bit.
    one.page.set_viewport_size({"width": 1280, "height": 6000})
    one.page.locator(".opblock").nth(29).wait_for(timeout=60_000)
    assert "/api/v1/missions/" in one.page.inner_text("#swagger-ui")
    one.shot("api-docs")
