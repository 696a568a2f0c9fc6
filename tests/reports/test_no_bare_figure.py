"""No figure in any text without n and denominator: whatever was observed, in every text that is composed, frozen or published.

Observations are generated (none, few, around thirty, many; several areas and slots; "not observed" in between) and counted here a second
time, one by one. Then everything is composed in three languages, published, and read as a stranger reads it: pages, descriptions for
search engines, feed, tables, data. What is said in a text must be one of the figures counted here, whole.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from io import StringIO
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from core import clock, translations
from core.errors import DomainError, Invalid, NotNow
from core.models import AuditEntry
from field.models import Form, FormVersion, Observation
from field.packing import Layout
from missions.models import Meeting, Mission, Station
from reports.documents.letter.build import build as build_letter
from reports.documents.mission_text.build import build as build_text
from reports.documents.report.build import build as build_report
from reports.documents.statement.build import build as build_statement
from reports.models import AcceptedShare, AdoptedText, Finding, Publication, Recommendation, Report, ReportParagraph
from reports.services import (
    accepted_shares,
    evidence,
    findings,
    followup,
    mission_text_release,
    mission_texts,
    paragraphs,
    practices,
    publication,
    recommendations,
    statement,
    suggestions,
)
from reports.services.shares import SHARES_FROM, bare_in, bare_sentences, bare_shares, core_of, shortened, strings_in

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "fr", "de")
HEAVY: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "phases": [Phase.explicit, Phase.generate],
    "database": None,
}
"""Each example writes and publishes a whole report: what fails is told as it is, without looking for a smaller one."""
VISITED = {"en": "of the stations visited", "fr": "des bureaux de vote visités", "de": "der besuchten Wahllokale"}
BOARDS = ("members of the boards in the stations visited", "membres des commissions dans", "Mitgliedern der Wahlvorstände in den")
COUNT = re.compile(r"(\d+) (?:of|sur|von) (\d+) (of the stations|des bureaux|der besuchten|members|membres|Mitgliedern)")
SCALE = ("very_good", "good", "bad", "very_bad", "not_observed")


def options(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "label": dict.fromkeys(LANGUAGES, name)} for name in names]


QUESTIONS: list[dict[str, Any]] = [
    {"code": "B06", "kind": "single", "options": options("unaided", "with_help", "not_possible", "not_observed")},
    {"code": "B07", "kind": "single", "options": options("yes", "no", "not_observed")},
    {
        "code": "B21", "kind": "single", "standards": ["COGP-I.4"], "options": options("none", "some", "not_observed"),
        "label": {"en": "Group voting", "fr": "Vote en groupe", "de": "Gruppenwahl"},
    },
    {"code": "flag_B21", "kind": "calculate", "calculate": "if(${B21} = 'some', '2', '')"},
    {"code": "B34", "kind": "single", "options": options(*SCALE)},
    {"code": "H11", "kind": "int"},
    {"code": "H12", "kind": "int"},
    {"code": "H13", "kind": "single", "options": options("yes", "no", "not_observed")},
]  # fmt: skip


@pytest.fixture
def base(drafting, make_report, make_assignment, as_coordinator) -> Mission:
    """A mission with a report in three languages, a head of delegation, stations in two areas and a press conference."""
    make_report(drafting)
    Report.objects.update(languages=list(LANGUAGES))
    make_assignment(drafting, "head", "Hedda", "Head")
    for number in range(4):
        Station.objects.create(mission=drafting, code=f"S{number}", name="School", district=f"Area {number % 2}", setting="urban")
    day = drafting.polling_day + timedelta(days=1)
    Meeting.objects.create(
        mission=drafting, kind="press_conference", title="Press conference", start_day=day, end_day=day, start_time=time(15),
        end_time=time(16), zone=drafting.zone, starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1), place="Sofia", state="held",
    )  # fmt: skip
    form = Form.objects.create(code="B", form_id="voting", stage="voting", title_en="Voting")
    FormVersion.objects.create(form=form, version="1", state="published", questions=QUESTIONS, xlsform=None)
    return drafting


def observe(mission: Mission, visits: int, random: Random) -> list[dict[str, Any]]:
    """So many visits, as they would lie there; their answers."""
    version, stations = FormVersion.objects.get(form__code="B"), list(Station.objects.filter(mission=mission))
    given, rows = [], []
    for _number in range(visits):
        answers: dict[str, Any] = {}
        for question in QUESTIONS:
            names = [one["name"] for one in question.get("options", [])]
            if names and random.random() < 0.9:
                answers[question["code"]] = random.choice(names)
        if random.random() < 0.8:
            answers["H11"] = random.randint(0, 9)
            answers["H12"] = random.randint(0, answers["H11"])
        flags = {"B21": 2} if answers.get("B21") == "some" else {}
        uuid, packed = uuid4(), Layout(QUESTIONS).pack(answers, flags)
        rows.append(
            Observation(
                uuid=uuid,
                root=uuid,
                mission=mission,
                form=version.form,
                form_version=version,
                raw_xml="<x/>",
                content_hash="x",
                answers=answers,
                flags=flags,
                packed=packed,
                station=random.choice(stations),
                slot=random.choice(["08-10", "10-12", ""]),
                setting="urban",
            )  # fmt: skip
        )
        given.append(answers)
    Observation.objects.bulk_create(rows)
    return given


def counted(given: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """The figures, counted one answer after the other: not observed is in neither n nor denominator."""
    remarks = [one["B21"] for one in given if one.get("B21") in {"none", "some"}]
    conduct = [one["B34"] for one in given if one.get("B34") in SCALE[:4]]
    both = [(one["B06"], one["B07"]) for one in given if one.get("B06") not in {None, "not_observed"} and one.get("B07") in {"yes", "no"}]
    chairs = [one["H13"] for one in given if one.get("H13") in {"yes", "no"}]
    boards = [(one["H12"], one["H11"]) for one in given if one.get("H11")]
    return {
        "B21": (remarks.count("some"), len(remarks)),
        "conduct": (sum(one in SCALE[:2] for one in conduct), len(conduct)),
        "access": (both.count(("unaided", "yes")), len(both)),
        "chairs": (chairs.count("yes"), len(chairs)),
        "women": (sum(n for n, _all in boards), sum(n for _women, n in boards)),
        "boards": (len(boards), len(boards)),
    }


class Reader:
    """Reads texts, and remembers what of them is no figure as it was counted."""

    def __init__(self, truth: dict[str, tuple[int, int]]) -> None:
        self.pairs = {truth[name] for name in ("B21", "conduct", "access", "chairs")}
        self.women, self.boards = truth["women"], truth["boards"][0]
        self.figures = 0
        self.bare: set[str] = set()
        self.typed = "\0"
        """What somebody typed with numbers of their own, and a publisher let stand."""

    def text(self, text: str, where: str) -> None:
        """A sentence, or several."""
        assert "{figure:" not in text, (where, text)
        self.bare |= {core_of(one.sentence) for one in bare_sentences(text)}
        text = text.replace(self.typed, "")
        for found in COUNT.finditer(text):
            pair, kind = (int(found[1]), int(found[2])), found[3]
            of_people = kind in {"members", "membres", "Mitgliedern"}
            assert pair == self.women if of_people else pair in self.pairs, (where, text)
            rest = text[found.start(3) :]
            assert rest.startswith((*BOARDS, *VISITED.values())), (where, text)
            share = re.match(r"[^()]*? \(([\d.,]+) %\)", rest)
            enough = (self.boards if of_people else pair[1]) >= SHARES_FROM
            assert bool(share) <= enough, (where, text)
            if share:
                assert abs(float(share[1].replace(",", ".")) - 100 * pair[0] / pair[1]) < 0.051, (where, text)
            self.figures += 1

    def data(self, content: Any, where: str) -> None:
        """Plain data: every string, and every `share` beside its n and denominator."""
        if isinstance(content, dict) and "share" in content and "denominator" in content:
            enough = min(content["denominator"], content.get("forms", content["denominator"])) >= SHARES_FROM
            assert (content["share"] is not None) == enough, (where, content)
            assert content["n"] <= content["denominator"], (where, content)
            self.figures += 1
        if isinstance(content, dict) and content.get("type") == "table":
            self.table([[str(cell) for cell in row] for row in content["rows"]], where)
            content = {name: value for name, value in content.items() if name != "rows"} | {"rows": [row[0] for row in content["rows"]]}
        if isinstance(content, str):
            self.text(content, where)
        for value in content.values() if isinstance(content, dict) else content if isinstance(content, list | tuple) else []:
            self.data(value, where)

    def table(self, rows: list[list[str]], where: str) -> None:
        """Rows with a share in a cell of their own: n and denominator stand in the same row."""
        for row in rows:
            shares = [cell for cell in row if re.fullmatch(r"[\d.,]+\s%", cell)]
            for share in shares:
                n, denominator = (int(cell) for cell in row if re.fullmatch(r"\d+", cell))
                assert denominator >= SHARES_FROM and n <= denominator, (where, row)
                assert abs(float(share[:-2].replace(",", ".")) - 100 * n / denominator) < 0.051, (where, row)
                self.figures += 1
            for cell in row:
                if cell not in shares:
                    self.text(cell, where)

    def page(self, body: str, where: str) -> None:
        """A page: its blocks, what it tells search engines, the alternative texts."""
        tree = html.fromstring(body)
        for script in tree.xpath('//script[@type="application/ld+json"]'):
            self.data(json.loads(script.text), where)
        for row in tree.xpath("//tr"):
            self.table([[" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")]], where)
        for gone in tree.xpath("//script|//style|//table//td|//table//th"):
            gone.drop_tree()
        for value in tree.xpath("//meta/@content|//@alt|//@title|//@aria-label"):
            self.text(value, where)
        for block in tree.xpath("//p|//li|//h1|//h2|//h3|//h4|//dt|//dd|//caption|//summary|//figcaption|//title|//label|//a"):
            self.text(" ".join(block.text_content().split()), where)


def everything_public(reader: Reader, country: str, languages: tuple[str, ...] = LANGUAGES) -> Iterator[str]:
    """Every address that a stranger reaches by links (of the countries, the mission's), and the doors that are no pages, each read."""
    client, seen = Client(), set[str]()
    waiting = [
        f"/published/{code}/{rest}" for code in languages for rest in ("", "feed.atom", "search/?q=voting", "reports.json", "reports.csv")
    ]
    waiting += [
        f"/published/{code}/{name}.{kind}" for code in languages for name in ("recommendations", "practices") for kind in ("json", "csv")
    ]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        kind = answer["Content-Type"]
        body = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        if "html" in kind:
            reader.page(body, path)
            links = re.findall(r'href="(/published/(?:en|fr|de)/[^"#?]*)"', body)
            links = [one for one in links if one.split("/")[2] in languages]
            waiting += {one for one in links if "/countries/" not in one or f"/countries/{country}/" in one}
        elif "json" in kind:
            reader.data(json.loads(body), path)
        elif "csv" in kind:
            for row in csv.reader(StringIO(body)):
                for cell in row:
                    reader.text(cell, path)
        elif "atom" in kind:
            for node in etree.fromstring(body.encode()).iter():
                reader.text(" ".join((node.text or "").split()), path)
        yield path


SAY = {"en": "Group voting was seen in {figure:B21}.", "fr": "Vote en groupe : {figure:B21}.", "de": "Gruppenwahl: {figure:B21}."}
CALL = {
    "en": "end group voting, seen in {figure:B21}",
    "fr": "mettre fin au vote en groupe, vu dans {figure:B21}",
    "de": "die Gruppenwahl beenden, gesehen bei {figure:B21}",
}
LONG = "The stations were many and the roads to them were long, and observers went to every one of them in the morning and in the evening. "


def write_everything(mission: Mission, by: Any, *, figures: bool) -> None:
    """Findings, calls and paragraphs with live figures, where something was counted; else without."""
    say = SAY if figures else dict.fromkeys(LANGUAGES, "Nothing of the kind was seen.")
    call = CALL if figures else dict.fromkeys(LANGUAGES, "end group voting")
    suggestions.suggest_findings(mission, by=by)
    row = findings.add_finding(mission=mission, statement=say, phase="voting", by=by)
    evidence.link_figure(row, item="B21", label="B21", n=1, denominator=2, by=by)
    for one in Finding.objects.for_mission(mission).filter(state="draft"):
        findings.agree_finding(one, by=by)
    recommendations.draft_recommendation(
        mission=mission, text=call, findings=[row], standards=["COGP-I.4"], addressees=["central_commission"], by=by
    )
    for paragraph in ReportParagraph.objects.filter(section__report__missions=mission):
        for code in LANGUAGES:  # long, so that descriptions are cut somewhere near the figure
            paragraph.refresh_from_db()
            text = LONG * 2 + say[code] + " " + say[code]
            paragraphs.save_paragraph(paragraph, version=paragraph.version, language=code, text=text, by=by)


def publish_report(mission: Mission, walk: Any, as_publisher: Any) -> Publication:
    """Through every move to the public."""
    report = walk(Report.objects.get(), "adopted")
    made, _job = publication.publish_report(report, by=as_publisher, unchecked_accepted=list(LANGUAGES), findings_accepted=True)
    return made


def release_all(mission: Mission, by: Any, as_publisher: Any, *, figures: bool) -> list[Any]:
    """Announcement, advisory, speaking notes and press release, each with a live figure added."""
    made = []
    for kind in ("announcement", "media_advisory", "speaking_notes", "press_release"):
        text = mission_texts.compose_text(mission, kind, by=by)
        bodies = {code: row.text + (f"\n\n{SAY[code]}" if figures else "") for code, row in translations.texts(text, "body").items()}
        details = {"contact": "press@example.org"}
        if kind == "media_advisory":
            details |= {"held_on": date(2027, 10, 25), "held_at": time(15), "place": "Sofia"}
        text = mission_texts.change_text(text, version=text.version, body=bodies, by=by, **details)
        text = mission_texts.move_text(text, "approve", by=by)
        made.append(mission_text_release.release_text(text, by=as_publisher, unchecked_accepted=["fr", "de"])[0])
    return made


def publish_practice(mission: Mission, by: Any, as_publisher: Any) -> None:
    texts = {name: {"en": f"{name} of young voters"} for name in ("title", "text", "lesson")}
    facts = {"level": "dialogue", "step": "agenda", "actors": ["ngo"]}
    row = practices.add_practice(mission=mission, texts=texts, by=by, **facts)
    practices.move_practice(row, "check", by=by)
    practices.move_practice(row, "publish", by=as_publisher)


@settings(max_examples=4, **HEAVY)
@given(visits=st.sampled_from([0, 1, 12, 29, 34, 45, 70]), random=st.randoms(use_true_random=False))
def test_whatever_was_observed_every_text_says_of_how_many(base, walk, as_coordinator, as_publisher, visits: int, random: Random) -> None:
    with transaction.atomic():
        truth = counted(observe(base, visits, random))
        reader, has = Reader(truth), bool(truth["B21"][1])
        write_everything(base, as_coordinator, figures=has)
        frozen = statement.freeze_statement(base, by=as_coordinator)
        made = publish_report(base, walk, as_publisher)
        texts = release_all(base, as_coordinator, as_publisher, figures=has)
        publish_practice(base, as_coordinator, as_publisher)
        for row in Recommendation.objects.all():
            followup.assess_recommendation(row, status="partially", basis="letter", note={"en": "A law was changed."}, by=as_coordinator)
        for code in LANGUAGES:
            reader.data(build_statement(frozen, code), f"statement {code}")
            reader.data(build_report(made.version, code), f"report {code}")
            reader.data(build_letter(made.report, code), f"letter {code}")
            for text in texts:
                reader.data(build_text(text, code), f"{text.slug} {code}")
        reader.data([frozen.content, made.version.content, *(text.content for text in texts)], "frozen content")
        read = list(everything_public(reader, base.country.code))
        assert len(read) > 30 and not reader.bare, reader.bare
        assert reader.figures > 60 or not has
        assert has == any("{figure" not in row.text and re.search(r"\d", row.text) for row in AdoptedText.objects.all())
        transaction.set_rollback(True)


BARE = st.sampled_from(
    [
        ("en", "Only 45 % of the stations were reached"), ("en", "Group voting was seen in 45 per cent of the cases"),
        ("en", "Half of the stations had a queue"), ("en", "A queue stood at 1 in 3 stations"), ("en", "We saw 12 of 96 (40 %) crowded"),
        ("en", "Queues stood at 3 of 10 of the stations visited (30 %)"), ("fr", "Seuls 45 pour cent des bureaux étaient accessibles"),
        ("fr", "La moitié des bureaux avaient une file"), ("fr", "Un bureau sur trois était plein"),
        ("de", "Nur 45 Prozent der Wahllokale waren zugänglich"), ("de", "Die Hälfte der Wahllokale war voll"),
        ("de", "Jedes dritte Wahllokal war voll"),
    ]
)  # fmt: skip


def put(place: str, language: str, text: str, mission: Mission, by: Any) -> None:
    """Type a sentence somewhere."""
    words = {"en": "Nothing was seen"} | {language: text}
    if place == "finding":
        row = findings.add_finding(mission=mission, statement=words, phase="voting", by=by)
        evidence.link_figure(row, item="B21", label="B21", n=1, denominator=2, by=by)
        findings.agree_finding(row, by=by)
    elif place == "recommendation":
        recommendations.draft_recommendation(
            mission=mission, text={"fr": "agir"} | words, findings=list(Finding.objects.for_mission(mission)[:1]), standards=["COGP-I.4"],
            addressees=["central_commission"], one_action_confirmed=True, by=by,
        )  # fmt: skip
    elif place == "paragraph":
        row = ReportParagraph.objects.filter(section__code="conclusions").get()
        paragraphs.save_paragraph(row, version=row.version, language=language, text=f"{text}.", by=by)
    else:
        translations.set_text(Report.objects.get(), "title", language, text, by=by)


PLACES = {"finding": "statement", "recommendation": "adoption", "paragraph": "publication", "title": "publication"}


@settings(max_examples=7, **HEAVY)
@given(place=st.sampled_from(sorted(PLACES)), typed=BARE)
def test_a_share_that_somebody_typed_waits_for_a_publisher(
    base, walk, as_coordinator, as_publisher, place: str, typed: tuple[str, str]
) -> None:
    language, text = typed
    with transaction.atomic():
        write_everything(base, as_coordinator, figures=False)
        put(place, language, text, base, as_coordinator)
        statement_acts = {
            "statement": lambda: statement.freeze_statement(base, by=as_coordinator),
            "adoption": lambda: walk(Report.objects.get(), "adopted"),
            "publication": lambda: publish_report(base, walk, as_publisher),
        }
        with pytest.raises(NotNow) as refusal, transaction.atomic():
            statement_acts[PLACES[place]]()
        told = [one for one in refusal.value.missing if one.code == "share_bare"]
        assert told and bare_shares(text)[0] in told[0].sentence
        waiting = [one for one in accepted_shares.shares_of_mission(base) if one.accepted is None]
        assert {core_of(one.sentence) for one in waiting} == {core_of(text)}
        with pytest.raises(DomainError):  # a coordinator may not, and nobody without a reason
            accepted_shares.accept_shares(base, [waiting[0].digest], by=as_coordinator, reason="A threshold of the law")
        with pytest.raises(Invalid):
            accepted_shares.accept_shares(base, [waiting[0].digest], by=as_publisher, reason=" ")
        accepted_shares.accept_shares(base, [waiting[0].digest], by=as_publisher, reason="A threshold of the law")
        entry = AuditEntry.objects.filter(action="reports.share_accepted").get()
        assert entry.data["reason"] == "A threshold of the law" and entry.data["sentence"] == waiting[0].digest
        statement.freeze_statement(base, by=as_coordinator)
        made = publish_report(base, walk, as_publisher)
        reader = Reader(counted([]))
        reader.typed = text
        reader.data(made.version.content["languages"], "report")
        assert {core_of(one.sentence) for one in bare_in(made.version.content)} == {core_of(text)}
        assert len(list(everything_public(reader, base.country.code, (language,)))) > 10
        accepted = {row.sentence for row in AcceptedShare.objects.all()}
        assert all(any(one in sentence for one in accepted) for sentence in reader.bare), reader.bare
        transaction.set_rollback(True)


@settings(max_examples=8, **HEAVY)
@given(kind=st.sampled_from(["announcement", "media_advisory", "speaking_notes"]), typed=BARE, where=st.sampled_from(["title", "body"]))
def test_a_text_for_the_media_waits_too(base, as_coordinator, as_publisher, kind: str, typed: tuple[str, str], where: str) -> None:
    language, sentence = typed
    with transaction.atomic():
        text = mission_texts.compose_text(base, kind, by=as_coordinator)
        details = {"contact": "press@example.org", "held_on": date(2027, 10, 25), "held_at": time(15), "place": "Sofia"}
        text = mission_texts.change_text(text, version=text.version, by=as_coordinator, **{where: {language: sentence}}, **details)
        with pytest.raises(NotNow):
            mission_texts.move_text(text, "approve", by=as_coordinator)
        text = mission_texts.move_text(text, "approve", by=as_coordinator, percentages_accepted=True)
        given = {"by": as_publisher, "unchecked_accepted": ["fr", "de"]}
        with pytest.raises(NotNow) as refusal:
            mission_text_release.release_text(text, **given)
        assert [one.code for one in refusal.value.missing] == ["share_bare"]
        version, _job = mission_text_release.release_text(text, **given, shares_reason="An official result")
        assert {core_of(one.sentence) for one in bare_in(version.content)} == {core_of(sentence)}
        row = AcceptedShare.objects.get()
        assert (row.sentence, row.reason, row.accepted_by) == (core_of(sentence), "An official result", str(as_publisher))
        transaction.set_rollback(True)


@settings(max_examples=8, **HEAVY)
@given(typed=BARE, where=st.sampled_from(["title", "text", "lesson"]))
def test_a_good_practice_waits_and_a_note_is_refused(base, walk, as_coordinator, as_publisher, typed: tuple[str, str], where: str) -> None:
    language, sentence = typed
    with transaction.atomic():
        texts: dict[str, dict[str, str]] = {name: dict.fromkeys(LANGUAGES, "Young voters wrote a budget") for name in practices.TEXTS}
        texts[where][language] = sentence
        row = practices.add_practice(mission=base, texts=texts, level="dialogue", step="agenda", actors=["ngo"], by=as_coordinator)
        practices.move_practice(row, "check", by=as_coordinator)
        given = {"by": as_publisher, "languages": LANGUAGES, "unchecked_accepted": ["fr", "de"]}
        with pytest.raises(NotNow) as refusal:
            practices.move_practice(row, "publish", **given)
        assert [one.code for one in refusal.value.missing] == ["share_bare"]
        assert practices.move_practice(row, "publish", **given, shares_reason="Their own count").state == "published"
        made = publish_report(base, walk, as_publisher)
        call = Recommendation.objects.first()
        with pytest.raises(Invalid, match="without n and denominator"):
            followup.assess_recommendation(call, status="partially", basis="letter", note={language: sentence}, by=as_coordinator)
        with pytest.raises(Invalid, match="without n and denominator"):
            publication.correct_report(made.report, by=as_publisher, note={"en": "A word.", language: sentence})
        with pytest.raises(Invalid, match="without n and denominator"):
            publication.withdraw_report(made.report, by=as_publisher, notice={"en": "A word.", language: sentence})
        transaction.set_rollback(True)


@settings(max_examples=200, deadline=None)
@given(
    n=st.integers(0, 4000),
    more=st.integers(0, 4000),
    before=st.integers(0, 40),
    limit=st.integers(20, 300),
    language=st.sampled_from(LANGUAGES),
)
def test_what_is_cut_short_never_cuts_a_figure(n: int, more: int, before: int, limit: int, language: str) -> None:
    from reports.services.figures import entry, in_words

    said = in_words(entry(n, n + more or 1), language)
    text = "word " * before + f"{said}. And so on, for a long time, and in every town. {said}."
    cut = shortened(text, limit)
    assert len(cut) <= limit + 1 and not bare_shares(cut)
    for found in re.finditer(r"\d+ (?:of|sur|von) \d+", cut):
        assert cut[found.start() :].startswith(said), cut


def test_what_holds_no_figure_is_not_asked_about() -> None:
    for text in (
        "half an hour", "the first half of 2027", "a third country", "five teams in 12 municipalities", "a quarter of an hour",
        "le troisième tour", "Viertel nach acht", "half of the stations visited (48 of 96)",
        "1,234 of 2,468 of the stations visited (50 %)",
    ):  # fmt: skip
        assert not bare_shares(text), text
    assert list(strings_in({"a": ["x", {"b": "y"}], "n": 1})) == ["x", "y"]
