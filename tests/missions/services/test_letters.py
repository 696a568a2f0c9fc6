"""Letters from editable templates: the house's wording, one's own, checked variables, restoring."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.actors import user_actor
from core.audit import entries_of
from core.documents import freeze
from core.errors import Invalid, NotAllowed
from core.models import AuditEntry
from missions.documents.wording import day_in
from missions.enums import DecisionOutcome
from missions.models import LetterTemplate
from missions.services import decisions, letters
from tests.missions.services.test_requests import before_bureau, decide, opened, received  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", DecisionOutcome.values)
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_house_has_a_wording_for_each_answer_and_language(kind, language, bulgaria):
    text = letters.house_text(kind, language)
    assert letters.check_text(text) == text
    shown = letters.preview(text, language)
    assert "{" not in shown
    assert {"en": "Bulgaria", "fr": "Bulgarie", "de": "Bulgarien"}[language] in shown


def test_one_s_own_wording_counts_until_it_is_restored(before_bureau, as_coordinator):  # noqa: F811
    own = "Merci, {authority}: {country}, {polling_days}, {format}, {reference}."
    row = letters.save_wording("accepted", "fr", by=as_coordinator, text=own + "  \r\n")
    letters.save_wording("accepted", "fr", by=as_coordinator, text=own)
    assert (row.text, row.is_own, LetterTemplate.objects.count()) == (own, True, 1)
    decision = decide(before_bureau, as_coordinator)
    text = letters.answer_text(decision, "fr")
    assert text.startswith("Merci, Central Election Commission: Bulgarie, ")
    assert text.endswith("Mission élargie, CG-BUR(2026)12.")
    assert "Merci" not in letters.answer_text(decision, "en")
    stored = LetterTemplate.objects.get()
    assert [entry.action for entry in entries_of(stored)] == ["missions.letter_changed"]
    assert letters.restore_wording("accepted", "fr", by=as_coordinator).text == letters.house_text("accepted", "fr")
    assert not letters.restore_wording("accepted", "fr", by=as_coordinator).is_own
    assert AuditEntry.objects.filter(action="missions.letter_restored").count() == 1


def test_the_letter_that_goes_out_is_the_one_of_the_template(before_bureau, as_coordinator):  # noqa: F811
    letters.save_wording("declined", before_bureau.language, by=as_coordinator, text="Non pour {country}.\n\nAvec regret.")
    decision = decide(before_bureau, as_coordinator, outcome=DecisionOutcome.DECLINED, format="")
    assert decisions.answer_authority(decision, by=as_coordinator).answer == "Non pour Bulgarie.\n\nAvec regret."
    content = freeze("missions.answer_letter", before_bureau, "fr", by=as_coordinator).content
    assert "Non pour Bulgarie." in str(content)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dear {minister}", "unknown_variable"),
        ("Dear {country.code}", "unknown_variable"),
        ("Dear {country!r}", "unknown_variable"),
        ("Dear {country:>20}", "unknown_variable"),
        ("Dear {}", "unknown_variable"),
        ("Dear {country", "stray_brace"),
        ("Dear country}", "stray_brace"),
        ("   ", "invalid"),
        ("x" * (letters.LONGEST + 1), "invalid"),
    ],
)
def test_what_no_letter_can_say_is_refused(as_coordinator, text, code):
    with pytest.raises(Invalid) as refusal:
        letters.save_wording("accepted", "en", by=as_coordinator, text=text)
    assert (refusal.value.attr, refusal.value.code) == ("text", code)
    assert not LetterTemplate.objects.exists()


def test_braces_that_are_no_variable_are_doubled(bulgaria):
    assert letters.preview("{{ {country} }}", "en") == "{ Bulgaria }"


@pytest.mark.parametrize(
    ("kind", "shown"), [("accepted", "Observation mission"), ("fact_finding", "Fact-finding or high-level visit"), ("declined", "–")]
)
def test_the_preview_goes_with_the_decision(bulgaria, kind, shown):
    assert letters.preview("{format}", "en", kind=kind) == shown


def test_saving_the_house_s_words_is_restoring_them(as_coordinator):
    letters.save_wording("accepted", "en", by=as_coordinator, text="Yes.")
    assert not letters.save_wording("accepted", "en", by=as_coordinator, text=letters.house_text("accepted", "en")).is_own
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize("cast", ["outsider", "auditor", "publisher"])
def test_only_coordinators_word_letters(cast, request):
    by = user_actor(request.getfixturevalue(cast))
    with pytest.raises(NotAllowed):
        letters.save_wording("accepted", "en", by=by, text="Yes.")
    with pytest.raises(NotAllowed):
        letters.restore_wording("accepted", "en", by=by)


def test_the_pages(client_for, coordinator, auditor, bulgaria, django_assert_max_num_queries):
    desk = client_for(coordinator)
    url = reverse("missions:letter", args=["declined", "de"])
    assert client_for(None).get(url).status_code == 302
    assert client_for(auditor).get(url).status_code == 403
    assert desk.get(reverse("missions:letter", args=["perhaps", "de"])).status_code == 404
    assert desk.get(reverse("missions:letter", args=["declined", "xx"])).status_code == 404
    assert "{country}" in desk.get(url).content.decode()
    shown = desk.post(url, {"text": "Nein, {country}.", "preview": "1"})
    assert "Nein, Bulgarien." in shown.content.decode()
    assert not LetterTemplate.objects.exists()
    assert desk.post(url, {"text": "Nein, {nobody}.", "preview": "1"}).status_code == 400
    refused = desk.post(url, {"text": "Nein, {nobody}."})
    assert refused.status_code == 400
    assert "{nobody}" in refused.content.decode()
    assert desk.post(url, {"text": "Nein, {country}."}).status_code == 302
    listed = desk.get(reverse("missions:letters")).content.decode()
    assert "Nein, {country}." in listed
    assert desk.post(reverse("missions:letter_restore", args=["declined", "de"])).status_code == 302
    assert not LetterTemplate.objects.exists()


def test_the_day_of_the_decision_does_not_read_like_polling_day(before_bureau, as_coordinator):  # noqa: F811
    decision = decide(before_bureau, as_coordinator)
    text = letters.answer_text(decision, "en")
    assert text.startswith(f"On {day_in(decision.decided_on, 'en')} the Bureau of the Congress examined your invitation")
    assert f"(polling: {day_in(before_bureau.election.first_day, 'en')})" in text


def test_a_wording_of_one_s_own_from_before_still_counts(before_bureau, as_coordinator):  # noqa: F811
    own = "The Bureau examined your invitation on {day}."
    LetterTemplate.objects.create(kind="accepted", language="en", text=own, changed_by="user:1")
    text = letters.answer_text(decide(before_bureau, as_coordinator), "en")
    assert text.startswith("The Bureau examined your invitation on ")
