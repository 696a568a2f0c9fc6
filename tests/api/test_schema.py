"""The schema of the API: complete, valid, committed; and what it promises is kept."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from tests.test_routes import ROUTES

SNAPSHOT = Path(settings.BASE_DIR) / "docs" / "api" / "openapi.yaml"
AGAIN = "python manage.py spectacular --validate --fail-on-warn --file docs/api/openapi.yaml"


pytestmark = pytest.mark.xdist_group("schema")  # one worker: it is generated once


@pytest.fixture(scope="session")
def generated() -> str:
    """The schema as the code says it now; a warning ends the command."""
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return out.getvalue()


def test_schema_is_generated_without_a_warning_and_is_the_committed_one(generated: str) -> None:
    assert generated.strip() == SNAPSHOT.read_text().strip(), f"The API changed: look at the difference, then {AGAIN}"


@pytest.fixture(scope="session")
def schema(generated: str) -> dict[str, Any]:
    """The same, read."""
    return yaml.load(generated, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def test_schema_is_openapi_3_1_and_names_every_route_of_the_api(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    names = {
        name
        for name in ROUTES
        if ":" not in name and not name.startswith(("account_", "mfa_", "prometheus-", "-", "set_", "schema", "docs"))
    }
    operations = [operation for methods in schema["paths"].values() for key, operation in methods.items() if key != "parameters"]
    assert len(schema["paths"]) == len(names - {"api-root"})
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_schema_says_how_a_refusal_looks(schema: dict[str, Any]) -> None:
    moves = schema["paths"]["/api/v1/missions/{reference}/moves/"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "409"} <= set(moves)
    assert schema["components"]["schemas"]["Refusal"]["required"] == ["errors", "type"]
