"""Every URL is named with who may, and answers so: each route, by each method, for each persona, about real things."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLResolver, get_resolver, reverse

from tests.routes import CALLED, GROUPS, TABLE, Route, words_of
from tests.world import PERSONAS, World

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # who may what is the same on every database
BEFORE = {"stranger", "phone"}
"""Who is nobody to a page: a phone's token opens no desk page."""


def all_routes() -> dict[str, list[str]]:
    """Every name with the words of its address."""

    def walk(resolver: Any, space: str, before: str) -> Iterator[tuple[str, str]]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, route)
            else:
                yield f"{space}{pattern.name or '-'}", route

    return {name: list(dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", route))) for name, route in walk(get_resolver(), "", "")}


ROUTES = all_routes()
OURS = {name for name in ROUTES if not name.startswith(tuple(GROUPS))}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A refusal is what is asked for here: not worth a line in the log, and lines cost time."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def address(name: str, world: World, **changes: Any) -> str:
    """The address of a route about the things of the world."""
    return reverse(name, kwargs=words_of(name, ROUTES[name], world) | changes)


def call(world: World, persona: str, method: str, url: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """Ask, and forget what it did. An error of ours is an answer 500, not an exception, so that all are told at once."""
    client = world.clients[persona]
    client.raise_request_exception = False
    is_api = url.startswith("/api/")
    given = {"data": data or {}, "content_type": "application/json"} if is_api and method not in {"GET", "HEAD"} else {"data": data or {}}
    if not is_api and method not in {"GET", "HEAD", "POST"}:
        given = {}
    with transaction.atomic():
        response = getattr(client, method.lower())(url, **given)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def sent_with(route: Route, world: World) -> dict[str, Any]:
    """What the act is asked with."""
    return route.data(world) if callable(route.data) else route.data


def verdict(response: HttpResponse) -> str:
    """What an answer says about the right: yes, 401, 403, 404 - or what it must never be."""
    if response.status_code == 401 or (response.status_code == 302 and "/accounts/login/" in response["Location"]):
        return "sign in"
    if response.status_code in {403, 404}:
        return str(response.status_code)
    return "yes" if response.status_code < 400 or response.status_code in {400, 409, 415} else f"{response.status_code}!"


def expected(route: Route, persona: str, url: str) -> set[str]:
    """The answers that are right."""
    if persona in route.who:
        return {"yes"}
    if route.name.startswith(("sync", "openrosa:")):
        return {"sign in"}
    is_api = url.startswith("/api/")
    if persona == "stranger" or (persona == "phone" and not is_api):
        return {"sign in", "404"} if route.name in {"core:file", "core:job_cancel", "core:job_retry"} else {"sign in"}
    if is_api:
        return {"403", "404"}
    return {"403"} if persona in route.seen else {"404"}


def test_every_url_is_named_with_who_may() -> None:
    named = [(route.name, route.method) for route in TABLE]
    assert len(named) == len(set(named)), sorted(row for row in named if named.count(row) > 1)
    assert OURS - {name for name, _method in named} == set(), "Say in tests/routes.py who may."
    assert {name for name, _method in named} - OURS == set(), "These are gone: take them out of tests/routes.py."


@pytest.mark.parametrize("route", TABLE, ids=str)
def test_who_may(route: Route, world: World) -> None:
    url = address(route.name, world)
    wrong = []
    # The schema is the same for everybody and takes its time: two are enough.
    for persona in PERSONAS if route.name != "schema" else ("stranger", "coordinator"):
        response = call(world, persona, route.method, url, sent_with(route, world))
        said = verdict(response)
        if route.name == "core:readyz" and response.status_code == 503:
            said = "yes"  # a test has no worker and no scheduler, and says so
        if said not in expected(route, persona, url):
            wrong.append(f"{persona}: {said} ({response.status_code}), not {' or '.join(sorted(expected(route, persona, url)))}")
    assert not wrong, f"{route} {url} " + "; ".join(wrong)


@pytest.mark.parametrize("name", sorted(OURS))
def test_other_methods_are_refused(name: str, world: World) -> None:
    """A page that is only read answers 405 to a form, and one that only acts 405 to a reader: no act by following a link."""
    named = {route.method for route in TABLE if route.name == name}
    who = next(route.who for route in TABLE if route.name == name)
    persona = next(iter(who & {"coordinator"} or who & {"publisher"} or sorted(who)))
    url = address(name, world)
    for method in {"GET", "POST", "PUT", "DELETE"} - named:
        response = call(world, persona, method, url)
        if method == "PUT" and "POST" in named and response.status_code < 500:
            continue  # Django's form views take PUT as POST
        assert response.status_code in {403, 405}, f"{method} {url} as {persona}: {response.status_code}"


INNER = sorted(name for name in OURS - {"missions:stations_import"} if "reference" in ROUTES[name] and "uuid" in ROUTES[name])
"""An uploaded list of stations belongs to who uploaded it, not to a mission."""


@pytest.mark.parametrize("name", INNER)
def test_things_of_another_mission_are_not_found(name: str, world: World) -> None:
    """The reference of a mission one may see opens nothing of another one."""
    url = address(name, world, reference=world.other.reference)
    for method in sorted({route.method for route in TABLE if route.name == name}):
        data = next(sent_with(route, world) for route in TABLE if route.name == name and route.method == method)
        for persona in ("coordinator", "publisher", "elsewhere"):
            response = call(world, persona, method, url, data)
            assert response.status_code in {403, 404}, f"{method} {url} as {persona}: {response.status_code}"


@pytest.mark.parametrize(
    "name",
    [
        "accounts:link",
        "missions:request_by_link",
        "missions:letter_by_link",
        "missions:meeting_by_link",
        "observers:join",
        "observers:own_page_by_link",
        "accounts:password_by_link",
    ],
)
@pytest.mark.parametrize("token", ["unknown", "calendar", "other"])
def test_a_link_opens_only_what_it_was_made_for(name: str, token: str, world: World) -> None:
    words = {"unknown": "x" * 43, "calendar": world.feed_token, "other": world.tokens["join" if name != "observers:join" else "meeting"]}
    if (name, token) == ("accounts:link", "other"):
        pytest.skip("this door opens every link and leads on")
    assert call(world, "stranger", "GET", reverse(name, args=[words[token]])).status_code == 410


@pytest.mark.parametrize("persona", ["elsewhere", "observer_a", "head", "publisher", "auditor", "administrator"])
def test_a_page_offers_no_link_that_its_reader_may_not_open(persona: str, world: World) -> None:
    offered: dict[str, str] = {}
    for name in ("missions:mission", "observers:people", "reports:findings", "reports:texts", "reports:report"):
        page = call(world, persona, "GET", address(name, world))
        if page.status_code == 200:
            offered |= dict.fromkeys(re.findall(r'<a [^>]*href="(/[^"#?]*)', page.content.decode()), name)
    wrong = [
        f"{link} on {name}: {status}"
        for link, name in offered.items()
        if (status := call(world, persona, "GET", link).status_code) in {403, 404}
    ]
    assert not wrong, wrong
    assert persona == "elsewhere" or offered


@pytest.mark.parametrize("name", sorted(name for name in ROUTES if name.startswith(("account_", "mfa_")) and not ROUTES[name]))
def test_pages_of_the_sign_in_answer(name: str, world: World) -> None:
    for persona in ("stranger", "outsider", "coordinator"):
        response = call(world, persona, "GET", reverse(name))
        assert response.status_code in {200, 302, 403, 404, 405}, f"{name} as {persona}: {response.status_code}"
        if name.startswith("mfa_") and persona == "stranger":
            assert response.status_code in {302, 403} or name in {"mfa_login_webauthn", "mfa_authenticate"}


def test_nobody_signs_up(world: World) -> None:
    response = call(
        world, "stranger", "POST", reverse("account_signup"), {"email": "new@example.org", "password1": "a" * 20, "password2": "a" * 20}
    )
    assert response.status_code in {200, 403}
    from accounts.models import User

    assert not User.objects.filter(email="new@example.org").exists()


def test_public_pages_set_no_cookie_and_may_be_cached(world: World) -> None:
    for name in sorted(name for name in OURS if name.startswith("reports:public_")):
        response = call(world, "stranger", "GET", address(name, world))
        assert not response.cookies, name
        assert "public" in response.headers.get("Cache-Control", ""), name


def test_an_account_that_was_closed_or_a_withdrawn_assignment_sees_nothing(world: World) -> None:
    """Rights end with the assignment and with the account, in the next request."""
    url = reverse("missions:mission", args=[world.mission.reference])
    assert call(world, "observer_b", "GET", url).status_code == 200
    world.mission.assignments.filter(person=world.users["observer_b"].person).update(state="withdrawn", ended_at="2026-01-01T00:00:00Z")
    assert call(world, "observer_b", "GET", url).status_code == 404
    type(world.users["head"]).objects.filter(pk=world.users["head"].pk).update(is_active=False)
    assert verdict(call(world, "head", "GET", url)) == "sign in"
    assert "invited" in CALLED
