"""Identity data: entered by the person alone, read by the coordinator alone, deleted on their day with a log."""

from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.actors import SYSTEM, link_actor, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, OutboxMail
from core.reminders import sweep_reminders
from observers.models import IdentityDeletion, IdentityDocument
from observers.services.accreditation import (
    USUAL,
    delete_own_identity,
    deletion_day,
    enter_identity,
    set_accreditation,
    sweep_identity_data,
    take_out_list,
)
from observers.services.assignments import GRANTS, invite, withdraw_assignment

COLUMNS = [{"code": "number", "label": "Passport No"}, {"code": "name_in_document", "label": ""}, {"code": "expires_on", "label": ""}]


@pytest.fixture
def shift():
    """Go on to a later day until the test is over."""
    with ExitStack() as stack:
        yield lambda delta: stack.enter_context(time_machine.travel(_working_noon(clock.real_now() + delta), tick=False))


def _working_noon(at):
    """Nobody is reminded at night or at the weekend."""
    return (at + timedelta(days=max(0, 7 - at.weekday()) if at.weekday() > 4 else 0)).replace(hour=12)


def own(row):
    return link_actor(row, grants=GRANTS, subject=row)


def data(mission, **more):
    return {
        "kind": "passport",
        "number": "=X1234567",
        "name_in_document": "BER, MEM",
        "nationality": "French",
        "born_on": clock.today() - timedelta(days=15_000),
        "born_at": "",
        "issued_by": "",
        "issued_on": None,
        "expires_on": mission.last_day + timedelta(days=400),
        **more,
    }


@pytest.fixture
def row(composing, congress):
    return invite(composing, congress[0], by=SYSTEM)


@pytest.fixture
def asked(composing, as_coordinator):
    return set_accreditation(composing, by=as_coordinator, columns=COLUMNS, keep_days=10)


def test_only_the_person_enters_and_only_while_it_is_asked(composing, row, as_coordinator, outsider):
    with pytest.raises(NotNow):
        enter_identity(row, by=own(row), values=data(composing))
    set_accreditation(composing, by=as_coordinator, columns=COLUMNS)
    for by in (as_coordinator, user_actor(outsider)):
        with pytest.raises(NotAllowed):
            enter_identity(row, by=by, values=data(composing))
    enter_identity(row, by=own(row), values=data(composing))
    enter_identity(row, by=own(row), values=data(composing, number="Y7"))
    assert IdentityDocument.objects.get().number == "Y7"
    entries = AuditEntry.objects.filter(action="observers.identity_entered")
    assert entries.count() == 2 and all("Y7" not in str((entry.data, entry.fields)) for entry in entries)


@pytest.mark.parametrize(("name", "days"), [("expires_on", 0), ("born_on", 1), ("number", None), ("kind", "licence")])
def test_wrong_data_are_refused_at_their_field(composing, row, asked, name, days):
    wrong = " " if days is None else days if isinstance(days, str) else clock.today() + timedelta(days=days)
    with pytest.raises(Invalid) as refusal:
        enter_identity(row, by=own(row), values=data(composing, **{name: wrong}))
    assert refusal.value.attr == name and not IdentityDocument.objects.exists()


def test_columns_are_known_each_once_and_at_least_one(composing, as_coordinator, publisher):
    for columns in ([], [{"code": "shoe"}], [{"code": "number"}, {"code": "number"}]):
        with pytest.raises(Invalid):
            set_accreditation(composing, by=as_coordinator, columns=columns)
    with pytest.raises(Invalid):
        set_accreditation(composing, by=as_coordinator, columns=COLUMNS, keep_days=366)
    with pytest.raises(NotAllowed):
        set_accreditation(composing, by=user_actor(publisher), columns=COLUMNS)
    with pytest.raises(NotNow):
        take_out_list(composing, by=as_coordinator)


def test_the_list_has_the_columns_in_their_order_and_is_logged(composing, row, asked, as_coordinator, congress, publisher):
    invite(composing, congress[1], by=SYSTEM)
    enter_identity(row, by=own(row), values=data(composing))
    table = take_out_list(composing, by=as_coordinator)
    assert table.head == ["Passport No", "Name as in the document", "Valid until"]
    assert [r[0] for r in table.rows] == ["=X1234567"], "Who has entered nothing is left out."
    assert AuditEntry.objects.get(action="observers.accreditation_exported").data == {"persons": 1}
    with pytest.raises(NotAllowed):
        take_out_list(composing, by=user_actor(publisher))


def test_the_data_go_on_their_day_with_a_log(composing, row, asked, shift):
    enter_identity(row, by=own(row), values=data(composing))
    day = deletion_day(asked)
    assert day == composing.polling_days.get().day + timedelta(days=11)
    shift(timedelta(days=(day - clock.today()).days - 1))
    assert sweep_identity_data() == 0 and IdentityDocument.objects.count() == 1
    shift(timedelta(days=1))
    assert sweep_identity_data() == 1 and not IdentityDocument.objects.exists()
    assert sweep_identity_data() == 0
    entry = IdentityDeletion.objects.get()
    assert (entry.count, entry.deleted_by) == (1, "system") and "10 days" in entry.reason
    assert AuditEntry.objects.filter(action="observers.identity_deleted").count() == 1
    with pytest.raises(NotNow):
        enter_identity(row, by=own(row), values=data(composing))


