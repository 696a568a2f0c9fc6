"""Texts adopted before Scrutin: entered, corrected, let out, assessed, related, imported; what the public and the one-year rule see."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from core import clock
from core.errors import Invalid, NotAllowed, NotNow, Stale
from missions.models import Country
from missions.services.reference import load_countries, load_past_missions
from reports.models import AdoptedText, FollowUp, PastText, Recommendation
from reports.services import public
from reports.services.earlier import earlier_of, relate_recommendation
from reports.services.followup import assess_recommendation, one_year_check_due, one_year_of, open_recommendations_of
from reports.services.past_import import import_past, preview_past
from reports.services.past_recommendations import correct_recommendation, enter_recommendation, remove_recommendation
from reports.services.past_texts import correct_text, enter_text, release_text, remove_text, take_back_text

LIST = """sep=;
Recommandation;Adoptée le;Pays;Année;Scrutin;Alinéa;Wording in English;Texte français;Destinataires;Priorité;Statut;Fondement;Apprécié le
Recommandation 900 (2009);20.03.2009;Bulgarie;2008;Local;5a;take  measures against “family voting” ;;CEC;haute;en partie;visite;15.03.2017
Recommendation 900 (2009);;;;;5 b);make polling stations accessible;rendre les bureaux accessibles;government | parliament;;;;
"""
WRONG = """number;adopted_on;country;year;election;paragraph;text_en;addressees;standards;topic;status
Recommendation 901 (2009);2009-03-20;BG;2008;Local elections;5.a;;Nobody;XX-1;L99;perhaps
Recommendation 901 (2009);;;;;5.a;once;;;;
Recommendation 901 (2009);2010-01-01;;;;5.b;twice;;;;fully
;;;;;5.c;no text;;;;
"""


@pytest.fixture
def countries(standards):
    load_countries()
    load_past_missions()


@pytest.fixture
def text(countries, as_publisher):
    """The text of a mission of the history, with two recommendations entered out of order."""
    made = enter_text(by=as_publisher, number="Recommandation 338 (2013)", adopted_on=date(2013, 3, 20), title_en="By-elections in Armenia")
    for paragraph, words in (("5 b)", {"en": "clean the lists"}), ("5a", {"en": "secure the secrecy of the vote", "de": "geheim wählen"})):
        enter_recommendation(made, paragraph=paragraph, wording=words, by=as_publisher, addressees=["government"], standards=["COGP-I.4"])
    made.refresh_from_db()
    return made


def imported(by, words, **more):
    return import_past(by=by, source=BytesIO(words.encode()), name="list.csv", **more)


def test_a_text_finds_its_mission_and_keeps_the_order_of_its_paragraphs(text):
    assert (text.number, text.country.code, text.year, text.past_mission.code) == ("Recommendation 338 (2013)", "AM", 2012, "2012-am-1")
    rows = list(text.recommendations.order_by("number"))
    assert [(row.number, row.paragraph, row.state, row.adopted_on) for row in rows] == [
        (1, "5.a", "adopted", date(2013, 3, 20)),
        (2, "5.b", "adopted", date(2013, 3, 20)),
    ]
    assert dict(rows[0].adopted_texts.values_list("language", "was_checked")) == {"en": True, "de": False}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "Recommendation 338 (2013)"}, "number"),
        ({"number": "Recommendation 9 (1999)"}, "country"),
        ({"number": "Recommendation 9 (1999)", "country": "AM", "year": 1980, "election": "x"}, "year"),
        ({"number": "Recommendation 9 (1999)", "country": "AM", "year": 2012}, "election"),
        ({"number": "", "country": "AM", "year": 2012, "election": "x"}, "number"),
        ({"number": "Recommendation 339 (2013)", "country": "AM"}, "country"),
        ({"number": "Recommendation 339 (2013)", "year": 2011}, "year"),
        ({"number": "Recommendation 339 (2013)", "adopted_on": date(2011, 3, 1)}, "adopted_on"),
        ({"number": "Recommendation 339 (2013)", "adopted_on": None}, "adopted_on"),
        ({"number": "Recommendation 339 (2013)", "web": "not an address"}, "web"),
        ({"number": "Recommendation 339 (2013)", "title_en": "x" * 301}, "title_en"),
    ],
)
def test_wrong_facts_of_a_text_name_the_field(text, as_publisher, values, field):
    if "country" in values:
        values = values | {"country": Country.objects.get(code=values["country"])}
    with pytest.raises(Invalid) as refusal:
        enter_text(by=as_publisher, **({"adopted_on": date(2013, 3, 20)} | values))
    assert refusal.value.attr == field


def test_wrong_recommendations_name_the_field(text, as_publisher):
    for values, field in (
        ({"paragraph": "five"}, "paragraph"),
        ({"paragraph": "5.A."}, "paragraph"),  # there already
        ({"wording": {"de": "nur deutsch"}}, "wording"),
        ({"wording": {"xx": "?"}}, "wording"),
        ({"priority": "urgent"}, "priority"),
        ({"addressees": ["nobody"]}, "addressees"),
        ({"standards": ["XX"]}, "standards"),
    ):
        with pytest.raises(Invalid) as refusal:
            enter_recommendation(text, by=as_publisher, **({"paragraph": "5.c", "wording": {"en": "x"}} | values))
        assert refusal.value.attr == field, values
    assert text.recommendations.count() == 2


def test_corrections_removal_and_who_may(text, as_publisher, as_coordinator, as_rapporteur):
    row = text.recommendations.get(paragraph="5.a")
    for call in (
        lambda by: enter_text(by=by, number="Recommendation 1 (1999)", adopted_on=date(1999, 1, 1)),
        lambda by: correct_recommendation(row, version=row.version, by=by, paragraph="5.f"),
        lambda by: remove_text(text, by=by),
        lambda by: release_text(text, by=by),
        lambda by: import_past(by=by, source=BytesIO(LIST.encode()), name="x.csv"),
        lambda by: assess_recommendation(row, status="fully", basis="letter", by=by),
    ):
        with pytest.raises(NotAllowed):
            call(as_rapporteur)
    with pytest.raises(NotAllowed):
        release_text(text, by=as_coordinator)
    with pytest.raises(Stale):
        correct_recommendation(row, version=row.version + 1, by=as_coordinator, paragraph="5.f")
    row = correct_recommendation(
        row, version=row.version, by=as_coordinator, paragraph="5.f", wording={"en": "secure secrecy", "fr": "assurer le secret", "de": ""}
    )
    assert (row.number, row.paragraph, row.authentic_language) == (2, "5.f", "en")
    assert dict(row.adopted_texts.values_list("language", "text")) == {"en": "secure secrecy", "fr": "assurer le secret"}
    assert AdoptedText.objects.get(recommendation=row, language="fr").search == "assurer le secret"
    text = PastText.objects.get()
    text = correct_text(text, version=text.version, by=as_coordinator, adopted_on=date(2013, 3, 21))
    assert set(text.recommendations.values_list("adopted_on", flat=True)) == {date(2013, 3, 21)}
    release_text(text, by=as_publisher)
    with pytest.raises(NotAllowed):
        correct_recommendation(row, version=row.version, by=as_coordinator, paragraph="5.g")
    with pytest.raises(NotNow):
        remove_recommendation(row, by=as_publisher)
    take_back_text(text, by=as_publisher)
    assess_recommendation(row, status="fully", basis="letter", assessed_on=date(2015, 1, 1), by=as_publisher)
    remove_recommendation(row, by=as_coordinator)
    remove_text(PastText.objects.get(), by=as_coordinator)
    assert not (PastText.objects.exists() or Recommendation.objects.exists() or FollowUp.objects.exists() or AdoptedText.objects.exists())


def test_a_text_without_recommendations_is_not_let_out(countries, as_publisher):
    with pytest.raises(NotNow) as refusal:
        release_text(enter_text(by=as_publisher, number="Recommendation 338 (2013)", adopted_on=date(2013, 3, 20)), by=as_publisher)
    assert [one.code for one in refusal.value.missing] == ["recommendations"]


def test_the_public_reads_it_once_it_is_let_out(text, as_publisher):
    row = text.recommendations.get(paragraph="5.a")
    note = {"en": "Booths were seen."}
    assess_recommendation(row, status="partially", basis="next_mission", assessed_on=date(2017, 5, 20), note=note, by=as_publisher)
    assess_recommendation(row, status="mostly", basis="next_mission", assessed_on=date(2023, 9, 20), by=as_publisher)
    stranger = Client()

    def get(name, *args, query="", language="en"):
        return stranger.get(reverse(f"reports:{name}", args=[language, *args]) + query)

    places = (
        ("public_country", ("AM",), ""), ("public_tracker", (), ""), ("public_tracker_json", (), ""), ("public_tracker_csv", (), ""),
        ("public_search", (), "?q=secrecy"),
    )  # fmt: skip
    for name, args, query in places:
        assert "secrecy of the vote" not in get(name, *args, query=query).content.decode(), name
    assert get("public_recommendation", row.uuid).status_code == 404
    before = get("public_country", "AM")["ETag"]
    release_text(text, by=as_publisher)
    assert get("public_country", "AM")["ETag"] != before, "caches see it"
    for name, args, query in places:
        assert "secrecy of the vote" in get(name, *args, query=query).content.decode(), name
    page = get("public_country", "AM").content.decode()
    assert "adopted since 2013" in page and "Before:" in page and "Recommendation 338 (2013): 2 recommendations" in page
    one = get("public_recommendation", row.uuid, language="de").content.decode()
    assert "geheim wählen" in one and "338 (2013)" in one and "ungeprüfte Übersetzung" in one and "By-elections in Armenia" in one
    data = get("public_tracker_json", query="?text=Empfehlung 338 (2013)&year=2013&addressee=government&status=mostly").json()["results"]
    assert [(one["paragraph"], one["text_number"], one["adopted_on"], one["status"]) for one in data] == [
        ("5.a", "Recommendation 338 (2013)", "2013-03-20", "mostly")
    ]
    assert [(one["on"], one["status"], one["note"]) for one in data[0]["history"]] == [
        ("2017-05-20", "partially", "Booths were seen."),
        ("2023-09-20", "mostly", ""),
    ]
    assert data[0]["text_title"] == "By-elections in Armenia"
    assert get("public_tracker_json", query="?year=2012").json()["count"] == 0
    assert str(row.uuid) in stranger.get(reverse("reports:public_sitemap")).content.decode()
    assert 2013 in public.years_of_adoption()
    take_back_text(text, by=as_publisher)
    assert get("public_recommendation", row.uuid).status_code == 404


def test_new_ones_find_it_and_it_finds_earlier_ones(
    text, make_recommendation, make_mission, make_election, as_coordinator, as_publisher, client_for
):
    mission = make_mission("drafting", election=make_election("AM"))
    draft = make_recommendation(mission, "secure the secrecy of each vote")
    assert earlier_of(draft, "en") == [], "nobody has let it out"
    assert open_recommendations_of(text.country) == []
    release_text(text, by=as_publisher)
    found = earlier_of(draft, "en")
    assert [(one.recommendation.paragraph, one.is_alike) for one in found] == [("5.a", True), ("5.b", False)]
    relate_recommendation(draft, found[0].recommendation, "repeats", by=as_coordinator)
    form = client_for(as_coordinator.user).get(reverse("reports:dialogue_add", args=[mission.reference])).context["form"]
    assert [label for _value, label in form.fields["recommendations"].choices] == [
        "Recommendation 338 (2013) 5.a",
        "Recommendation 338 (2013) 5.b",
    ]
    assert {one["number"] for one in open_recommendations_of(text.country)} == {
        "Recommendation 338 (2013) 5.a",
        "Recommendation 338 (2013) 5.b",
    }
    old = enter_text(
        by=as_publisher, number="Recommendation 1 (2003)", country=text.country, year=2002, election="Local", adopted_on=date(2003, 1, 1)
    )
    first = enter_recommendation(old, paragraph="7", wording={"fr": "le secret"}, by=as_publisher)
    release_text(old, by=as_publisher)
    relate_recommendation(found[0].recommendation, first, "widens", by=as_publisher)
    with pytest.raises(Invalid):
        relate_recommendation(first, found[0].recommendation, "repeats", by=as_publisher)  # the later one is not earlier
    take_back_text(old, by=as_publisher)
    with pytest.raises(NotNow):
        remove_recommendation(first, by=as_publisher)
    assert earlier_of(found[0].recommendation, "en") == []


def test_the_one_year_rule_asks_only_where_the_year_was_still_running(text, as_publisher):
    release_text(text, by=as_publisher)
    today = clock.today()
    young = enter_text(
        by=as_publisher, number="Recommendation 999 (2026)", country=text.country, year=(today - timedelta(days=300)).year,
        election="Local", adopted_on=today - timedelta(days=300),
    )  # fmt: skip
    row = enter_recommendation(young, paragraph="5.a", wording={"en": "x"}, by=as_publisher)
    release_text(young, by=as_publisher)
    assert list(one_year_check_due(today)) == []
    assert list(one_year_check_due(today + timedelta(days=100))) == [row]
    assert [one_year_of(one)[1] for one in (row, text.recommendations.first())] == [True, False]


def test_an_ugly_list_is_read_twice_to_the_same_effect(countries, as_publisher):
    fields = {one["name"]: one["field"] for one in preview_past(BytesIO(LIST.encode()), name="list.csv")["columns"]}
    assert (fields["Recommandation"], fields["Alinéa"], fields["Fondement"]) == ("number", "paragraph", "basis")
    assert imported(as_publisher, LIST, dry_run=True) | {"refused": 0} == {
        "created": 2, "updated": 0, "unchanged": 0, "texts": 1, "assessed": 1, "refused": 0,
    }  # fmt: skip
    assert not PastText.objects.exists()
    assert imported(as_publisher, LIST)["created"] == 2
    again = imported(as_publisher, LIST)
    assert (again["created"], again["updated"], again["unchanged"], again["texts"], again["assessed"]) == (0, 0, 2, 0, 0)
    changed = imported(as_publisher, LIST.replace("make polling", "make all polling"))
    assert (changed["updated"], changed["unchanged"]) == (1, 1)
    text = PastText.objects.get()
    assert (text.number, text.adopted_on, text.is_public) == ("Recommendation 900 (2009)", date(2009, 3, 20), False)
    row = text.recommendations.with_status().get(paragraph="5.a")
    assert (row.priority, row.status, row.adopted_texts.get().text) == ("high", "partially", "take measures against “family voting”")


def test_wrong_cells_are_all_named_and_nothing_is_stored(countries, as_publisher):
    answer = imported(as_publisher, WRONG)
    assert [(one["row"], one["column"]) for one in answer["refused"]] == [
        (2, "addressees"), (2, "standards"), (2, "topic"), (2, "status"), (2, "text_en"), (3, "paragraph"), (4, "adopted_on"),
        (5, "number"),
    ]  # fmt: skip
    assert not PastText.objects.exists()
    with pytest.raises(Invalid) as refusal:
        imported(as_publisher, "a;b\n1;2\n")
    assert refusal.value.attr == "map"


def test_no_row_changes_sides(text, drafting, make_report, walk):
    walk(make_report(drafting), "adopted")
    ours, past = Recommendation.objects.get(mission=drafting), text.recommendations.get(paragraph="5.a")
    for act in (
        lambda: Recommendation.objects.filter(pk=ours.pk).update(mission=None, report=None, past_text=text),
        lambda: Recommendation.objects.filter(pk=past.pk).update(mission=drafting, past_text=None),
        lambda: Recommendation.objects.filter(pk=past.pk).update(mission=drafting),
        lambda: Recommendation.objects.filter(pk=past.pk).update(state="draft"),
        lambda: AdoptedText.objects.filter(recommendation=past, language="de").update(recommendation=ours),
        lambda: AdoptedText.objects.filter(recommendation=ours, language="en").update(text="other words"),
        lambda: AdoptedText.objects.filter(recommendation=ours).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
