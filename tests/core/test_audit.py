"""The log: written with the act, sealed in order, never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from core import audit
from core.actors import SYSTEM
from core.models import AuditEntry

pytestmark = pytest.mark.django_db


def _three_acts() -> list[AuditEntry]:
    return [audit.record(SYSTEM, "core.tested", None, data={"n": n}) for n in range(3)]


def test_entry_names_actor_act_and_object(coordinator):
    entry = audit.record(SYSTEM, "accounts.user_created", coordinator, fields=["email"])
    assert (entry.actor, entry.object_type, entry.object_id, entry.fields) == ("system", "accounts.user", str(coordinator.uuid), ["email"])
    assert list(audit.entries_of(coordinator)) == [entry]


def test_sealing_numbers_in_order_and_is_done_once():
    _three_acts()
    assert audit.seal_entries() == 3
    assert audit.seal_entries() == 0
    audit.record(SYSTEM, "core.tested")
    assert audit.seal_entries() == 1
    assert list(AuditEntry.objects.order_by("id").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert audit.broken_seals() == []


@pytest.mark.parametrize("sealed", [True, False])
def test_an_entry_cannot_be_changed(sealed):
    entry = _three_acts()[1]
    if sealed:
        audit.seal_entries()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(actor="somebody else")
    assert AuditEntry.objects.get(pk=entry.pk).actor == "system"


def test_an_entry_cannot_be_resealed_or_deleted():
    entry = _three_acts()[1]
    audit.seal_entries()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(seal="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()
    assert AuditEntry.objects.count() == 3


def test_the_log_is_read_by_auditors_only(auditor, coordinator, client_for):
    audit.register_code("core.tested", "Tested the house.")
    _three_acts()
    assert "Tested the house." in client_for(auditor).get("/log/").content.decode()
    assert client_for(coordinator).get("/log/").status_code == 403
