"""Read every address of the API with whatever the schema allows: the answer keeps the schema and is never a 500."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
import urllib3
import yaml
from django.db import transaction
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.api.test_schema import SNAPSHOT
from tests.routes import UUIDS
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the schema is the same on every database
SETTINGS = hypothesis.settings(
    max_examples=5, derandomize=True, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)  # fmt: skip
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOCUMENT: dict[str, Any] = yaml.safe_load(SNAPSHOT.read_text())
READ = sorted(path for path, methods in DOCUMENT["paths"].items() if "get" in methods and "/sync/" not in path)
"""What an account reads; phones have a protocol and tests of their own (tests/field/api)."""
PLURALS = {"people": "person", "organisations": "organisation"}
CODES = {"topics": "L01", "national-delegations": "AL"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Wrong questions are the point: not worth a line in the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def schema() -> Any:
    """The committed schema. It is asked of the application in this process, inside the transaction that holds the world."""
    return schemathesis.openapi.from_dict(DOCUMENT)


def real_words(path: str, world: World) -> dict[str, Any]:
    """Words of an address that exist: most questions are about something that is there."""
    kind = path.removeprefix("/api/v1/").split("/")[0]
    name = PLURALS.get(kind, kind.removesuffix("s"))
    words = {"reference": world.mission.reference, "code": CODES.get(kind, "COGP-I.4"), "opens_on": "2031-03-25"}
    words |= {"kind": "json" if kind == "reports" else "xml", "number": world.version.number}
    words["language"] = "en" if kind == "reports" else "hy"
    known = next((UUIDS[word] for word in (f"{name}-", f"{name.replace('-', '')}-") if word in UUIDS), None)
    if known:
        words["uuid"] = str(getattr(world, known).uuid)
    return words


@pytest.mark.parametrize("is_real", [True, False], ids=["there", "anything"])
@pytest.mark.parametrize("path", READ)
def test_reading_keeps_the_schema(path: str, is_real: bool, schema: Any, world: World) -> None:
    if not is_real and "{" not in path:
        pytest.skip("its address has nothing to vary")
    operation = schema[path]["GET"]
    client, words = world.clients["coordinator"], real_words(path, world)

    @SETTINGS
    @hypothesis.given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if is_real:
            case.path_parameters = {name: words[name] for name in case.path_parameters or {}}
        request = requests.Request("GET", f"http://localhost{case.formatted_path}", params=case.query).prepare()
        with transaction.atomic():
            answer = client.get(request.path_url)
        response = requests.Response()
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        response.status_code, response._content, response.request = answer.status_code, content, request
        response.headers.update(answer.headers)
        response.raw = urllib3.HTTPResponse(headers=dict(answer.headers), status=answer.status_code)
        response.url = request.url or ""
        response.elapsed = timedelta(0)
        case.validate_response(response, checks=CHECKS)

    ask()
