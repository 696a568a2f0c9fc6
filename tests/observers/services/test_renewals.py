"""Renewal sessions: a look at whose terms end, then the date."""

from datetime import date, timedelta

import pytest

from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry
from observers.models import RenewalSession
from observers.services.reference import load_reference
from observers.services.renewals import add_renewal_session, move_renewal_session, preview_renewal

PLANNED = date(2031, 3, 25)


@pytest.fixture
def session(reference):
    return RenewalSession.objects.get(opens_on=PLANNED)


def test_the_preview_says_whose_terms_end_and_what_moves(session, make_member, django_assert_num_queries):
    make_member("FR", family_name="One")
    make_member("DE", family_name="Two", member_list="substitute")
    make_member("AT", family_name="Past", start=date(2021, 3, 23))
    with django_assert_num_queries(6):
        preview = preview_renewal(date(2030, 10, 15), replaces=session)
    assert [(s.row.person.family_name, s.before, s.after) for s in preview.ending] == [
        ("Two", PLANNED, date(2030, 10, 15)),
        ("One", PLANNED, date(2030, 10, 15)),
    ]
    assert len(preview.moved) == 2 and [count for _country, count in preview.by_country] == [1, 1]
    assert not RenewalSession.objects.filter(opens_on=date(2030, 10, 15)).exists()


def test_a_date_far_from_the_years_of_the_charter_is_warned_of(session, make_member):
    make_member("FR")
    assert not preview_renewal(PLANNED, replaces=session).warnings
    preview = preview_renewal(date(2034, 3, 21), replaces=session)
    assert [verdict.rule for verdict in preview.warnings.values()] == ["R8"]


def test_an_earlier_session_names_who_is_in_a_mission_then(reference, composing, congress, bring_in):
    bring_in(composing, congress[0])
    last = composing.last_day
    preview = preview_renewal(last - timedelta(days=1))
    assert [(a.person_id, end) for a, end in preview.missions] == [(congress[0].pk, last - timedelta(days=1))]
    assert preview_renewal(last).missions == []


def test_moving_an_expected_session_and_loading_reference_data_again(session, make_member):
    move_renewal_session(
        session, by=SYSTEM, opens_on=date(2031, 3, 18), number=60, notify_by=date(2030, 12, 20), note="Bureau of 3 Dec 2029"
    )
    session.refresh_from_db()
    assert (session.planned_on, session.number, session.is_expected) == (PLANNED, 60, False)
    load_reference()
    assert list(RenewalSession.objects.filter(opens_on__gte=date(2031, 1, 1)).values_list("opens_on", flat=True)) == [date(2031, 3, 18)]
    assert AuditEntry.objects.filter(action="observers.renewal_moved").count() == 1


def test_what_cannot_be_set(session, publisher):
    with pytest.raises(Invalid) as refusal:
        add_renewal_session(by=SYSTEM, opens_on=PLANNED)
    assert refusal.value.code == "session_there"
    with pytest.raises(Invalid) as refusal:
        add_renewal_session(by=SYSTEM, opens_on=date(2036, 3, 25), notify_by=date(2036, 3, 26))
    assert refusal.value.attr == "notify_by"
    opened = RenewalSession.objects.get(opens_on=date(2021, 3, 23))
    with pytest.raises(NotNow):
        move_renewal_session(opened, by=SYSTEM, opens_on=date(2021, 3, 24))
    with pytest.raises(NotAllowed):
        move_renewal_session(session, by=user_actor(publisher), opens_on=date(2031, 3, 18))
    assert opened.opens_on < clock.today()
