"""Findings suggested from figures, and the statement pack."""

from __future__ import annotations

import pytest

from core import translations
from core.actors import user_actor
from core.documents import documents_of
from core.errors import NotAllowed, NotNow
from missions.checks import missing_for
from reports.models import Finding, Statement
from reports.services import findings, statement
from reports.services.suggestions import suggest_findings


def test_remarks_and_good_stages_are_suggested_once(drafting, as_coordinator, figures, standards):
    assert suggest_findings(drafting, by=as_coordinator) == {"created": 3, "updated": 0, "unchanged": 0}
    assert suggest_findings(drafting, by=as_coordinator) == {"created": 0, "updated": 0, "unchanged": 3}
    rows = {row.origin: row for row in Finding.objects.all()}
    assert sorted(rows) == ["conduct:voting", "figure:B:B21", "figure:C:C09"]
    group = rows["figure:B:B21"]
    assert (
        translations.text_of(group, "statement", "en")
        == "“Group voting” gave cause for a remark in 12 of 96 of the stations visited (12.5 %)."
    )
    assert (group.kind, group.phase, group.seriousness, group.state) == ("concern", "voting", 2, "draft")
    assert group.evidence.get().frozen["denominator"] == 96
    assert rows["conduct:voting"].kind == "welcome"
    assert "%" not in translations.text_of(rows["figure:C:C09"], "statement", "en")


def test_new_figures_refresh_open_suggestions_and_leave_agreed_ones(drafting, as_coordinator, figures, standards, monkeypatch):
    suggest_findings(drafting, by=as_coordinator)
    findings.agree_finding(Finding.objects.get(origin="figure:B:B21"), by=as_coordinator)
    monkeypatch.setitem(figures["items"][0], "n", 20)
    monkeypatch.setitem(figures["items"][1], "n", 4)
    assert suggest_findings(drafting, by=as_coordinator) == {"created": 0, "updated": 1, "unchanged": 2}
    assert Finding.objects.get(origin="figure:B:B21").evidence.get().frozen["n"] == 12


def test_the_statement_needs_an_agreed_finding(mission, as_coordinator, head, observer_a, make_finding, figures):
    assert [one.code for one in missing_for("conclude", mission)] == ["no_findings"]
    with pytest.raises(NotNow):
        statement.freeze_statement(mission, by=as_coordinator)
    make_finding(mission)
    with pytest.raises(NotAllowed):
        statement.freeze_statement(mission, by=user_actor(observer_a))
    frozen = statement.freeze_statement(mission, by=user_actor(head))
    assert missing_for("conclude", mission) == []
    assert Finding.objects.get().state == "in_preliminary"
    content = frozen.content["languages"]["en"]
    assert [item["text"] for item in content["groups"]["concern"]] == ["Group voting was seen."]
    assert content["figures"]["stations"] == 96
    assert "F1" in frozen.unchecked["fr"]


def test_the_pack_is_drawn_in_three_languages(mission, as_coordinator, make_finding, figures, django_capture_on_commit_callbacks):
    make_finding(mission)
    frozen = statement.freeze_statement(mission, by=as_coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        statement.render_statement(frozen, by=as_coordinator, formats=["pdf", "html"])
    drawn = {(one.language, file.format): file.file for one in documents_of(frozen) for file in one.files.all()}
    assert sorted(drawn) == [(language, format_) for language in ("de", "en", "fr") for format_ in ("html", "pdf")]
    page = drawn[("en", "html")].read().decode()
    assert "of the stations visited" in page and "96" in page
    assert Statement.objects.count() == 1
