"""What the pages for people promise is there: links, doors, variables, targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from tests.infra.helpers import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "bench" / "README.md",
]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"python manage\.py (\w+)", README))
    assert named
    assert named <= set(get_commands())


def test_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", README)) <= targets


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/field/",
        "/published/",
        "/published/en/",
        "/published/en/feed.atom",
        "/published/en/recommendations/",
        "/api/schema/",
        "/api/docs/",
    ]
    + ["/api/v1/sync/", "/openrosa/BG-2026-1/formList", "/openrosa/BG-2026-1/submission", "/calendar/some-token.ics"]
    + ["/healthz", "/readyz", "/metrics"],
)
def test_doors_of_the_readme_are_mounted(path: str) -> None:
    try:
        resolve(path)
    except Resolver404:
        pytest.fail(f"nothing answers at {path}")


def test_every_variable_of_the_settings_is_explained() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    page = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in read if f"`{name}`" not in page} == {"SCRUTIN_DEBUG", "SCRUTIN_TEST_BROKER"}  # for developers


def test_example_environment_names_what_compose_reads() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", (ROOT / "docs" / "example.env").read_text(), re.M))
    text = (ROOT / "docker-compose.yml").read_text()
    assert yaml.safe_load(text)
    assert names <= set(re.findall(r"\$\{(\w+)", text))
