"""The delegation list and the deployment plan as documents."""

import pytest

from core.actors import SYSTEM
from core.documents import freeze, get_kind, preview
from observers.documents.delegation import build_delegation_list
from observers.documents.deployment import build_deployment_plan
from observers.services.drawing import draw_deployment


@pytest.fixture
def mission(composing, congress, bring_in, make_person, make_stations):
    make_stations(composing)
    for person in congress[:4]:
        bring_in(composing, person)
    bring_in(composing, make_person("Eva", "Expert"), role="expert")
    return composing


@pytest.mark.parametrize(
    ("language", "line"), [("en", "France (L, EPP/CCE)"), ("fr", "France (L, PPE/CCE)"), ("de", "Frankreich (L, EVP/KGRE)")]
)
def test_members_are_printed_as_the_congress_prints_them(mission, language, line):
    document = freeze("observers.delegation_list", mission, language, by=SYSTEM)
    assert line in str(document.content) and "Eva Expert" in str(document.content)
    assert document.language == language


def test_the_plan_is_a_draft_until_it_is_released(mission, release):
    draw_deployment(mission, by=SYSTEM, visits=2)
    assert build_deployment_plan(mission, "en")["draft"] is True
    release(mission)
    content = build_deployment_plan(mission, "fr")
    assert content["draft"] is False and "06:30" in str(content)


def test_a_pdf_comes_out(mission):
    assert get_kind("observers.delegation_list").permission == "observers.change_delegation"
    assert preview("observers.delegation_list", mission, "en", "pdf", by=SYSTEM).startswith(b"%PDF")
    assert build_delegation_list(mission, "en")["title"] == "Delegation"
