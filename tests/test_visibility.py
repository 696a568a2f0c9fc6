"""What somebody sees in lists is what they may open: `visible_to(user)` and the view permission agree, for everybody."""

from __future__ import annotations

from typing import Any

import pytest
import rules
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from core.actors import user_actor
from core.rights import allowed
from tests.world import PERSONAS, World

pytestmark = pytest.mark.django_db

PERMISSIONS = {
    "missions.Mission": "missions.view_mission",
    "missions.Request": "missions.view_request",
    "missions.Election": "missions.view_election",
    "missions.Meeting": "missions.view_programme",
    "missions.MeetingNote": "missions.view_note",
    "observers.InterestCall": "observers.view_calls",
    "observers.Interest": "observers.view_calls",
    "observers.Nomination": "observers.view_calls",
    "observers.Membership": "observers.view_membership",
    "observers.CorrectionRequest": "observers.view_correction",
    "observers.DeploymentPlan": "observers.view_deployment",
    "observers.Team": "observers.view_deployment",
    "observers.Stop": "observers.view_deployment",
    "field.Form": "field.view_form",
    "field.Device": "field.view_device",
    "field.Note": "field.view_observation",
    "field.Incident": "field.view_observation",
    "field.Attachment": "field.view_observation",
    "field.Observation": "field.view_observation",
    "reports.Finding": "reports.view_finding",
    "reports.AcceptedShare": "reports.view_shares",
    "reports.PastText": "reports.view_past_text",
    "reports.ParagraphRemark": "reports.view_remarks",
    "reports.Recommendation": "reports.view_recommendation",
    "reports.Report": "reports.view_report",
    "reports.Statement": "reports.view_statement",
    "reports.MissionText": "reports.view_text",
    "reports.GoodPractice": "reports.view_practice",
}
"""The permission that opens one thing of a kind."""


def kinds() -> list[type[Model]]:
    """Every model whose lists start from `visible_to`."""
    return [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]


def label(model: type[Model]) -> str:
    return model._meta.label


def test_every_kind_with_visible_to_names_its_permission() -> None:
    assert {label(model) for model in kinds()} == set(PERMISSIONS)
    assert all(rules.perm_exists(permission) for permission in PERMISSIONS.values())


@pytest.mark.parametrize("model", kinds(), ids=label)
def test_what_is_listed_may_be_opened_and_nothing_else(model: Any, world: World) -> None:
    everything = list(model._default_manager.all())
    assert everything, f"The world has no {label(model)}: it proves nothing."
    permission = PERMISSIONS[label(model)]
    wrong = []
    for persona in [name for name in PERSONAS if name not in {"stranger", "phone"}]:
        user = world.user(persona)
        assert user is not None
        listed = set(model._default_manager.visible_to(user).values_list("pk", flat=True))
        opened = {row.pk for row in everything if allowed(user_actor(user), permission, row)}
        if listed != opened:
            wrong.append(f"{persona}: listed {len(listed)} of {len(everything)}, may open {len(opened)}")
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("model", kinds(), ids=label)
def test_strangers_see_nothing(model: Any, world: World) -> None:
    """Public texts have their own pages and their own questions; these lists are not for strangers."""
    assert not model._default_manager.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize("model", kinds(), ids=label)
def test_nobody_sees_a_thing_twice(model: Any, world: World) -> None:
    """A join over assignments must not multiply rows."""
    for persona in ("observer_a", "head", "coordinator", "elsewhere"):
        rows = list(model._default_manager.visible_to(world.user(persona)).values_list("pk", flat=True))
        assert len(rows) == len(set(rows)), persona


def test_the_cast_sees_what_it_should(world: World) -> None:
    """The agreement above would also hold if nobody saw anything: a few facts by name."""
    from field.models import Observation
    from missions.models import MeetingNote, Mission
    from observers.models import Membership

    seen = {
        persona: set(Mission.objects.visible_to(world.user(persona)).values_list("reference", flat=True))
        for persona in PERSONAS
        if persona not in {"stranger", "phone"}
    }
    everything = {world.mission.reference, world.other.reference, world.past.reference}
    assert all(seen[persona] == everything for persona in ("coordinator", "publisher", "auditor", "administrator"))
    assert all(seen[persona] == {world.mission.reference} for persona in ("head", "rapporteur", "observer_a", "observer_b", "invited"))
    assert seen["elsewhere"] == everything - {world.mission.reference}
    assert seen["outsider"] == set()
    assert Observation.objects.visible_to(world.user("observer_b")).filter(pk=world.observation.pk).exists()
    assert not Observation.objects.visible_to(world.user("elsewhere")).exists()
    assert not Observation.objects.visible_to(world.user("invited")).exists()
    assert Membership.objects.visible_to(world.user("observer_a")).count() == 1
    assert not Membership.objects.visible_to(world.user("head")).exists()
    confidential = world.notes_of_meeting[1]
    assert not MeetingNote.objects.visible_to(world.user("head")).filter(pk=confidential.pk).exists()
    assert MeetingNote.objects.visible_to(world.user("coordinator")).filter(pk=confidential.pk).exists()
