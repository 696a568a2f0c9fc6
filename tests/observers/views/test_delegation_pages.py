"""Pages of the call for interest, the nominations and the balance: what they show, who may, what they cost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.actors import SYSTEM
from core.models import OutboxMail
from observers.models import Interest, InterestCall, Nomination
from observers.services.calls import open_call, record_interest, send_call_letters
from observers.services.composition import propose
from observers.services.nominations import request_nominations
from observers.urls import urlpatterns
from tests.observers.views.test_mission_pages import ROUTES as OTHER_ROUTES


@pytest.fixture
def desk(client_for, coordinator):
    return client_for(coordinator)


def url(name, mission, *args):
    return reverse(f"observers:{name}", args=[mission.reference, *args])


def path_of(mail):
    """The path of the link in a mail."""
    line = next(line for line in mail.body.splitlines() if line.startswith("http"))
    return "/" + line.split("/", 3)[3]


def test_a_call_from_preview_to_answer(desk, client_for, composing, congress):
    page = desk.get(url("call", composing)).content.decode()
    assert "60 persons would be asked" in page and "2 persons are not asked" in page and "Bulgaria" in page
    assert desk.post(url("call", composing), {"answer_by": "2020-01-01"}).status_code == 400
    day = clock.today() + timedelta(days=20)
    assert desk.post(url("call", composing), {"answer_by": day.isoformat(), "message": "By bus."}).status_code == 302
    call = InterestCall.objects.get()
    send_call_letters(call, "ask")
    mail = OutboxMail.objects.filter(template="observers/mail/call").first()
    guest = client_for(None)
    answer = guest.get(path_of(mail), follow=True)
    here = answer.request["PATH_INFO"]
    assert "Are you available?" in answer.content.decode() and "By bus." in answer.content.decode()
    refused = guest.post(here, {"answer": "conditions", "note": ""})
    assert refused.status_code == 400 and "Write the conditions" in refused.content.decode()
    assert guest.post(here, {"answer": "conditions", "note": "Only by day."}).status_code == 302
    assert "Available on conditions" in guest.get(here).content.decode()
    page = desk.get(url("call", composing), {"answer": "conditions"}).content.decode()
    assert "Only by day." in page and page.count("data-label") == 2
    everybody = desk.get(url("call", composing)).content.decode()
    assert everybody.count('name="person"') == 50 and "1 / 2" in everybody, "Hundreds are asked: the page shows fifty at a time."
    other = call.recipients.exclude(person__email=mail.address).first().person
    other.family_name = "Żabia"
    other.save()
    found = desk.get(url("call", composing), {"q": "zabia", "answer": "open"}).content.decode()
    assert str(other.uuid) in found and found.count('name="person"') == 1
    assert "Nobody is found." in desk.get(url("call", composing), {"q": "Xyzzy"}).content.decode()
    data = {"person": other.uuid, "answer": "no"}
    assert desk.post(url("call_act", composing, "record"), data).status_code == 302
    assert Interest.objects.get(person=other).answer == "no"
    assert desk.post(url("call_act", composing, "remind")).status_code == 302
    assert desk.post(url("call_act", composing, "extend"), {"answer_by": "soon"}).status_code == 400
    assert desk.post(url("call_act", composing, "extend"), {"answer_by": (day + timedelta(days=3)).isoformat()}).status_code == 302
    assert desk.post(url("call_act", composing, "nonsense")).status_code == 400
    assert desk.post(url("call_act", composing, "withdraw"), {"reason": "Put off."}).status_code == 302
    assert "A call was withdrawn on" in desk.get(url("call", composing)).content.decode()
    assert guest.get(here).status_code == 410


def test_who_is_signed_in_answers_under_my_missions(client_for, composing, congress, as_coordinator, make_user):
    call = open_call(composing, by=as_coordinator, answer_by=clock.today() + timedelta(days=9))
    send_call_letters(call, "ask")
    user = make_user("Own", "Account")
    row = call.recipients.first()
    user.person = row.person
    user.save(update_fields=["person"])
    mine = client_for(user)
    assert "call for interest, please answer by" in mine.get(reverse("observers:own_missions")).content.decode()
    here = reverse("observers:own_call", args=[row.uuid])
    assert mine.get(here).status_code == 200 and mine.post(here, {"answer": "yes"}).status_code == 302
    other = call.recipients.last()
    assert mine.get(reverse("observers:own_call", args=[other.uuid])).status_code == 404


def test_a_secretary_ticks_and_the_coordinator_sees(desk, client_for, composing, congress, reference):
    data = {"group": "ILDG", "name": "Sem", "address": "group@example.org", "language": "en"}
    refused = desk.post(url("nominations", composing), {**data, "answer_by": "2020-01-01"})
    assert refused.status_code == 400 and "has passed" in refused.content.decode()
    day = (clock.today() + timedelta(days=9)).isoformat()
    assert desk.post(url("nominations", composing), {**data, "answer_by": day}).status_code == 302
    guest = client_for(None)
    answer = guest.get(path_of(OutboxMail.objects.get(template="observers/mail/nominations")), follow=True)
    page, here = answer.content.decode(), answer.request["PATH_INFO"]
    ticks = re.findall(r'name="person"\s+value="([^"]+)"', page)
    assert len(ticks) == 12
    assert guest.post(here, {"person": ticks[:2]}).status_code == 302
    assert guest.get(here).content.decode().count(" checked") == 2
    assert "2 nominations" in desk.get(url("nominations", composing)).content.decode()
    row = Nomination.objects.first()
    assert desk.post(url("nominations", composing), {"do": f"withdraw:{row.uuid}"}).status_code == 302
    found = desk.get(url("nominations", composing), {"q": row.person.family_name}).content.decode()
    assert f"nominate:{row.person.uuid}" in found
    assert desk.post(url("nominations", composing), {"do": f"nominate:{row.person.uuid}"}).status_code == 302
    proposal = propose(composing, by=SYSTEM, size=2, locked_out=[str(row.person.uuid)])
    panel = desk.get(url("compose", composing)).content.decode()
    assert "Nominated, not in the proposal:" in panel and f"add:{row.person.uuid}" in panel
    assert len(proposal.outcome["members"]) == 2
    assert "nominated by ILDG" in desk.get(url("compose_candidates", composing), {"q": row.person.family_name}).content.decode()


def test_the_balance_counts_as_on_a_day(desk, client_for, composing, congress, bring_in, make_mission, outsider):
    page = desk.get(reverse("observers:balance"))
    assert page.status_code == 200 and "Nobody was sent" in page.content.decode()
    for person in congress[:4]:
        bring_in(composing, person)
    again = make_mission("composing", first_day=composing.first_day + timedelta(days=30), last_day=composing.first_day + timedelta(days=33))
    bring_in(again, congress[0])
    on = {"on": (composing.first_day + timedelta(days=40)).isoformat()}
    page = desk.get(reverse("observers:balance"), on).content.decode()
    assert "2 women of 5" in page or "3 women of 5" in page
    assert congress[0].name in page and composing.reference in page and again.reference in page
    before = desk.get(reverse("observers:balance"), {"on": (composing.first_day + timedelta(days=1)).isoformat()}).content.decode()
    assert "of 4; a third is 2" in before and again.reference not in before
    after = desk.get(reverse("observers:balance"), {"on": (composing.first_day + timedelta(days=380)).isoformat()}).content.decode()
    assert composing.reference not in after and again.reference in after
    table = desk.get(reverse("observers:balance"), {**on, "format": "csv"}).content.decode()
    assert "EPP/CCE" in table and f"{congress[0].name},2," in table
    assert "“soon” is no day" in desk.get(reverse("observers:balance"), {"on": "soon"}).content.decode()
    assert client_for(outsider).get(reverse("observers:balance")).status_code == 403


ROUTES = [
    ("get", "call", (), {"coordinator": 200, "publisher": 200, "member": 403, "outsider": 404}),
    ("post", "call", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("post", "call_act", ("withdraw",), {"publisher": 403, "member": 403, "outsider": 404}),
    ("get", "nominations", (), {"coordinator": 200, "publisher": 200, "member": 403, "outsider": 404}),
    ("post", "nominations", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("get", "accreditation", (), {"coordinator": 200, "publisher": 403, "member": 403, "outsider": 404}),
    ("post", "accreditation", (), {"publisher": 403, "member": 403, "outsider": 404}),
    ("post", "accreditation_list", (), {"coordinator": 409, "publisher": 403, "member": 403, "outsider": 404}),
]


def test_every_page_is_in_a_table():
    own = {p.name for p in urlpatterns if str(p.pattern).startswith(("me/", "own/", "join/", "call/", "nominate/", "nomination/"))}
    people = {p.name for p in urlpatterns if "people/" in str(p.pattern)}
    assert {p.name for p in urlpatterns} == {name for _m, name, _a, _e in [*ROUTES, *OTHER_ROUTES]} | own | people


def test_who_may_open_which_page(client_for, composing, congress, bring_in, coordinator, publisher, outsider):
    member = bring_in(composing, congress[0]).person.user
    cast = {"coordinator": coordinator, "publisher": publisher, "member": member, "outsider": outsider}
    for method, name, args, expected in ROUTES:
        path = url(name, composing, *args)
        assert getattr(client_for(None), method)(path).status_code == 302, name
        for who, status in expected.items():
            answer = getattr(client_for(cast[who]), method)(path)
            assert answer.status_code == status, (name, who, answer.status_code)


def test_the_pages_cost_the_same_at_any_length(
    desk, composing, congress, bring_in, reference, as_coordinator, django_assert_max_num_queries
):
    bring_in(composing, congress[0])
    record_interest(composing, congress[0], by=SYSTEM, answer="yes")
    values = {"name": "Sem", "address": "group@example.org", "answer_by": clock.today() + timedelta(days=9)}
    request_nominations(composing, reference["ILDG"], by=as_coordinator, **values)
    Nomination.objects.create(mission=composing, person=congress[0], group=reference["ILDG"], nominated_by="system")
    balance = reverse("observers:balance") + f"?on={composing.first_day + timedelta(days=2)}"
    paths = [url("call", composing), url("nominations", composing), balance]
    desk.get(paths[0])
    costs = {}
    for path in paths:
        with django_assert_max_num_queries(60) as queries:
            desk.get(path)
        costs[path] = len(queries)
    for person in congress[1:3]:
        bring_in(composing, person)
        record_interest(composing, person, by=SYSTEM, answer="yes")
        Nomination.objects.create(mission=composing, person=person, group=reference["ECR"], nominated_by="system")
    request_nominations(composing, reference["ECR"], by=as_coordinator, **values)
    for path in paths:
        with django_assert_max_num_queries(costs[path]):
            assert desk.get(path).status_code == 200
    call = open_call(composing, by=as_coordinator, answer_by=clock.today() + timedelta(days=9))
    with django_assert_max_num_queries(60) as queries:
        desk.get(paths[0])
    assert call.recipients.count() == 57 and len(queries) <= costs[paths[0]] + 2
