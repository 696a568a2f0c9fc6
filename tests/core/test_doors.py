"""The short chain: what a machine's door keeps of the house's rules, and what goes on to the pages."""

import logging

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from prometheus_client import REGISTRY

from field.views import openrosa

PATH = "/openrosa/BG-2026-1/formList"


def counted(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.mark.django_db
def test_a_door_keeps_what_protects_and_leaves_what_is_for_pages(django_assert_num_queries, settings):
    settings.SECURE_HSTS_SECONDS = 60
    with django_assert_num_queries(0):  # nobody's token: no session is looked for
        response = Client(headers={"Accept-Language": "de"}).get(PATH, secure=True)
    assert (response.status_code, response["Content-Language"], response["X-Frame-Options"]) == (401, "de", "DENY")
    policy = sorted(response["Content-Security-Policy"].split("; "))
    assert policy == ["default-src 'none'", "frame-ancestors 'none'", "sandbox"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Strict-Transport-Security"].startswith("max-age=60")
    assert int(response["Content-Length"]) == len(response.content)
    assert not response.cookies


@pytest.mark.django_db
def test_an_address_that_is_no_door_is_told_by_the_page():
    response = Client().get("/openrosa/BG-2026-1/nothing")
    assert response.status_code == 404
    assert "<html" in response.content.decode() and "permissions-policy" in response.headers


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused(settings):
    settings.ALLOWED_HOSTS = ["scrutin.example.org"]
    assert Client().get(PATH, headers={"host": "elsewhere.example.org"}).status_code == 400


@pytest.mark.django_db
def test_what_goes_through_is_counted_and_logged(caplog):
    labels = {"view": "openrosa:list", "method": "GET", "status": "401"}
    name = "django_http_responses_total_by_status_view_method_total"
    before = counted(name, **labels)
    with caplog.at_level(logging.INFO):
        Client().get(PATH)
    assert counted(name, **labels) == before + 1
    assert len([record for record in caplog.records if "request_finished" in record.getMessage()]) == 1


@pytest.mark.django_db
def test_a_fault_in_a_door_is_answered_counted_and_reported(monkeypatch):
    def broken(request):
        raise RuntimeError("broken")

    seen = []
    name, labels = "django_http_exceptions_total_by_view_total", {"view": "openrosa:list"}
    before = counted(name, **labels)
    monkeypatch.setattr(openrosa, "_token", broken)
    got_request_exception.connect(lambda **facts: seen.append(facts["request"].path), weak=False, dispatch_uid="test-doors")
    try:
        response = Client(raise_request_exception=False).get(PATH)
    finally:
        got_request_exception.disconnect(dispatch_uid="test-doors")
    assert (response.status_code, seen) == (500, [PATH])
    assert counted(name, **labels) == before + 1
