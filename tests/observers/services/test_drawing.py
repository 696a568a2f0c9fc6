"""Drawing with locks, areas of any level, free choice, tabulation, and on several polling days."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from core.actors import SYSTEM, user_actor
from core.documents import preview
from core.errors import Invalid, NotAllowed, NotNow
from missions.models import PollingDay, Station
from observers.documents.deployment import build_deployment_plan
from observers.documents.team_sheet.build import build_team_sheet
from observers.membership.dates import say
from observers.models import Stop, TeamMember
from observers.services.contacts import add_contact, numbers_for, remove_contact
from observers.services.deployment import add_stop, change_stop, missing_for_release
from observers.services.drawing import areas_of, draw_deployment, draw_every_day, levels_of
from observers.services.teams import add_member, create_team, judge_teams, lock_member, set_locks
from observers.services.ways import judge_way, way_of

pytestmark = pytest.mark.django_db


def riding(mission):
    observing = {"leader", "member"}
    return {team.number: {m.assignment.person.name for m in team.present if m.role in observing} for team in mission.teams.with_plan()}


def test_locked_members_stay_when_teams_are_drawn_again(crewed):
    first, second = crewed.assignments.order_by("pk")[:2]
    team = create_team(crewed, by=SYSTEM, day=crewed.polling_day)
    rows = [add_member(team, row, by=SYSTEM) for row in (first, second)]
    assert set_locks(crewed, by=SYSTEM, locked={row.uuid for row in rows}) == 2
    draw = draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    assert draw.outcome["locked"] == 2 and riding(crewed)[1] == {first.person.name, second.person.name}
    assert TeamMember.objects.filter(is_locked=True, team__number=1).count() == 2, "The locks outlive the draw."
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2, seed=99)
    assert riding(crewed)[1] == {first.person.name, second.person.name}
    third = TeamMember.objects.get(team__number=2, role="leader")
    lock_member(third, by=SYSTEM)
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2, seed=100)
    assert third.assignment.person.name in riding(crewed)[2]
    set_locks(crewed, by=SYSTEM, locked=set())
    assert not TeamMember.objects.filter(is_locked=True).exists()


def test_locks_that_leave_no_way_are_told(crewed, outsider):
    team = create_team(crewed, by=SYSTEM, day=crewed.polling_day)
    rows = [add_member(team, row, by=SYSTEM) for row in crewed.assignments.order_by("pk")[:3]]
    set_locks(crewed, by=SYSTEM, locked={row.uuid for row in rows})
    with pytest.raises(Invalid) as refusal:
        draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    assert refusal.value.code == "locks_do_not_fit" and "Team 1 has room for 2 observers and 3 are locked" in str(refusal.value.sentence)
    assert riding(crewed)[1] == {row.assignment.person.name for row in rows}, "Nothing was drawn."
    draw_deployment(crewed, by=SYSTEM, teams=3, visits=2)
    assert len(riding(crewed)[1]) == 3
    set_locks(crewed, by=SYSTEM, locked={TeamMember.objects.filter(team__number=3, left_at=None).first().uuid})
    with pytest.raises(Invalid) as refusal:
        draw_deployment(crewed, by=SYSTEM, teams=2, visits=2)
    assert refusal.value.code == "locked_team_missing"
    with pytest.raises(NotAllowed):
        lock_member(TeamMember.objects.first(), by=user_actor(outsider))


def test_an_interpreter_rides_with_those_who_understand_him(crewed, bring_in, make_person):
    interpreter = bring_in(crewed, make_person("Iva", "Interpreter", languages=["bg", "en"]), role="interpreter")
    driver = bring_in(crewed, make_person("Dan", "Driver"), role="driver")
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    roles = dict(TeamMember.objects.exclude(role__in=["leader", "member"]).values_list("assignment", "role"))
    assert roles == {interpreter.pk: "interpreter", driver.pk: "driver"}
    team = TeamMember.objects.get(assignment=interpreter).team
    team = crewed.teams.with_plan().get(pk=team.pk)
    assert "interpreter" not in {rule.code for rule in judge_teams([team])[team.pk]}
    interpreter.person.languages = ["bg"]
    interpreter.person.save(update_fields=["languages"])
    team = crewed.teams.with_plan().get(pk=team.pk)
    assert "interpreter" in {rule.code for rule in judge_teams([team])[team.pk]}, "The rules are live."


def test_areas_are_a_level_of_the_list(crewed):
    for number, station in enumerate(crewed.stations.order_by("code")):
        station.levels = ["Country", f"North {number % 2}", f"Town {number % 6}"]
        station.save(update_fields=["levels"])
    assert [number for number, _label in levels_of(areas_of(crewed))] == [2, 3]
    draw = draw_deployment(crewed, by=SYSTEM, teams=4, visits=2, level=2)
    assert draw.outcome["districts"] == ["North 0", "North 1"] and draw.asked["level"] == 2
    draw = draw_deployment(crewed, by=SYSTEM, teams=4, visits=2, level=3, districts=["Town 1", "Town 4"])
    assert {stop.station.levels[2] for stop in Stop.objects.select_related("station")} == {"Town 1", "Town 4"}
    with pytest.raises(Invalid):
        draw_deployment(crewed, by=SYSTEM, teams=4, level=7)


def test_free_choice_plans_opening_and_closing_in_one_area(crewed, release):
    draw = draw_deployment(crewed, by=SYSTEM, teams=4, rule="free", seed=5)
    assert draw.asked["rule"] == "free"
    for team in crewed.teams.with_plan():
        stops = sorted(team.stops.all(), key=lambda s: s.order)
        assert [stop.kind for stop in stops] == ["opening", "closing"]
        assert {stop.station.district for stop in stops} == {team.area}
    plan = release(crewed)
    assert plan.content["draws"][0]["rule"] == "free" and plan.content["draws"][0]["seed"] == 5
    text = str(build_deployment_plan(crewed, "en"))
    assert "visits are its own choice" in text and "Seed 5." in text
    with pytest.raises(Invalid):
        draw_deployment(crewed, by=SYSTEM, teams=4, rule="dice", reason="x")


def test_some_teams_follow_the_results(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2, tabulations=2)
    stops = list(Stop.objects.filter(kind="tabulation").select_related("station", "team"))
    assert len(stops) == 2 and len({stop.team.area for stop in stops}) == 2
    for stop in stops:
        closing = stop.team.stops.get(kind="closing")
        assert stop.station == closing.station and stop.place == f"Election commission, {stop.station.municipality}"
        assert stop.planned_at - closing.planned_at == timedelta(hours=3, minutes=15) and stop.order == closing.order + 1


def test_a_count_after_midnight_is_on_the_day_after(crewed):
    team = create_team(crewed, by=SYSTEM, day=crewed.polling_day)
    station = crewed.stations.first()
    late = add_stop(team, station, by=SYSTEM, kind="tabulation", local_time=time(1, 30), place="Palace of Justice")
    assert (late.local_day, late.place) == (team.day + timedelta(days=1), "Palace of Justice")
    early = add_stop(team, station, by=SYSTEM, kind="opening", local_time=time(5, 30))
    assert early.local_day == team.day


def test_every_polling_day_at_once(crewed):
    later = PollingDay.objects.create(election=crewed.election, day=crewed.polling_day + timedelta(days=14), round=2)
    crewed.polling_days.add(later)
    draws = draw_every_day(crewed, by=SYSTEM, teams=4, visits=2)
    assert [draw.asked["day"] for draw in draws] == sorted([crewed.polling_day.isoformat(), later.day.isoformat()])
    assert crewed.teams.count() == 8 and Stop.objects.filter(team__day=later.day, local_day=later.day).count() == 16
    stop = Stop.objects.filter(team__day=later.day).first()
    stop.outcome, stop.reason = "closed", "Locked."
    stop.save(update_fields=["outcome", "reason"])
    before = set(Stop.objects.values_list("uuid", flat=True))
    with pytest.raises(NotNow):
        draw_every_day(crewed, by=SYSTEM, teams=4, visits=3)
    assert set(Stop.objects.values_list("uuid", flat=True)) == before, "One day that cannot be drawn, and none is."


def test_the_rules_of_a_way_are_live(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=3, tabulations=4)
    for team in crewed.teams.with_plan():
        legs = way_of(team.stops.all())
        assert judge_way(team, legs) == [] and legs[0].words == "" and " km, " in legs[1].words and "about" not in legs[1].words
    team = crewed.teams.with_plan().first()
    stops = list(team.stops.order_by("order"))
    change_stop(stops[2], by=SYSTEM, local_time=stops[1].local_time)
    other = crewed.teams.last().stops.first()
    add_stop(team, other.station, by=SYSTEM, kind="opening", local_time=time(12))
    team = crewed.teams.with_plan().first()
    told = {rule.code: rule.sentence for rule in judge_way(team, way_of(team.stops.all()))}
    assert set(told) == {"too_early", "opening_once", "shared_station"} and other.station.code in told["shared_station"]
    Station.objects.filter(pk=stops[1].station_id).update(latitude=None, longitude=None)
    team = crewed.teams.with_plan().first()
    assert any(leg.words.startswith("about ") for leg in way_of(team.stops.all()))


def test_contacts(crewed, as_coordinator, outsider):
    row = add_contact(crewed, by=as_coordinator, kind="embassy", label="Embassy of France", phone="+359 2 965 11 00")
    assert add_contact(crewed, by=as_coordinator, kind="embassy", label="Embassy of France", phone="+359 2 965 11 00") == row
    head = crewed.assignments.first()
    crewed.assignments.filter(pk=head.pk).update(role="head")
    head.person.phone = "+33 1 23"
    head.person.save(update_fields=["phone"])
    told = [(entry["label"], entry["phone"]) for entry in numbers_for(crewed)]
    assert told[0] == ("Emergency number", "112") and ("Embassy of France", "+359 2 965 11 00") in told and "+33 1 23" in str(told[-1])
    for values, attr in (({"phone": "call me"}, "phone"), ({"label": " "}, "label"), ({"kind": "x"}, "kind")):
        with pytest.raises(Invalid) as refusal:
            add_contact(crewed, by=as_coordinator, **{"kind": "other", "label": "A", "phone": "112", **values})
        assert refusal.value.attr == attr
    with pytest.raises(NotAllowed):
        add_contact(crewed, by=user_actor(outsider), kind="other", label="A", phone="112")
    remove_contact(row, by=as_coordinator)
    assert not crewed.deployment_contacts.exists()


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_a_team_sheet_is_one_page_however_full(crewed, as_coordinator, language):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=13, tabulations=4)
    team = crewed.teams.first()
    Station.objects.filter(mission=crewed).update(address="ул. Георги Димитров 125, сградата на основното училище, вход откъм двора")
    for station in crewed.stations.all()[:12]:
        add_stop(team, station, by=SYSTEM, kind="voting", local_time=time(14))
    for number in range(12):
        add_contact(crewed, by=as_coordinator, kind="other", label=f"Contact {number}", phone=f"+359 2 {number}")
    assert team.stops.count() > 22
    pdf = preview("observers.team_sheet", team, language, "pdf", by=as_coordinator)
    assert len(pikepdf.open(BytesIO(pdf)).pages) == 1
    every = preview("observers.team_sheets", crewed, language, "pdf", by=as_coordinator)
    assert len(pikepdf.open(BytesIO(every)).pages) == 4
    assert preview("observers.team_sheet", team, language, "html", by=as_coordinator)
    assert b"Contact 11" in preview("observers.team_sheet", team, language, "json", by=as_coordinator)


@pytest.fixture
def page(client_for, coordinator, crewed):
    desk = client_for(coordinator)

    def get(name, *args, **query):
        return desk.get(reverse(f"observers:{name}", args=[crewed.reference, *args]), query)

    get.desk = desk
    return get


def test_the_page_offers_locks_rule_level_and_tabulation(page, crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    member = TeamMember.objects.filter(team__number=3).first()
    text = page("deployment").content.decode()
    assert re.search(rf'name="lock"\s+value="{member.uuid}"', text) and 'name="rule"' in text and 'name="tabulations"' in text
    asked = {"teams": 4, "visits": 2, "seed": 11, "rule": "strata", "tabulations": 1, "locks": 1, "lock": [str(member.uuid), "x"]}
    assert page.desk.post(reverse("observers:deployment_draw", args=[crewed.reference]), asked).status_code == 302
    kept = TeamMember.objects.get(is_locked=True)
    assert kept.assignment == member.assignment and kept.team.number == 3 and Stop.objects.filter(kind="tabulation").count() == 1
    assert re.search(rf'value="{kept.uuid}"[^>]*checked', page("deployment").content.decode())
    asked["lock"] = []
    assert page.desk.post(reverse("observers:deployment_draw", args=[crewed.reference]), asked).status_code == 302
    assert not TeamMember.objects.filter(is_locked=True).exists()


def test_table_workbook_sheet_and_contacts_as_pages(page, crewed, django_assert_num_queries, django_assert_max_num_queries):
    draw_deployment(crewed, by=SYSTEM, teams=1, visits=1)
    with django_assert_max_num_queries(30) as few:
        page("deployment_table")
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=3, tabulations=1)
    with django_assert_num_queries(len(few)):
        text = page("deployment_table").content.decode()
    assert text.count("<tr>") == crewed.stops.count() + 1
    assert page("deployment_table", kind="tabulation").content.decode().count("<tr>") == 2
    team = crewed.teams.first()
    team.members.first().person.__class__.objects.filter(pk=team.members.first().person_id).update(phone="=1+1")
    book = load_workbook(BytesIO(page("deployment_workbook").content))
    assert [sheet.max_row for sheet in book.worksheets] == [crewed.stops.count() + 1, 9]
    stops, planned = book.worksheets[0], crewed.stops.order_by("team__day", "team__number", "order").first()
    assert (stops["B2"].value.date(), stops["B2"].is_date) == (planned.local_day, True), "A day is a day, not a text."
    assert (stops["C2"].value, stops["C2"].number_format) == (planned.local_time.replace(second=0), "hh:mm")
    assert book.worksheets[1]["B2"].value.date() == planned.local_day
    plan = page("deployment_plan").content.decode()
    assert f",{planned.local_day},{planned.local_time:%H:%M}," in plan
    assert "=1+1" in {cell.value for cell in book.worksheets[1]["F"]} and not any(cell.data_type == "f" for cell in book.worksheets[1]["F"])
    sheet = page("team_sheet", team.uuid).content.decode()
    assert "Emergency number" in sheet and "112" in sheet and "sheet.de.pdf" in sheet and "Way there" in sheet
    for language in ("en", "fr", "de"):
        answer = page("team_sheet_file", team.uuid, language)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert page("team_sheet_file", team.uuid, "bg").status_code == 404
    contacts = reverse("observers:deployment_contacts", args=[crewed.reference])
    assert page.desk.post(contacts, {"kind": "medical", "label": "Hospital", "phone": "nine"}).status_code == 400
    told = page.desk.post(contacts, {"kind": "medical", "label": "Hospital", "phone": "+359 2 9"}, follow=True).content.decode()
    assert "is on every sheet" in told and "Hospital" in page("team_sheet", team.uuid).content.decode()
    row = crewed.deployment_contacts.get()
    assert page.desk.post(contacts, {"do": "remove", "contact": str(row.uuid)}).status_code == 302
    assert page.desk.post(contacts, {"do": "remove", "contact": "x"}).status_code == 404


def test_a_team_that_nobody_named_is_called_in_the_language_of_the_reader(page, crewed, as_coordinator):
    with translation.override("fr"):
        team = create_team(crewed, by=as_coordinator, day=crewed.polling_day)
        named = create_team(crewed, by=as_coordinator, day=crewed.polling_day, name="Team Danube")
        assert (team.name, team.label, named.label) == ("Équipe 1", "Équipe 1", "Team Danube")
    assert (team.label, team.label_in("fr"), team.label_in("de")) == ("Team 1", "Équipe 1", "Team 1")
    draw_deployment(crewed, by=SYSTEM, teams=3, visits=1)
    team = crewed.teams.get(number=3)
    assert team.name == "Team 3"
    assert "Équipe 3" in json.dumps(build_team_sheet(team, "fr"), ensure_ascii=False)
    assert "Équipe 3, " in json.dumps(build_deployment_plan(crewed, "fr"), ensure_ascii=False)
    page.desk.cookies["django_language"] = "fr"
    for name, args in (("deployment", ()), ("deployment_table", ()), ("team", (team.uuid,)), ("team_sheet", (team.uuid,))):
        shown = page(name, *args).content.decode()
        assert "Équipe 3" in shown and ">Team 3" not in shown, name


def test_warnings_about_teams_of_two_days_say_the_day(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=1)
    first = crewed.teams.get(number=1)
    assert not any(say(first.day) in row.sentence for row in missing_for_release(crewed))
    create_team(crewed, by=SYSTEM, day=crewed.polling_day + timedelta(days=1))
    later = say(crewed.polling_day + timedelta(days=1))
    assert f"Team 1, {later} has no members." in {str(row.sentence) for row in missing_for_release(crewed)}


def test_a_team_is_named_on_its_page_and_unnamed_again(page, crewed, release):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=1)
    team = crewed.teams.get(number=2)
    url = reverse("observers:team", args=[crewed.reference, team.uuid])
    fields = {"do": "change_team", "area": "North", "note": "Boots."}
    told = page.desk.post(url, {**fields, "name": "Danube"}, follow=True).content.decode()
    assert "Danube is changed." in told and "Boots." in page("team_sheet", team.uuid).content.decode()
    page.desk.cookies["django_language"] = "fr"
    page.desk.post(url, {**fields, "name": "Équipe 2"})
    team.refresh_from_db()
    assert (team.name, team.area, team.note) == ("Équipe 2", "North", "Boots.")
    page.desk.cookies["django_language"] = "en"
    assert "Team 2" in page("team", team.uuid).content.decode()
    page.desk.post(url, {**fields, "name": "Danube"})
    page.desk.post(url, {**fields, "name": " "})
    team.refresh_from_db()
    assert team.name == "Team 2"
    release(crewed)
    assert page.desk.post(url, {**fields, "name": "Danube"}).status_code == 400, "A late change needs its reason."
    assert page.desk.post(url, {**fields, "name": "Danube", "reason": "As the drivers say."}).status_code == 302
    assert crewed.plan_changes.latest("pk").reason == "As the drivers say."


def test_the_page_draws_in_the_areas_that_are_named(page, crewed):
    for number, station in enumerate(crewed.stations.order_by("code")):
        station.levels = [f"North {number % 2}", f"Town {number % 6}"]
        station.save(update_fields=["levels"])
    url = reverse("observers:deployment_draw", args=[crewed.reference])
    shown = page("deployment").content.decode()
    assert 'value="0:District 1"' in shown and 'value="2:Town 5"' in shown and "<optgroup" in shown
    asked = {"teams": 4, "visits": 2, "level": 2, "districts": ["2:Town 1", "2:Town 4"]}
    assert page.desk.post(url, asked).status_code == 302
    assert {stop.station.levels[1] for stop in Stop.objects.select_related("station")} == {"Town 1", "Town 4"}
    shown = page("deployment").content.decode()
    assert 'value="2:Town 4" selected' in shown and 'value="2:Town 5" selected' not in shown, "Drawing again begins where it ended."
    refused = page.desk.post(url, {**asked, "level": 0})
    assert refused.status_code == 400 and "not of the level that is chosen: Town 1, Town 4." in refused.content.decode()
    assert page.desk.post(url, {**asked, "districts": ["2:Nowhere"]}).status_code == 400
