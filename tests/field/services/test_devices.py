"""Enrolment: a code works once, for minutes, for whoever may go into the field."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.test import Client
from knox.models import get_token_model
from rest_framework.test import APIClient

from core import clock
from core.actors import user_actor
from core.errors import NotAllowed, NotNow
from field.models import Device, EnrolmentCode
from field.services import devices
from observers.membership.verdicts import Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def eligible(monkeypatch):
    """R14 says yes; its own tests are in tests/observers."""
    monkeypatch.setattr(devices, "refuse_unless_eligible", lambda *_args, **_more: Verdict("R14", "allowed", "", {}, {}, ()))


def enrol(code):
    return APIClient().post("/api/v1/sync/enrol/", {"code": code, "name": "My phone", "language": "fr"}, format="json")


def test_a_code_enrols_once(coordinator, polling, team, eligible):
    person = team.members.get().person
    code = devices.make_code(person, polling, by=user_actor(coordinator))
    first, second = enrol(code.lower().replace("-", " ")), enrol(code)
    assert (first.status_code, second.status_code) == (201, 400)
    assert second.json()["errors"][0]["code"] == "enrolment_code"
    body = first.json()
    assert body["missions"] == [polling.reference]
    assert body["mission"] == polling.reference
    assert body["token"] not in str(Device.objects.values())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {body['token']}")
    assert client.get("/api/v1/sync/bootstrap/").json()["person"]["uuid"] == str(person.uuid)
    assert client.delete("/api/v1/sync/device/").status_code == 204
    assert client.get("/api/v1/sync/bootstrap/").json()["errors"][0]["code"] == "device_revoked"


def test_a_code_ends(coordinator, polling, team, eligible):
    code = devices.make_code(team.members.get().person, polling, by=user_actor(coordinator))
    EnrolmentCode.objects.update(expires_at=clock.real_now() - timedelta(seconds=1))
    assert enrol(code).status_code == 400


def test_a_new_code_ends_the_old(coordinator, polling, team, eligible):
    person, by = team.members.get().person, user_actor(coordinator)
    old, new = devices.make_code(person, polling, by=by), devices.make_code(person, polling, by=by)
    assert (enrol(old).status_code, enrol(new).status_code) == (400, 201)


def test_needs_r14(coordinator, polling, team):
    with pytest.raises(NotNow):
        devices.make_code(team.members.get().person, polling, by=user_actor(coordinator))


def test_only_coordinators_make_codes(outsider, polling, team, eligible):
    with pytest.raises(NotAllowed):
        devices.make_code(team.members.get().person, polling, by=user_actor(outsider))


def test_a_phone_has_fewer_rights_than_its_person(phone, coordinator, polling):
    assert phone.get("/api/v1/observations/").status_code == 200
    from core.rights import allowed

    actor = devices.actor_of(phone.device)
    assert not allowed(actor, "field.export_observation", polling)
    assert not allowed(actor, "missions.change_mission", polling)


def test_a_phone_that_is_set_up_again_is_renewed(coordinator, polling, team, make_team, eligible):
    """The same person on the same phone: the old token ends and the list shows the phone once. Other phones stay."""
    person, by = team.members.get().person, user_actor(coordinator)

    def set_up(who, **more):
        code = devices.make_code(who, polling, by=by)
        body = APIClient().post("/api/v1/sync/enrol/", {"code": code, "name": "My phone", **more}, format="json").json()
        return body["device"]["uuid"], body["token"]

    first, token = set_up(person)
    second, _token = set_up(person)
    assert Device.objects.working().count() == 2
    other, _token = set_up(make_team("Team 2", given="Bodil").members.get().person, renews=[first])
    third, _token = set_up(person, renews=[first, other])
    assert {str(row.uuid) for row in Device.objects.working()} == {second, other, third}
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/sync/bootstrap/").json()["errors"][0]["code"] == "device_revoked"


def test_a_phone_is_renamed_by_its_person(phone):
    assert phone.patch("/api/v1/sync/device/", {"name": "The blue one"}, format="json").json()["name"] == "The blue one"
    phone.device.refresh_from_db()
    assert phone.device.name == "The blue one"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("device_wipe", lambda device: Device.objects.filter(pk=device.pk).update(is_wipe_asked=True)),
        ("device_revoked", lambda device: Device.objects.filter(pk=device.pk).update(revoked_at=clock.real_now())),
        ("device_revoked", lambda device: get_token_model().objects.filter(digest=device.digest).delete()),
        ("device_revoked", lambda device: type(device.user).objects.filter(pk=device.user_id).update(is_active=False)),
        ("device_expired", lambda device: Device.objects.filter(pk=device.pk).update(expires_at=clock.real_now() - timedelta(seconds=1))),
        ("device_unknown", lambda device: Device.objects.filter(pk=device.pk).update(digest="another")),
    ],
)
def test_both_ways_to_know_a_phone_refuse_the_same_at_once(phone, polling, code, change):
    assert devices.authenticate(phone.token) == phone.device
    assert devices.authenticate_sender(phone.token, polling.reference) == (phone.device, polling)
    change(phone.device)
    for ask in (lambda: devices.authenticate(phone.token), lambda: devices.authenticate_sender(phone.token, polling.reference)):
        with pytest.raises(devices.NoDevice) as refused:
            ask()
        assert refused.value.code == code


def test_a_sender_hands_over_to_a_mission_of_its_person_only(phone, polling, make_mission, django_assert_num_queries):
    """Whoever was withdrawn while off line still hands over; and a form costs the same questions, whoever sent the one before."""
    for _time in range(2):
        assert (
            devices.authenticate_sender(phone.token, polling.reference)[1]
            == devices.mission_to_submit(phone.device, polling.reference)
            == polling
        )
    assert devices.authenticate_sender(phone.token, make_mission().reference)[1] is None
    assert devices.authenticate_sender(phone.token, "XX-1900-1") == (phone.device, None)
    phone.device.person.assignments.update(state="withdrawn")
    assert devices.authenticate_sender(phone.token, polling.reference)[1] == polling
    with django_assert_num_queries(0), pytest.raises(devices.NoDevice):
        devices.authenticate_sender("", polling.reference)


def test_the_desk_sets_up_collect(coordinator, polling, team, client_for, forms, monkeypatch, settings):
    """Address and password on a page that the browser does not keep, with the picture that Collect scans; R14 asks here too."""
    person, desk = team.members.get().person, client_for(coordinator)
    at_door = f"/openrosa/{polling.reference}/formList"
    assert desk.post(f"/missions/{polling.reference}/phones/{person.uuid}/collect/").status_code == 409
    monkeypatch.setattr(devices, "refuse_unless_eligible", lambda *_args, **_more: None)
    page = desk.post(f"/missions/{polling.reference}/phones/{person.uuid}/collect/")
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    token, name = page.context["token"], page.context["name"]
    assert page.context["address"] == f"{settings.SCRUTIN_URL}/openrosa/{polling.reference}"
    assert token in page.content.decode()
    assert page.context["picture"].startswith("<svg")
    device = Device.objects.get(name="ODK Collect")
    assert device.person == person
    assert token not in str(Device.objects.values())
    client = Client(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"{name}:{token}".encode()).decode())
    assert client.get(at_door).status_code == 200
    devices.revoke_device(device, by=user_actor(coordinator))
    assert b"This phone was signed out." in client.get(at_door).content
