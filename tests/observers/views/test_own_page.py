"""The own page by both doors, the queue of corrections, national delegations, terms and renewal sessions as pages."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.actors import SYSTEM, user_actor
from core.models import OutboxMail
from observers.models import AvailableSpan, CorrectionRequest, Membership, RenewalSession
from observers.services.corrections import ask_correction
from observers.services.own import send_own_link
from observers.services.reference import load_reference
from tests.conftest_missions import LETTER


@pytest.fixture
def desk(client_for, coordinator):
    return client_for(coordinator)


@pytest.fixture
def me(make_user):
    return make_user("Ada", "Ember")


@pytest.fixture(params=["account", "link"])
def door(request, me, client_for):
    """A browser and the address of the page, by each door."""
    if request.param == "account":
        return client_for(me), reverse("observers:own_page")
    send_own_link(me.person, by=SYSTEM)
    token = OutboxMail.objects.get().body.split("/link/")[1].split("/")[0].strip()
    client = client_for(None)
    answer = client.get(f"/link/{token}/")
    assert answer.status_code == 302 and answer["Location"].startswith("/own/")
    return client, answer["Location"]


def test_a_person_tells_hands_in_and_asks(door, me):
    client, url = door
    assert client.get(url).status_code == 200
    said = [
        {"do": "available", "available-first_on": "2031-07-01", "available-last_on": "2031-07-31", "available-answer": "no"},
        {"do": "own", "own-languages": "fr native, en B2", "own-language": "fr", "own-zone": "Europe/Paris", "own-phone": "+33"},
        {"do": "paper", "paper-kind": "cv", "paper-file": SimpleUploadedFile("cv.pdf", LETTER)},
        {"do": "correction", "correction-topic": "name", "correction-family_name": "Émber"},
    ]
    for data in said:
        answer = client.post(url, data)
        assert answer.status_code == 302, answer.content.decode()
    page = client.get(url).content.decode()
    for words in ("cv.pdf", "July 2031", "fr native, en B2", "Émber"):
        assert words in page
    me.person.refresh_from_db()
    assert me.person.language_levels == {"fr": "native", "en": "B2"}
    paper, span, asked = me.person.papers.get(), me.person.available_spans.get(), me.person.correction_requests.get()
    assert b"".join(client.get(f"{url}papers/{paper.uuid}/").streaming_content) == LETTER
    file = client.get(f"{url}stored/")
    assert "attachment" in file["Content-Disposition"] and file.json()["sections"][0]["rows"][0]["given_name"] == "Ada"
    for do, row in (("available_remove", span), ("paper_remove", paper), ("correction_withdraw", asked)):
        assert client.post(url, {"do": do, "uuid": row.uuid}).status_code == 302
    assert not me.person.papers.exists() and not me.person.available_spans.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"do": "own", "own-languages": "klingonish", "own-language": "fr", "own-zone": "Europe/Paris"}, "klingonish"),
        ({"do": "own", "own-language": "fr", "own-zone": "Mars/Base"}, "Mars/Base"),
        ({"do": "available", "available-first_on": "2031-07-02", "available-last_on": "2031-07-01", "available-answer": "no"}, "before"),
        ({"do": "paper", "paper-kind": "cv", "paper-file": SimpleUploadedFile("cv.pdf", b"plain")}, "cv.pdf"),
        ({"do": "correction", "correction-topic": "other"}, "Say what is wrong"),
    ],
)
def test_what_is_refused_is_shown_at_its_form(client_for, me, data, words):
    answer = client_for(me).post(reverse("observers:own_page"), data)
    assert answer.status_code == 400 and words in answer.content.decode()


def test_what_belongs_to_somebody_else_is_not_found(client_for, me, outsider):
    span = AvailableSpan.objects.create(person=outsider.person, first_on=date(2031, 1, 1), last_on=date(2031, 1, 2), answer="no")
    client = client_for(me)
    for uuid in (span.uuid, "not-a-uuid"):
        assert client.post(reverse("observers:own_page"), {"do": "available_remove", "uuid": uuid}).status_code == 404
    assert AvailableSpan.objects.exists()


def test_a_new_link_ends_the_earlier_one_and_a_link_opens_no_other_page(client_for, me):
    send_own_link(me.person, by=SYSTEM)
    first = OutboxMail.objects.get().body.split("/link/")[1].split("/")[0].strip()
    send_own_link(me.person, by=SYSTEM)
    stranger = client_for(None)
    assert stranger.get(reverse("observers:own_page_by_link", args=[first])).status_code == 410
    assert stranger.get(reverse("observers:join", args=[first])).status_code == 410


def test_the_queue_on_the_desk(desk, me, client_for, publisher, django_assert_num_queries, django_assert_max_num_queries):
    rows = [ask_correction(me.person, by=user_actor(me), topic="name", text="First.", family_name="Émber")]
    with django_assert_max_num_queries(25) as one:
        page = desk.get(reverse("observers:corrections")).content.decode()
    assert "Émber" in page and "First." in page
    rows += [ask_correction(me.person, by=user_actor(me), topic="other", text=text) for text in ("Second.", "Third.")]
    with django_assert_num_queries(len(one)):
        desk.get(reverse("observers:corrections"))
    reading = client_for(publisher).get(reverse("observers:corrections")).content.decode()
    assert "First." in reading and "Take over and store" not in reading
    url = reverse("observers:correction_answer", args=[rows[0].uuid])
    assert desk.post(url, {"do": "take"}).status_code == 302
    assert desk.post(reverse("observers:correction_answer", args=[rows[1].uuid]), {"do": "refuse", "answer": ""}).status_code == 400
    assert desk.post(reverse("observers:correction_answer", args=[rows[1].uuid]), {"do": "refuse", "answer": "No."}).status_code == 302
    assert [row.state for row in CorrectionRequest.objects.order_by("pk")] == ["taken", "refused", "open"]
    taken = desk.get(reverse("observers:corrections"), {"state": "taken"}).content.decode()
    assert "First." in taken and "Cora Coordinator" in taken and "Second." not in taken
    own = client_for(me).get(reverse("observers:own_page")).content.decode()
    assert "Taken over" in own and "No." in own


def test_requests_of_the_same_kind_are_no_landmarks_and_an_answered_one_tells_only_what_is_right(desk, me):
    """Two regions of a page may not bear one name; and once it is taken over what is stored is what was right."""
    for family in ("Right", "Wholly Right"):
        ask_correction(me.person, by=user_actor(me), topic="name", text=family, family_name=family)
    page = desk.get("/people/corrections/").content.decode()
    assert page.count("<article") == 2 and page.count('<th scope="col">Stored</th>') == 2
    for row in CorrectionRequest.objects.all():
        desk.post(f"/people/corrections/{row.uuid}/", {"do": "take"})
    page = desk.get("/people/corrections/?state=taken").content.decode()
    assert page.count("<article") == 2 and "Stored</th>" not in page and "Wholly Right" in page


def test_a_person_on_the_desk_shows_what_was_said(desk, me):
    AvailableSpan.objects.create(person=me.person, first_on=date(2031, 1, 1), last_on=date(2031, 1, 2), answer="no", note="Leave")
    page = desk.get(reverse("observers:person", args=[me.person.uuid])).content.decode()
    assert "Leave" in page
    assert desk.post(reverse("observers:own_link", args=[me.person.uuid])).status_code == 302
    assert desk.get(reverse("observers:person_stored", args=[me.person.uuid])).json()["person"] == str(me.person.uuid)


def test_all_national_delegations(desk, make_member, reference, django_assert_num_queries, django_assert_max_num_queries):
    make_member("FR", chamber="R")
    load_reference()
    url = reverse("observers:national_delegations")
    with django_assert_max_num_queries(25) as one:
        page = desk.get(url).content.decode()
    assert "France" in page and "1 / 18" in page and "17 vacant" in page
    for code in ("DE", "AT"):
        make_member(code, chamber="R")
    load_reference()
    with django_assert_num_queries(len(one)):
        desk.get(url)
    assert "0 / 18" in desk.get(url, {"on": "2020-01-01"}).content.decode()


def test_one_delegation_shows_seats_marks_facts_and_calendar(desk, make_member):
    make_member("FR", chamber="R", seat=2)
    load_reference()
    url = reverse("observers:national_delegation", args=["FR"])
    page = desk.get(url).content.decode()
    assert "1 filled, 17 vacant" in page and "The authority does not open a seat" in page and "25 March 2031" in page
    facts = reverse("observers:state_mark", args=["FR"])
    assert desk.post(facts, {"kind": "large_authority", "valid_from": "2020-01-01"}).status_code == 400
    assert desk.post(facts, {"kind": "no_regions", "valid_from": "2020-01-01"}).status_code == 302
    page = desk.get(url).content.decode()
    assert "a consultative voice in the Chamber of Regions" in page and "R5" in page
    assert "a consultative voice" not in desk.get(url, {"on": "2019-12-31"}).content.decode()
    judging = reverse("observers:composition_judgement", args=["FR"])
    assert page.count("Not judged yet.") == 3 and f"{judging}?point=b" in page
    assert 'value="b" selected' in desk.get(judging, {"point": "b"}).content.decode()
    told = {"point": "b", "outcome": "warning", "judged_on": clock.today().isoformat(), "reason": "Mayors only."}
    assert desk.post(judging, told | {"reason": ""}).status_code == 200
    page = desk.post(judging, told, follow=True).content.decode()
    assert page.count("Not judged yet.") == 2 and "Mayors only." in page and "The judgement is recorded." in page


def test_the_calendar_of_terms_of_all_states(desk, make_member, django_assert_num_queries, django_assert_max_num_queries):
    make_member("FR", family_name="Long", lost=date(2026, 8, 31))
    url = reverse("observers:terms")
    with django_assert_max_num_queries(25) as one:
        page = desk.get(url, {"on": "2026-09-01"}).content.decode()
    assert "28 February 2027" in page and "Long" in page
    make_member("DE", family_name="Other")
    make_member("DE", family_name="Third")
    with django_assert_num_queries(len(one)):
        desk.get(url, {"on": "2026-09-01"})
    assert "Long" not in desk.get(url, {"on": "2026-09-01", "country": "DE"}).content.decode()


def test_a_renewal_session_is_looked_at_and_set(desk, make_member):
    make_member("FR", family_name="Ending")
    url = reverse("observers:renewal", args=["2031-03-25"])
    assert "Ending" in desk.get(url).content.decode()
    data = {"opens_on": "2030-10-15", "number": "59", "note": "Bureau"}
    page = desk.post(url, {**data, "do": "look"}).content.decode()
    assert "1 term ends on 15 October 2030" in page and "25 March 2031" in page
    assert RenewalSession.objects.filter(opens_on=date(2031, 3, 25)).exists()
    assert desk.post(url, {**data, "do": "set"}).status_code == 302
    assert RenewalSession.objects.get(number=59).opens_on == date(2030, 10, 15)
    listing = desk.get(reverse("observers:renewals")).content.decode()
    assert "first planned for 25 March 2031" in listing and "CM/Res(2020)1" in listing and "5 years" in listing and "4 years" in listing
    assert desk.get(url).status_code == 404 and desk.get("/people/renewals/soon/").status_code == 404
    new = reverse("observers:renewal_new")
    assert desk.post(new, {"opens_on": "2030-10-15", "do": "set"}).status_code == 400
    assert desk.post(new, {"opens_on": "2035-10-16", "is_expected": "on", "do": "set"}).status_code == 302


def test_terms_are_prolonged_after_a_look(desk, make_member, membership_of):
    make_member("FR", family_name="Covered", seat=1)
    other = make_member("FR", family_name="Left", seat=2)
    RenewalSession.objects.create(opens_on=date(2027, 3, 23))
    url = reverse("observers:extension", args=["FR"])
    data = {"election_on": "2027-02-28", "decided_by": "Bureau", "covers": [str(Membership.objects.get(seat=1).uuid)]}
    page = desk.post(url, {**data, "do": "look"}).content.decode()
    assert "may be prolonged until 28 August 2027" in page and not Membership.objects.exclude(extended_until=None).exists()
    assert desk.post(url, {**data, "do": "set"}).status_code == 302
    assert Membership.objects.get(seat=1).extended_until == date(2027, 8, 28) and membership_of(other).extended_until is None
    assert desk.post(url, {**data, "election_on": "2026-11-01", "do": "set"}).status_code == 400
    assert "28 August 2027" in desk.get(reverse("observers:national_delegation", args=["FR"]), {"on": "2027-04-01"}).content.decode()


def test_a_membership_goes_on_with_a_change_and_credentials_move(desk, make_member):
    person = make_member("FR", "ILDG", "L", credential="provisional", start=date(2026, 3, 24))
    row = person.memberships.get()
    url = reverse("observers:membership_change", args=[person.uuid, row.uuid])
    data = {"from_on": "2026-06-01", "member_list": "representative", "chamber": "R", "group": "ECR"}
    assert "ILDG" in desk.get(url).content.decode()
    assert desk.post(url, {**data, "from_on": "2026-03-24"}).status_code == 400
    assert desk.post(url, data).status_code == 302
    new = person.memberships.get(ends_on=None)
    assert (new.starts_on, new.chamber, new.group.code) == (date(2026, 6, 1), "R", "ECR")
    url = reverse("observers:membership_credential", args=[person.uuid, new.uuid])
    assert desk.post(url, {"credential": "notified"}).status_code == 200
    assert desk.post(url, {"credential": "ratified", "declared_on": "2026-06-02"}).status_code == 302
    new.refresh_from_db()
    assert (new.credential, new.declared_on) == ("ratified", date(2026, 6, 2))
    tomorrow = date(2100, 1, 1) + timedelta(days=1)
    assert desk.post(url, {"credential": "ratified", "declared_on": tomorrow.isoformat()}).status_code == 400
