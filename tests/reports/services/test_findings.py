"""Findings: written, agreed with evidence, dropped with a reason, guarded against stale saves."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from core import translations
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow, Stale
from core.models import AuditEntry
from reports.enums import FindingState
from reports.lifecycle import FINDING_MOVES
from reports.models import Finding
from reports.services import evidence, findings


def add(mission, by, text="Ballots were marked in the open.", **values):
    return findings.add_finding(mission=mission, statement={"en": text}, phase="voting", by=by, **values)


def test_an_observer_writes_a_finding_and_it_gets_a_number(mission, observer_a, as_coordinator):
    first = add(mission, user_actor(observer_a))
    second = add(mission, as_coordinator)
    assert [first.label, second.label] == ["F1", "F2"]
    assert translations.text_of(first, "statement", "en") == "Ballots were marked in the open."
    assert AuditEntry.objects.filter(action="reports.finding_added", mission=mission.reference).count() == 2


def test_a_stranger_writes_none(mission, outsider):
    with pytest.raises(NotAllowed):
        add(mission, user_actor(outsider))
    assert not Finding.objects.exists()


def test_the_delegation_discusses_a_finding_but_not_a_confidential_one(mission, as_coordinator, observer_a, outsider, client_for):
    by = user_actor(observer_a)
    finding = add(mission, as_coordinator)
    findings.comment_finding(finding, text=" We saw it in three stations. ", by=by)
    with pytest.raises(Invalid):
        findings.comment_finding(finding, text=" ", by=by)
    with pytest.raises(NotAllowed):
        findings.comment_finding(finding, text="Let me in.", by=user_actor(outsider))
    page = client_for(observer_a).get(finding.get_absolute_url()).content.decode()
    assert "We saw it in three stations." in page and observer_a.name in page
    closed = add(mission, as_coordinator, "Told in confidence.", access="secretariat")
    with pytest.raises(NotAllowed):
        findings.comment_finding(closed, text="What is it?", by=by)
    assert client_for(observer_a).get(closed.get_absolute_url()).status_code == 404
    assert (finding.comments.count(), closed.comments.count()) == (1, 0)


def test_a_finding_needs_words_and_known_choices(mission, as_coordinator):
    with pytest.raises(Invalid) as refusal:
        add(mission, as_coordinator, text="  ")
    assert refusal.value.attr == "statement"
    with pytest.raises(Invalid) as refusal:
        add(mission, as_coordinator, kind="rumour")
    assert refusal.value.attr == "kind"


def test_agreeing_needs_evidence_and_the_head_or_coordinator(mission, as_coordinator, head, observer_a):
    finding = add(mission, as_coordinator)
    with pytest.raises(NotNow) as refusal:
        findings.agree_finding(finding, by=user_actor(head))
    assert refusal.value.code == "no_evidence"
    evidence.link_figure(finding, item="B20", label="B20", n=3, denominator=40, by=as_coordinator)
    with pytest.raises(NotAllowed):
        findings.agree_finding(finding, by=user_actor(observer_a))
    agreed = findings.agree_finding(finding, by=user_actor(head))
    assert (agreed.state, agreed.agreed_by) == (FindingState.AGREED, head)
    assert findings.agree_finding(finding, by=user_actor(head)).version == agreed.version


def test_dropping_asks_for_a_reason_and_the_database_for_it_too(mission, as_coordinator, make_finding):
    finding = make_finding(mission)
    with pytest.raises(Invalid):
        findings.drop_finding(finding, by=as_coordinator, reason=" ")
    assert findings.drop_finding(finding, by=as_coordinator, reason="Seen once only.").drop_reason == "Seen once only."
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(drop_reason="")


def test_a_stale_save_is_refused_and_loses_nothing(mission, as_coordinator, observer_a):
    finding = add(mission, as_coordinator)
    findings.change_finding(finding, version=1, by=as_coordinator, statement={"en": "First."}, seriousness=3)
    with pytest.raises(Stale):
        findings.change_finding(finding, version=1, by=as_coordinator, statement={"en": "Second."})
    finding.refresh_from_db()
    assert (finding.version, finding.seriousness) == (2, 3)
    assert translations.text_of(finding, "statement", "en") == "First."
    with pytest.raises(NotAllowed):
        findings.change_finding(finding, version=2, by=user_actor(observer_a), seriousness=1)


def test_an_agreed_finding_is_opened_before_it_is_changed(mission, as_coordinator, make_finding):
    finding = make_finding(mission)
    with pytest.raises(NotNow):
        findings.change_finding(finding, version=finding.version, by=as_coordinator, seriousness=3)
    finding = findings.move_finding(finding, "reopen", by=as_coordinator, note="New evidence.")
    assert findings.change_finding(finding, version=finding.version, by=as_coordinator, seriousness=3).seriousness == 3


@pytest.mark.parametrize("action", FINDING_MOVES)
@pytest.mark.parametrize("state", FindingState.values)
def test_every_state_against_every_move(state, action, mission, as_coordinator, make_finding):
    finding = make_finding(mission, agreed=False)
    Finding.objects.filter(pk=finding.pk).update(state=state, drop_reason="x" if state == "dropped" else "")
    move = FINDING_MOVES[action]
    if state in move.sources or state == move.target:
        assert findings.move_finding(finding, action, by=as_coordinator, note="Because.").state == move.target
    else:
        with pytest.raises(NotNow):
            findings.move_finding(finding, action, by=as_coordinator, note="Because.")


def test_a_changed_statement_makes_its_translation_stale(mission, as_coordinator):
    finding = add(mission, as_coordinator)
    findings.translate_finding(finding, language="fr", text="Bulletins marqués à découvert.", by=as_coordinator, checked=True)
    assert translations.texts(finding, "statement")["fr"].state == "checked"
    findings.change_finding(finding, version=1, by=as_coordinator, statement={"en": "Ballots were marked openly."})
    assert translations.texts(finding, "statement")["fr"].state == "stale"


def test_a_suggested_finding_is_made_once(mission, as_coordinator):
    one = add(mission, as_coordinator, origin="figure:B21")
    assert add(mission, as_coordinator, origin="figure:B21") == one