def test_who_has_not_entered_data_is_reminded_with_a_link(composing, row, asked, congress, shift):
    done = invite(composing, congress[1], by=SYSTEM)
    enter_identity(done, by=own(done), values=data(composing))
    shift(composing.first_day - timedelta(days=9) - clock.today())
    sweep_reminders()
    mails = OutboxMail.objects.filter(template="observers/mail/remind_identity")
    assert list(mails.values_list("address", flat=True)) == [row.person.email], "Of two days that have passed the later one is told."
    assert all("http" in mail.body for mail in mails)
    enter_identity(row, by=own(row), values=data(composing))
    shift(timedelta(days=7))
    sweep_reminders()
    assert mails.count() == 1


def test_who_leaves_or_takes_them_back_leaves_none(composing, row, asked, congress):
    enter_identity(row, by=own(row), values=data(composing))
    assert delete_own_identity(row, by=own(row)) == 1
    assert delete_own_identity(row, by=own(row)) == 0
    enter_identity(row, by=own(row), values=data(composing))
    withdraw_assignment(row, by=SYSTEM, reason="Ill.")
    assert sweep_identity_data() == 1
    assert set(IdentityDeletion.objects.values_list("reason", flat=True)) == {"taken back by the person", "left the mission"}


def test_the_pages(client_for, coordinator, publisher, outsider, composing, congress, bring_in):
    row = bring_in(composing, congress[0])
    desk, mine = client_for(coordinator), client_for(row.person.user)
    page = reverse("observers:accreditation", args=[composing.reference])
    take = reverse("observers:accreditation_list", args=[composing.reference])
    here = reverse("observers:own_assignment", args=[row.uuid])
    assert "Passport or identity card" not in mine.get(here).content.decode()
    assert "Nothing was deleted yet." in desk.get(page).content.decode()
    assert desk.post(take).status_code == 409
    places = {f"place-{code}": number for number, code in enumerate(USUAL, start=1)}
    assert desk.post(page, {**places, "place-role": "x", "keep_days": "5"}).status_code == 400
    assert desk.post(page, {**places, "label-number": "Passport", "keep_days": "5", "is_open": "on"}).status_code == 302
    assert "Passport or identity card" in mine.get(here).content.decode()
    assert desk.post(take, {"format": "csv"}).status_code == 409, "Nobody has entered anything."
    bring_in(composing, congress[1])
    typed = {key: value or "" for key, value in data(composing).items()}
    wrong = mine.post(here, {**typed, "do": "identity", "expires_on": clock.today().isoformat()})
    assert wrong.status_code == 400 and "runs out on" in wrong.content.decode()
    assert mine.post(here, {**typed, "do": "identity"}).status_code == 302
    shown = mine.get(here).content.decode()
    assert "ending in 567" in shown and "X1234567" not in shown
    listed = desk.get(page).content.decode()
    assert "Entered by 1 of 2" in listed and "is left out of the file" in listed and "X1234567" not in listed
    table = desk.post(take, {"format": "csv"})
    assert "'=X1234567" in table.content.decode() and table["Cache-Control"] == "no-store"
    sheet = load_workbook(BytesIO(desk.post(take, {"format": "xlsx"}).content)).active
    assert [cell.value for cell in sheet[1]][4] == "Passport" and sheet.max_row == 2, "Who entered nothing is left out."
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=X1234567", "s")
    assert sheet["F2"].is_date
    assert desk.post(page, {"do": "delete", "reason": ""}).status_code == 400
    assert desk.post(page, {"do": "delete", "reason": "Accredited."}).status_code == 302
    assert "Accredited." in desk.get(page).content.decode()
    mine.post(here, {**typed, "do": "identity"})
    assert mine.post(here, {"do": "identity_delete"}).status_code == 302 and not IdentityDocument.objects.exists()
    for user, status in ((publisher, 403), (row.person.user, 403), (outsider, 404)):
        assert client_for(user).get(page).status_code == status
        assert client_for(user).post(take, {"format": "csv"}).status_code == status
    assert client_for(None).get(page).status_code == 302


def test_the_page_costs_the_same_at_any_length(client_for, coordinator, composing, congress, asked, django_assert_max_num_queries):
    desk, page = client_for(coordinator), reverse("observers:accreditation", args=[composing.reference])

    def add(person):
        row = invite(composing, person, by=SYSTEM)
        enter_identity(row, by=own(row), values=data(composing))

    add(congress[0])
    desk.get(page)
    with django_assert_max_num_queries(40) as few:
        desk.get(page)
    for person in congress[1:3]:
        add(person)
    with django_assert_max_num_queries(len(few)):
        assert desk.get(page).status_code == 200
