"""Pages of a mission: delegation, composing, own page, deployment; rights and refusals."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Person
from core import clock
from core.actors import SYSTEM
from core.models import OutboxMail
from missions.models import Assignment, Organisation, PollingDay
from missions.services.missions import change_polling_day
from observers.forms.delegation import ComposeForm
from observers.models import Membership, Override, Proposal
from observers.services.assignments import invite, withdraw_assignment
from observers.services.composition import newest_proposal, override_warning, propose
from observers.services.deployment import warnings_for_release
from observers.services.drawing import draw_deployment
from tests.observers.conftest import NO_TO_ALL


@pytest.fixture
def desk(client_for, coordinator):
    return client_for(coordinator)


def url(name, mission, *args):
    return reverse(f"observers:{name}", args=[mission.reference, *args])


def test_proposing_and_what_if_by_htmx(desk, composing, congress):
    assert (
        desk.post(
            url("compose", composing),
            {"size": 12, **dict.fromkeys(("groups", "states", "chambers", "languages", "experience", "rotation"), 5)},
        ).status_code
        == 302
    )
    proposal = Proposal.objects.get()
    first = proposal.outcome["members"][0]
    page = desk.get(url("compose", composing)).content.decode()
    assert first["name"] in page and "Proven best" in page
    data = {"proposal": str(proposal.uuid), "do": f"drop:{first['uuid']}"}
    panel = desk.post(url("compose_adjust", composing), data, headers={"HX-Request": "true"}).content.decode()
    assert panel.lstrip().startswith('<div id="panel">') and f"drop:{first['uuid']}" not in panel and "11 of 12 members so far" in panel
    found = desk.get(url("compose_candidates", composing), {"q": first["name"].split()[1]}).content.decode()
    assert first["name"] in found
    second = proposal.outcome["members"][1]
    assert desk.post(url("compose_adjust", composing), {**data, "do": f"drop:{second['uuid']}"}).status_code == 302
    left = {row["uuid"] for row in newest_proposal(composing).outcome["members"]}
    assert not {first["uuid"], second["uuid"]} & left, "A list that was opened before goes on from the newest change."


def test_the_method_the_next_best_swap_and_every_weight_are_on_the_page(desk, composing, congress):
    weights = dict.fromkeys(ComposeForm.WEIGHTS, 5) | {"conditions": 0, "nominated": 9}
    desk.post(url("compose", composing), {"size": 12, **weights})
    proposal = Proposal.objects.get()
    assert proposal.asked["weights"] == weights
    page = desk.get(url("compose", composing)).content.decode()
    assert "Largest remainder" in page and page.count('<th scope="row" class="fw-normal">') == 5
    assert re.search(r'name="conditions"[^>]*value="0"', page), "A weight of nothing stays nothing."
    swap = proposal.outcome["swaps"][0]
    assert "The next best swap" in page and swap["in_name"] in page
    data = {"proposal": str(proposal.uuid), "do": f"swap:{swap['out']}:{swap['in']}"}
    panel = desk.post(url("compose_adjust", composing), data, headers={"HX-Request": "true"}).content.decode()
    assert f"drop:{swap['in']}" in panel and f"drop:{swap['out']}" not in panel
    newest = Proposal.objects.order_by("-pk").first()
    assert sum(newest.outcome["costs"].values()) == proposal.outcome["objective"] + swap["total"]
    found = desk.get(url("compose_candidates", composing), {"q": swap["out_name"].split()[1]}).content.decode()
    assert f"swap::{swap['out']}" in found
    data = {"proposal": str(newest.uuid), "do": f"swap::{swap['out']}", "out": swap["in"]}
    assert desk.post(url("compose_adjust", composing), data).status_code == 302
    assert {m["uuid"] for m in Proposal.objects.order_by("-pk").first().outcome["members"]} == {
        m["uuid"] for m in proposal.outcome["members"]
    }
    wrong = {"proposal": str(newest.uuid), "do": f"swap:{swap['in']}:{swap['out']}"}
    assert desk.post(url("compose_adjust", composing), wrong).status_code == 400


def test_a_clash_offers_the_locks_that_lead_out_of_it(desk, composing, congress):
    barred = Person.objects.get(memberships__country__code="BG", family_name="Ber060")
    propose(composing, by=SYSTEM, size=12, locked_in=[str(barred.uuid)])
    page = desk.get(url("compose", composing)).content.decode()
    assert "These persons must be in: Mem Ber060." in page and "Observed state (C5):" in page and "(locked_in)" not in page
    unlock = {"proposal": str(newest_proposal(composing).uuid), "do": f"unlock:{barred.uuid}"}
    assert f'value="{unlock["do"]}"' in page
    assert desk.post(url("compose_adjust", composing), unlock).status_code == 302
    assert desk.get(url("compose", composing)).status_code == 200
    assert desk.post(url("compose", composing), {"size": 12, **dict.fromkeys(ComposeForm.WEIGHTS, 5)}).status_code == 302
    assert newest_proposal(composing).status == "optimal"


def test_accepting_names_what_is_missing_then_invites(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    page = desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid)})
    assert page.status_code == 409 and "A written reason is needed" in page.content.decode()
    assert page.content.decode().count(f'action="{url("compose", composing)}"') == 2, (
        "The page of a refusal proposes and searches where compose does."
    )
    reasons = {f"reason-{row['code']}": "Agreed." for row in proposal.outcome["criteria"] if row["level"] != "ok"}
    head = proposal.outcome["members"][0]["uuid"]
    told = desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid), "head": head, **reasons}, follow=True)
    assert "8 members are asked by mail." in told.content.decode()
    told = desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid), "head": head, **reasons}, follow=True)
    assert "all its members were asked before" in told.content.decode()
    assert composing.assignments.get(role="head").person.uuid.hex == head.replace("-", "")
    assert OutboxMail.objects.count() == 8
    assert "Asked" in desk.get(url("delegation", composing)).content.decode()


def test_a_refused_acceptance_keeps_what_was_typed(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    head, deputy, writer = (row["uuid"] for row in proposal.outcome["members"][:3])
    open_ones = [row["code"] for row in proposal.outcome["criteria"] if row["level"] != "ok"]
    typed = {"head": head, "deputy": deputy, "rapporteur": writer, "answer_by": composing.first_day.isoformat()}
    data = {"proposal": str(proposal.uuid), **typed, f"reason-{open_ones[0]}": "Kept in mind."}
    answer = desk.post(url("compose_accept", composing), data)
    page = answer.content.decode()
    assert answer.status_code == 409 and "A written reason is needed" in page
    assert "Kept in mind." in page and f'value="{composing.first_day}"' in page
    for role in ("head", "deputy", "rapporteur"):
        select = page.split(f'name="{role}"')[1].split("</select>")[0]
        assert re.findall(r'value="(\S+)" selected', select) == [typed[role]], role
    assert not composing.assignments.exists() and not Override.objects.exists()
    assert desk.get(url("compose_accept", composing)).status_code == 405


def test_head_and_deputy_are_two_persons(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    reasons = {f"reason-{row['code']}": "Agreed." for row in proposal.outcome["criteria"] if row["level"] != "ok"}
    one = proposal.outcome["members"][0]["uuid"]
    answer = desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid), "head": one, "deputy": one, **reasons})
    assert answer.status_code == 400 and "are two persons" in answer.content.decode()
    assert not composing.assignments.exists() and "Agreed." in answer.content.decode()


def test_who_was_asked_before_is_given_the_chosen_role(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    reasons = {f"reason-{row['code']}": "Agreed." for row in proposal.outcome["criteria"] if row["level"] != "ok"}
    one = proposal.outcome["members"][0]["uuid"]
    invite(composing, next(p for p in congress if str(p.uuid) == one), by=SYSTEM)
    data = {"proposal": str(proposal.uuid), "head": one, "rapporteur": one, **reasons}
    assert desk.post(url("compose_accept", composing), data).status_code == 302
    row = composing.assignments.get(person__uuid=one)
    assert (row.role, row.is_rapporteur) == ("head", True)


def test_the_proposal_says_who_declined_since(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    one = proposal.outcome["members"][0]["uuid"]
    row = invite(composing, next(p for p in congress if str(p.uuid) == one), by=SYSTEM)
    page = desk.get(url("compose", composing)).content.decode()
    assert "already asked" in page and 'text-bg-warning">Declined' not in page
    Assignment.objects.filter(pk=row.pk).update(state="declined")
    page = desk.get(url("compose", composing)).content.decode()
    assert "already asked" not in page and 'text-bg-warning">Declined' in page


def test_an_answer_is_not_asked_for_by_a_day_that_has_passed(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    reasons = {f"reason-{row['code']}": "Agreed." for row in proposal.outcome["criteria"] if row["level"] != "ok"}
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    answer = desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid), "answer_by": yesterday, **reasons})
    assert answer.status_code == 400 and "has passed: choose today or later" in answer.content.decode()
    answer = desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid), "answer_by": "soon", **reasons})
    assert answer.status_code == 400 and "is not a date" in answer.content.decode()
    assert not OutboxMail.objects.exists()
    data = {"family_name": "Pert", "given_name": "Ex", "email": "ex@example.org", "language": "en", "role": "expert"}
    page = desk.post(url("invite", composing), {**data, "answer_by": yesterday}).content.decode()
    assert "has passed: choose today or later" in page and 'value="Pert"' in page
    assert not Person.objects.filter(email="ex@example.org").exists() and not OutboxMail.objects.exists()


def test_a_member_who_may_not_go_is_refused_in_the_form(desk, composing, congress):
    barred = congress[-1]
    data = {"family_name": barred.family_name, "given_name": "Mem", "email": barred.email, "language": "en", "role": "observer"}
    page = desk.post(url("invite", composing), data).content.decode()
    assert "C5" in page and f'value="{barred.email}"' in page and not composing.assignments.exists()


def test_organisations_are_told_apart_by_their_country(desk, composing, congress, make_country):
    for code in ("FR", "AL", None, composing.country.code):
        country = make_country(code) if code else None
        Organisation.objects.create(name="Central Election Commission", kind="election_commission", country=country)
    page = desk.get(url("invite", composing)).content.decode()
    groups = re.findall(r'<optgroup label="([^"]+)"', page)
    assert groups == [composing.country.name, "International, or of no country", "Albania", "France"]


def test_composing_starts_from_the_decided_size_in_the_readers_language(desk, composing, congress):
    composing.request.proposed_size = 8
    composing.request.save_changes("proposed_size")
    assert 'name="size"' in (page := desk.get(url("compose", composing)).content.decode())
    assert re.search(r'name="size"[^>]*value="8"', page)
    propose(composing, by=SYSTEM, size=9)
    with translation.override("de"):
        label = str(_("Spread of states"))
    page = desk.get(url("compose", composing), headers={"Accept-Language": "de"}).content.decode()
    assert label != "Spread of states" and label in page
    assert "Spread of states" not in page and "The only member from" not in page and re.search(r'name="size"[^>]*value="9"', page)


def test_a_reason_counts_in_every_language(desk, composing, congress):
    proposal = propose(composing, by=SYSTEM, size=8)
    open_ones = [row["code"] for row in proposal.outcome["criteria"] if row["level"] != "ok"]
    for row in proposal.outcome["criteria"]:
        if row["level"] != "ok":
            override_warning(composing, row, by=SYSTEM, reason="Agreed.")
    page = desk.get(url("compose", composing), headers={"Accept-Language": "de"}).content.decode()
    assert open_ones and "reason-" not in page
    assert (
        desk.post(url("compose_accept", composing), {"proposal": str(proposal.uuid)}, headers={"Accept-Language": "de"}).status_code == 302
    )


def test_invite_by_hand_and_partner_without_organisation(desk, composing, congress):
    data = {"family_name": "Pert", "given_name": "Ex", "email": "ex@example.org", "language": "en", "role": "expert"}
    assert desk.post(url("invite", composing), data).status_code == 302
    assert composing.assignments.get().role == "expert"
    page = desk.post(url("invite", composing), {**data, "email": "p@example.org", "role": "partner"})
    assert page.status_code == 200 and "organisation" in page.content.decode()


def test_the_link_answers_signs_and_declares_without_an_account(client, composing, congress):
    row = invite(composing, congress[0], by=SYSTEM)
    path = re.search(r"/link/\S+", OutboxMail.objects.get().body).group()
    answer = client.get(path, follow=True)
    own = answer.request["PATH_INFO"]
    assert answer.status_code == 200 and composing.title in answer.content.decode()
    client.post(own, {"do": "accept"})
    client.post(own, {"do": "sign", "version": "1"})
    wrong = client.post(own, {"do": "declare"})
    assert wrong.status_code == 400 and "yes or no" in wrong.content.decode()
    client.post(own, {"do": "declare", **{f"answer-{code}": "no" for code in NO_TO_ALL}})
    row.refresh_from_db()
    assert row.state == "accepted" and {d.kind for d in row.declarations.all()} == {"code", "interest"}


def test_a_wrong_link_is_gone(client, db):
    assert client.get(reverse("observers:join", args=["nonsense"])).status_code == 410


def test_own_page_is_for_oneself(client_for, composing, congress, bring_in, outsider):
    row = bring_in(composing, congress[0])
    me = row.person.user
    assert client_for(me).get(reverse("observers:own_missions")).status_code == 200
    page = client_for(me).get(reverse("observers:own_assignment", args=[row.uuid]))
    assert page.status_code == 200 and "Signed on" in page.content.decode()
    assert client_for(outsider).get(reverse("observers:own_assignment", args=[row.uuid])).status_code == 404
    assert client_for(None).get(reverse("observers:own_assignment", args=[row.uuid])).status_code == 302


def test_acts_on_an_assignment(desk, composing, congress, bring_in):
    row = bring_in(composing, congress[0], confirm=False)
    assert desk.post(url("assignment_act", composing, row.uuid, "confirm")).status_code == 302
    row.refresh_from_db()
    assert row.state == "confirmed"
    desk.post(url("assignment_act", composing, row.uuid, "role"), {"role": "head", "is_rapporteur": "on"})
    row.refresh_from_db()
    assert (row.role, row.is_rapporteur) == ("head", True)
    desk.post(url("assignment_act", composing, row.uuid, "withdraw"), {"reason": "Ill."})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    page = desk.get(url("replacement", composing, row.uuid)).content.decode()
    best = Proposal.objects.get(replaces=row).outcome["alternatives"][0]
    assert best["name"] in page
    assert desk.post(url("replacement", composing, row.uuid), {"person": best["uuid"]}).status_code == 302
    assert composing.assignments.live().get().replaces == row


def test_replacements_are_told_in_the_language_of_the_reader_not_of_who_declined(desk, composing, congress, bring_in):
    for person in congress[:4]:
        bring_in(composing, person, confirm=False)
    row = composing.assignments.order_by("pk").first()
    with translation.override("fr"):
        withdraw_assignment(row, by=SYSTEM, reason="Malade.")
    kept = Proposal.objects.get(replaces=row).outcome["alternatives"][0]
    page = desk.get(url("replacement", composing, row.uuid)).content.decode()
    assert kept["name"] in page and kept["reasons"][0] not in page and "Warning" in page
    person = Person.objects.get(uuid=kept["uuid"])
    Membership.objects.filter(person=person).update(ends_on=composing.first_day - timedelta(days=20), end_reason="resignation")
    page = desk.get(url("replacement", composing, row.uuid)).content.decode()
    assert f'value="{kept["uuid"]}"' not in page, "Who may no longer go is not offered."


def test_a_refusal_is_shown_with_its_rule(desk, composing, congress):
    row = invite(composing, congress[0], by=SYSTEM)
    answer = desk.post(url("assignment_act", composing, row.uuid, "confirm"))
    assert answer.status_code == 409 and "has not accepted" in answer.content.decode()


def test_overrides_from_the_delegation_page(desk, composing, congress, bring_in):
    bring_in(composing, congress[0])
    desk.post(url("override", composing), {"criterion": "C1", "reason": "A small mission."})
    assert Override.objects.get().criterion == "C1"
    assert "A small mission." in desk.get(url("delegation", composing)).content.decode()


def test_the_published_list_says_country_chamber_and_group(desk, composing, congress, bring_in):
    bring_in(composing, congress[0])
    text = desk.get(url("delegation_list", composing)).content.decode("utf-8-sig")
    assert "France (L, EPP/CCE)" in text
    text = desk.get(url("delegation_list", composing), headers={"Accept-Language": "fr"}).content.decode("utf-8-sig")
    assert "France (L, PPE/CCE)" in text


def test_deployment_from_drawing_to_release(desk, composing, congress, bring_in, make_stations):
    make_stations(composing)
    for person in congress[:6]:
        bring_in(composing, person)
    assert desk.get(url("deployment", composing)).status_code == 200
    assert desk.post(url("deployment_draw", composing), {"visits": 3, "teams": 3, "seed": 5}).status_code == 302
    team = composing.teams.first()
    page = desk.get(url("team", composing, team.uuid)).content.decode()
    assert "Opening" in page and "06:30" in page
    free = composing.stations.exclude(pk__in=composing.stops.values("station")).first()
    desk.post(url("team", composing, team.uuid), {"do": "add_stop", "station": free.code, "kind": "voting", "local_time": "12:00"})
    assert team.stops.filter(station=free).exists()
    assert (
        desk.post(
            url("team", composing, team.uuid), {"do": "add_stop", "station": "none", "kind": "voting", "local_time": "12:00"}
        ).status_code
        == 200
    )
    stop = team.stops.first()
    desk.post(url("stop", composing, stop.uuid), {"do": "record", "outcome": "closed", "reason": "Locked door."})
    stop.refresh_from_db()
    assert stop.outcome == "closed"
    reasons = {f"reason-{row.code}": "Seen." for row in warnings_for_release(composing)}
    assert reasons
    refused = desk.post(url("deployment_release", composing), {"note": "Go."})
    assert refused.status_code == 409 and "A written reason is needed" in refused.content.decode()
    assert 'value="Go."' in refused.content.decode() and not composing.deployment_plans.exists()
    assert desk.post(url("deployment_release", composing), {"note": "Go.", **reasons}).status_code == 302
    page = desk.get(url("deployment", composing)).content.decode()
    assert "Version 1 was released" in page and "(UTC)" not in page
    assert "not observed" in desk.get(url("coverage", composing)).content.decode()
    text = desk.get(url("deployment_plan", composing)).content.decode("utf-8-sig")
    assert len(text.splitlines()) == composing.stops.count() + 1
    data = desk.get(url("deployment_map", composing)).json()
    assert sum(f["geometry"]["type"] == "Point" for f in data["features"]) == composing.stops.count()
    member = team.members.filter(left_at__isnull=True).first()
    answer = desk.post(url("team", composing, team.uuid), {"do": "remove_member", "member": member.uuid, "reason": "Ill."}, follow=True)
    assert f"{member.assignment.person.name} is taken out of {team.name}." in answer.content.decode()
    member.refresh_from_db()
    assert member.left_at is not None


def test_the_draw_form_keeps_what_was_asked(desk, composing, congress, bring_in, make_stations):
    make_stations(composing)
    for person in congress[:6]:
        bring_in(composing, person)
    desk.post(url("deployment_draw", composing), {"visits": 6, "teams": 3, "seed": 5})
    page = desk.get(url("deployment", composing)).content.decode()
    for name, value in (("teams", 3), ("visits", 6), ("seed", 5)):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    refused = desk.post(url("deployment_draw", composing), {"visits": 9, "teams": 30})
    page = refused.content.decode()
    assert refused.status_code == 400 and "make at most 3 teams" in page and re.search(r'name="visits"[^>]*value="9"', page)


def test_the_deployment_page_says_that_the_polling_day_moved_and_moves_the_plan(desk, crewed, release):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    release(crewed)
    old, new = crewed.polling_day, crewed.polling_day + timedelta(days=7)
    change_polling_day(PollingDay.objects.get(day=old), by=SYSTEM, day=new, opens_at=None, closes_at=None)
    page = desk.get(url("deployment", crewed)).content.decode()
    assert "which is no polling day of the mission" in page and "alert-success" not in page and "Move the teams and stops of" in page
    days = {"old": old.isoformat(), "new": new.isoformat()}
    assert desk.post(url("deployment_move", crewed), days).status_code == 400
    assert desk.post(url("deployment_move", crewed), {"old": "x", "reason": "Moved."}).status_code == 400
    page = desk.post(url("deployment_move", crewed), {**days, "reason": "Moved."}, follow=True).content.decode()
    assert "4 teams with their stops are moved to" in page and set(crewed.teams.values_list("day", flat=True)) == {new}


ROUTES = [
    ("get", "delegation", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "compose", (), {"coordinator": 200, "publisher": 403, "member": 403, "outsider": 404}),
    ("post", "compose_adjust", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("get", "compose_candidates", (), {"coordinator": 200, "publisher": 403, "member": 403, "outsider": 404}),
    ("post", "compose_accept", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("get", "invite", (), {"coordinator": 200, "publisher": 403, "member": 403, "outsider": 404}),
    ("post", "confirm_all", (), {"coordinator": 302, "publisher": 403, "member": 403, "outsider": 404}),
    ("post", "override", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("get", "delegation_list", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "deployment", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "coverage", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "deployment_plan", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "deployment_map", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "deployment_workbook", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "deployment_table", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("get", "deployment_contacts", (), {"coordinator": 200, "publisher": 200, "member": 200, "outsider": 404}),
    ("post", "deployment_contacts", (), {"coordinator": 400, "publisher": 403, "member": 403, "outsider": 404}),
    ("get", "team_sheet", (uuid4(),), {"coordinator": 404, "publisher": 404, "member": 404, "outsider": 404}),
    ("get", "team_sheet_file", (uuid4(), "en"), {"coordinator": 404, "publisher": 404, "member": 404, "outsider": 404}),
    ("post", "deployment_draw", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("post", "deployment_release", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("post", "deployment_move", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("post", "team_new", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("post", "decide_interests", (uuid4(),), {"coordinator": 404, "publisher": 403, "member": 403, "outsider": 404}),
    ("post", "assignment_act", (uuid4(), "confirm"), {"coordinator": 404, "publisher": 403, "member": 403, "outsider": 404}),
    ("get", "replacement", (uuid4(),), {"coordinator": 404, "publisher": 403, "member": 403, "outsider": 404}),
    ("get", "team", (uuid4(),), {"coordinator": 404, "publisher": 404, "member": 404, "outsider": 404}),
    ("post", "stop", (uuid4(),), {"coordinator": 404, "publisher": 404, "member": 404, "outsider": 404}),
]


def test_who_may_open_which_page(client_for, composing, congress, bring_in, coordinator, publisher, outsider):
    member = bring_in(composing, congress[0]).person.user
    cast = {"coordinator": coordinator, "publisher": publisher, "member": member, "outsider": outsider}
    for method, name, args, expected in ROUTES:
        path = url(name, composing, *args)
        assert getattr(client_for(None), method)(path).status_code == 302, name
        for who, status in expected.items():
            answer = getattr(client_for(cast[who]), method)(path)
            assert answer.status_code == status, (name, who, answer.status_code)


def test_lists_cost_the_same_at_any_length(
    desk, composing, congress, bring_in, make_stations, django_assert_num_queries, django_assert_max_num_queries
):
    make_stations(composing)
    for person in congress[:4]:
        bring_in(composing, person)
    draw_deployment(composing, by=SYSTEM, teams=1, visits=2)
    for name, most in (("delegation", 45), ("deployment", 48)):
        with django_assert_max_num_queries(most) as few:
            desk.get(url(name, composing))
        few_count = len(few)
        if name == "delegation":
            delegation_count = few_count
        else:
            deployment_count = few_count
    for person in congress[4:8]:
        bring_in(composing, person)
    draw_deployment(composing, by=SYSTEM, teams=4, visits=2)
    with django_assert_num_queries(delegation_count):
        desk.get(url("delegation", composing))
    with django_assert_num_queries(deployment_count):
        desk.get(url("deployment", composing))
