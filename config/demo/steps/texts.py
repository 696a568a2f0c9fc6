"""The smaller texts of the mission, from the announcement to the press release, and a good practice for the collection."""

from __future__ import annotations

from datetime import time
from typing import Any

from config.demo.run import Run, expect, refused
from config.demo.steps.findings import actor_of, collect, load
from core.enums import Language
from missions.models import MeetingNote
from reports.models import GoodPractice, MissionText, MissionTextVersion
from reports.services.mission_text_release import KIND, release_text
from reports.services.mission_texts import change_text, compose_text, move_text
from reports.services.practices import add_practice, change_practice, move_practice

STEP = "9 texts"
CONTACT = "Congress of Local and Regional Authorities, press service\npress@congress.example.org"
PLACE = "Sofia, conference hall"


def announce(run: Run) -> None:
    """Four days before polling day the mission is announced; the media are invited to the press conference."""
    run.go(-4, "10:00")
    with run.step(STEP, "announcement and media advisory released") as told:
        files = _release(run, "announcement")
        day = run.timeline.day(1)
        files += _release(run, "media_advisory", held_on=day, held_at=time(15), place=PLACE)
        told(f"{files} files")


def speak(run: Run) -> None:
    """The day before the session the rapporteur has speaking notes, drawn and not on the public site."""
    run.go(129, "10:00")
    with run.step(STEP, "speaking notes for the session") as told:
        told(f"{_release(run, 'speaking_notes', is_public=False)} files")


def tell_the_press(run: Run) -> None:
    """After the embargo: the press release on the adoption, read by a stranger."""
    run.go(130, "15:10")
    with run.step(STEP, "press release on adoption, public") as told:
        files = _release(run, "press_release")
        version = MissionTextVersion.objects.get(text__mission=run.mission, text__kind="press_release")
        for language in Language.values:
            page = run.visitor().get(version.public_url(language))
            expect(page.status == 200, f"The press release answers {page.status} in {language}.")
        told(f"{files} files")


def collect_practice(run: Run) -> None:
    """A good practice from a meeting in confidence: it may not repeat the note; then it is published in three languages."""
    run.go(13, "10:00")
    item = load("practice.json")
    note = MeetingNote.objects.filter(meeting=run.things["meetings"]["access_ngo"]).order_by("pk").first()
    expect(note is not None, "The meeting with the network for accessibility has no note.")
    texts = {name: item[name] for name in ("title", "text", "lesson")}
    values = {name: item[name] for name in ("level", "step", "actors", "place", "code_section")}
    by = actor_of(run, "rapporteur")
    with run.step(STEP, "good practice; words of a confidential note refused") as told:
        row = add_practice(mission=run.mission, texts=texts | {"text": {"en": note.text}}, note=note, by=by, **values)  # type: ignore[union-attr]
        said: list[str] = []
        with refused("A good practice repeated a confidential note.", told=said):
            move_practice(row, "check", by=by)
        row = change_practice(row, version=row.version, by=by, texts=texts)
        row = change_practice(row, version=row.version, by=run.publisher, checked=("fr", "de"))
        move_practice(row, "check", by=by)
        move_practice(row, "publish", by=run.publisher, languages=Language.values)
        page = run.visitor().get(f"/published/en/practices/{row.uuid}/")
        expect(page.status == 200 and note.text[:30] not in page.text, "The good practice is not public as it should be.")  # type: ignore[union-attr]
        run.write("practice/practices.json", run.visitor().get("/published/en/practices.json").body)
        told(f"{GoodPractice.objects.out().filter(mission=run.mission).count()} published")


def _release(run: Run, kind: str, *, is_public: bool = True, **details: Any) -> int:
    """Compose, read, approve, release and draw one text in three languages. Returns how many files there are."""
    text = compose_text(run.mission, kind, by=run.coordinator)
    values = {"contact": CONTACT} | details
    text = change_text(text, version=text.version, by=run.coordinator, checked={"fr", "de"}, **values)
    move_text(text, "approve", by=actor_of(run, "rapporteur"))
    version, job = release_text(MissionText.objects.get(pk=text.pk), by=run.publisher, is_public=is_public, unchecked_accepted=("fr", "de"))
    return collect(run, job, version, KIND, f"texts/{kind.replace('_', '-')}")
