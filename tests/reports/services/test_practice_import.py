"""Good practice of other collections: read in by column names, all or nothing, safe to repeat, public only after a person's yes."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from core import translations
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from missions.services.reference import load_countries
from reports.models import GoodPractice
from reports.services.practice_import import import_practices, preview_practices
from reports.services.practices import add_practice, change_practice, move_practice

LIST = """id;Country;municipality;since;level;step;actors;title;title_fr;text;lesson;told by;url
17;Estonia;Tartu;2013;active involvement;decision;local authority, citizens;Budget votes;Votes du budget;'=People vote.;Start small.;City office;https://example.org/17
18;EE;;;consultation;agenda;ngo;Youth panel;;Young people are asked.;Ask them early.;;
"""
WRONG = """id;country;level;step;actors;title;text;lesson;since;web
1;Atlantis;shouting;drafting;kings;Bare;What is done.;Lesson.;soon;
2;EE;dialogue;drafting;ngo;;What is done.;Lesson.;2013;nowhere
2;EE;dialogue;drafting;ngo;Twice;What is done.;Lesson.;2013;nowhere
3;EE;dialogue;drafting;ngo;Good;What is done.;Lesson.;2013;
"""


@pytest.fixture
def countries(db):
    load_countries()


def imported(by, words, *, name="list.csv", collection="Tartu collection", licence="CC BY 4.0", **more):
    return import_practices(by=by, source=BytesIO(words.encode()), name=name, collection=collection, licence=licence, **more)


def test_a_list_becomes_drafts_marked_with_collection_and_licence(countries, as_coordinator):
    fields = {one["name"]: one["field"] for one in preview_practices(BytesIO(LIST.encode()), name="list.csv")["columns"]}
    assert fields["municipality"] == "place" and fields["told by"] == "source_name" and fields["url"] == "source_url"
    assert imported(as_coordinator, LIST, dry_run=True)["created"] == 2 and not GoodPractice.objects.exists()
    assert imported(as_coordinator, LIST) == {"created": 2, "updated": 0, "unchanged": 0, "reopened": 0, "own": 0, "refused": []}
    row = GoodPractice.objects.collected().get(source_id="17")
    assert (row.label, row.state, row.collection, row.licence) == ("C1", "draft", "Tartu collection", "CC BY 4.0")
    assert (row.country.code, row.place, row.year, row.level, row.actors) == (
        "EE",
        "Tartu",
        2013,
        "involvement",
        ["local_authority", "citizens"],
    )
    assert translations.text_of(row, "text", "en") == "=People vote."  # the mark of the export is gone
    assert translations.texts(row, "title")["fr"].state == "machine" and (row.source_name, row.source_agreed) == ("City office", True)
    with pytest.raises(NotNow):
        change_practice(row, version=row.version, by=as_coordinator, place="Narva")


def test_one_wrong_row_and_nothing_is_stored(countries, as_coordinator):
    answer = imported(as_coordinator, WRONG)
    said = [(one["row"], one["column"]) for one in answer["refused"]]
    assert sorted(said) == [(2, "actors"), (2, "country"), (2, "level"), (2, "since"), (3, ""), (4, "web")]
    assert "Information" in next(one["why"] for one in answer["refused"] if one["column"] == "level")
    assert answer["created"] == 0 and not GoodPractice.objects.exists()
    lacking = imported(as_coordinator, LIST, licence="")["refused"]
    assert [one["row"] for one in lacking] == [2, 3] and "licence" in lacking[0]["why"].lower()
    for words, attr, more in (
        ("id;x\n1;2\n", "map", {}),
        (LIST, "collection", {"collection": " "}),
        (LIST, "language", {"language": "xx"}),
    ):
        with pytest.raises(Invalid) as refusal:
            imported(as_coordinator, words, **more)
        assert refusal.value.attr == attr


def test_read_in_again_only_what_changed_goes_back_to_a_person(countries, as_coordinator, as_publisher, make_user):
    imported(as_coordinator, LIST)
    for row in GoodPractice.objects.collected():
        move_practice(row, "check", by=as_coordinator)
        move_practice(row, "publish", by=as_publisher)
    assert imported(as_coordinator, LIST)["unchanged"] == 2 and GoodPractice.objects.out().count() == 2
    changed = LIST.replace("Start small.", "Start small, and stay.")
    refused = imported(as_coordinator, changed)["refused"]
    assert [(one["row"], one["column"]) for one in refused] == [(2, "id")] and GoodPractice.objects.out().count() == 2
    answer = imported(as_publisher, changed)
    assert (answer["updated"], answer["unchanged"], answer["reopened"]) == (1, 1, 1)
    row = GoodPractice.objects.get(source_id="17")
    assert row.state == "draft" and translations.text_of(row, "lesson", "en") == "Start small, and stay."
    assert imported(as_publisher, changed, collection="Another one")["created"] == 2  # the same names in another collection
    with pytest.raises(NotAllowed):
        imported(user_actor(make_user("Otto", "Out")), LIST)


def test_what_we_publish_can_be_read_in_and_our_own_comes_back_as_ours(countries, drafting, as_coordinator, as_publisher):
    words = {
        "title": {"en": "Budget days", "fr": "Journées"},
        "text": {"en": "-Asked.", "fr": "Demandé."},
        "lesson": {"en": "Ask.", "fr": "Ask"},
    }
    own = add_practice(
        mission=drafting, texts=words, by=as_coordinator, level="dialogue", step="agenda", actors=["ngo", "youth"], year=2020
    )
    move_practice(own, "check", by=as_coordinator)
    move_practice(own, "publish", by=as_publisher, languages=["fr"], unchecked_accepted=["fr"])
    stranger = Client()
    files = {name: stranger.get(reverse(f"reports:public_practices_{name}", args=["fr"])).content.decode() for name in ("csv", "json")}
    for name, text in files.items():
        answer = imported(as_coordinator, text, name=f"list.{name}", collection="Scrutin", licence="")
        assert answer["own"] == 1 and not answer["refused"], (name, answer)
        other = text.replace(str(own.uuid), "12345678-1234-4234-8234-123456789012")
        answer = imported(as_coordinator, other, name=f"list.{name}", collection=f"Scrutin {name}", licence="")
        assert answer["created"] == 1, (name, answer)
        row = GoodPractice.objects.get(collection=f"Scrutin {name}")
        assert row.licence.startswith("Creative Commons") and row.actors == ["ngo", "youth"] and row.year == 2020
        assert translations.text_of(row, "text", row.authentic_language) == {"csv": "Demandé.", "json": "-Asked."}[name]
    assert json.loads(files["json"])["results"][0]["collection"] == ""


def test_at_the_desk_and_in_public(countries, coordinator, publisher, as_coordinator, client):
    client.force_login(coordinator)
    page = client.post(reverse("reports:collected_upload"), {"file": _upload()}, follow=True)
    columns = [row["name"] for row in page.context["shown"]["columns"]]
    fields = {f"column_{n}": page.context["shown"]["columns"][n]["field"] for n in range(len(columns))}
    data = fields | {"collection": "Tartu collection", "licence": "CC BY 4.0", "language": "en"}
    url = page.request["PATH_INFO"]
    assert client.post(url, data | {"collection": ""}).status_code == 400
    assert "2 new" in client.post(url, data | {"dry_run": "1"}).content.decode() and not GoodPractice.objects.exists()
    assert client.post(url, data, follow=True).redirect_chain[-1][0] == reverse("reports:collected")
    row = GoodPractice.objects.get(source_id="17")
    public = reverse("reports:public_practice", args=["en", row.uuid])
    stranger = Client()
    client.post(reverse("reports:collected_move", args=[row.uuid]), {"action": "check"})
    assert stranger.get(public).status_code == 404
    assert client.post(reverse("reports:collected_move", args=[row.uuid]), {"action": "publish"}).status_code == 403
    client.force_login(publisher)
    assert "CC BY 4.0" in client.get(row.get_absolute_url()).content.decode()
    client.post(reverse("reports:collected_move", args=[row.uuid]), {"action": "publish", "languages": ["en"]})
    text = stranger.get(public).content.decode()
    assert "Tartu collection" in text and "CC BY 4.0" in text and 'href="https://example.org/17"' in text
    answer = client.post("/api/v1/good-practices/import/", {"file": _upload(), "collection": "Tartu collection", "licence": "CC BY 4.0"})
    assert answer.json()["unchanged"] == 2
    found = client.get("/api/v1/good-practices/", {"collection": "Tartu collection"}).json()["results"]
    assert {one["source_id"] for one in found} == {"17", "18"} and found[0]["mission"] is None


def _upload():
    upload = BytesIO(LIST.encode())
    upload.name = "list.csv"
    return upload
