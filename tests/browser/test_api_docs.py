"""The API's own page works under our content security policy, which knows no inline script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.test_schemathesis import DOCUMENT
from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_operations_are_shown(desk: Callable[..., Desk]) -> None:
    one = desk()
    response = one.open("/api/docs/")
    assert "'unsafe-inline'" not in response.headers["content-security-policy"].split("style-src")[0]
    one.page.locator("#operations-tag-missions").wait_for(timeout=60_000)
    tags = {tag for path in DOCUMENT["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert one.page.locator(".opblock-tag").count() == len(tags), "a line for each kind of thing"
    one.page.locator(".operation-filter-input").fill("missions")
    one.page.locator("#operations-tag-missions").click()
    one.page.locator(".opblock").first.wait_for()
    assert "/api/v1/missions/{reference}/" in one.page.inner_text("#swagger-ui").replace("\u200b", "")
    one.shot("api-docs")
