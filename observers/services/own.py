"""What people do on their own page: languages, how to reach them, availability, papers. Names and facts go by request to correct."""

from __future__ import annotations

from datetime import date, timedelta
from typing import IO, Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rules import is_coordinator
from accounts.services.links import issue_link, revoke_links_of
from core import audit, clock
from core.actors import Actor
from core.enums import Access, Language
from core.errors import Invalid
from core.files import DOCX, PDF, store_file
from core.models import StoredFile
from core.outbox import queue_mail
from core.rights import authorize
from observers.enums import InterestAnswer, PaperKind
from observers.models import AvailableSpan, PersonPaper

audit.register_code("observers.own_changed", gettext_lazy("Changed languages or contact on the own page."))
audit.register_code("observers.availability_told", gettext_lazy("Told when they are available."))
audit.register_code("observers.availability_removed", gettext_lazy("Took back what was said about availability."))
audit.register_code("observers.paper_handed_in", gettext_lazy("Handed in a paper."))
audit.register_code("observers.paper_removed", gettext_lazy("Removed a paper."))
audit.register_code("observers.own_link_sent", gettext_lazy("Sent a secure link to the own page."))

PURPOSE = "observers.own_page"
LINK_LASTS = timedelta(days=30)
OWN_FIELDS = ("phone", "language", "zone", "languages", "language_levels")
PAPER_TYPES = {PDF, DOCX, "image/jpeg", "image/png"}


@transaction.atomic
def change_own(person: Person, *, by: Actor, **values: Any) -> Person:
    """Change one's phone, language of letters, time zone, languages and levels; nothing else. Raises Invalid for a zone that is none."""
    authorize(by, "observers.change_own", person)
    unknown = set(values) - set(OWN_FIELDS)
    if unknown:
        raise LookupError(f"People do not change these themselves: {sorted(unknown)}.")
    if "zone" in values and values["zone"] not in available_timezones():
        raise Invalid(_("“%(value)s” is not a time zone: write Europe/Sofia.") % {"value": values["zone"]}, attr="zone")
    if "language" in values and values["language"] not in Language.values:
        raise Invalid(_("“%(value)s” is not a language of letters.") % {"value": values["language"]}, attr="language")
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person.save_changes(*changed)
        audit.record(by, "observers.own_changed", person, fields=changed)
    return person


@transaction.atomic
def tell_availability(
    person: Person, *, by: Actor, first_on: date, last_on: date, answer: str = InterestAnswer.NO, note: str = ""
) -> AvailableSpan:
    """Say for a span of days (both inside) whether one is available. Told twice, kept once.

    Raises Invalid for an end before the beginning, and for days that something else was said about.
    """
    authorize(by, "observers.change_own", person)
    if last_on < first_on:
        raise Invalid(_("The end lies before the beginning."), attr="last_on")
    across = AvailableSpan.objects.filter(person=person, first_on__lte=last_on, last_on__gte=first_on)
    same = across.filter(first_on=first_on, last_on=last_on, answer=answer).first()
    if same is not None:
        return same
    other = across.first()
    if other is not None:
        words = {"first": other.first_on.isoformat(), "last": other.last_on.isoformat()}
        raise Invalid(_("Something is said about %(first)s to %(last)s already: take that back first.") % words, attr="first_on")
    row = AvailableSpan.objects.create(person=person, first_on=first_on, last_on=last_on, answer=answer, note=note.strip())
    audit.record(by, "observers.availability_told", person, data={"answer": answer})
    return row


@transaction.atomic
def take_back_availability(span: AvailableSpan, *, by: Actor) -> None:
    """Forget what was said about a span of days."""
    authorize(by, "observers.change_own", span.person)
    span.delete()
    audit.record(by, "observers.availability_removed", span.person)


@transaction.atomic
def hand_in_paper(person: Person, *, by: Actor, kind: str, content: bytes | IO[bytes], name: str, note: str = "") -> PersonPaper:
    """Hand in a paper (PDF, Word or picture, by its bytes). A photo or identity document takes the place of the earlier one."""
    authorize(by, "observers.change_own", person)
    file = store_file(content, name=name, by=by, access=Access.SECRETARIAT, allow=PAPER_TYPES)
    if kind in {PaperKind.PASSPORT, PaperKind.PHOTO}:
        for old in PersonPaper.objects.filter(person=person, kind=kind):
            _forget(old)
    row = PersonPaper.objects.create(person=person, kind=kind, file=file, note=note.strip(), handed_in_by=str(by))
    audit.record(by, "observers.paper_handed_in", person, data={"kind": kind})
    return row


@transaction.atomic
def remove_paper(paper: PersonPaper, *, by: Actor) -> None:
    """Remove a paper; its file goes with it."""
    authorize(by, "observers.change_own", paper.person)
    _forget(paper)
    audit.record(by, "observers.paper_removed", paper.person, data={"kind": paper.kind})


@transaction.atomic
def send_own_link(person: Person, *, by: Actor) -> None:
    """Mail somebody a secure link to their own page, good for thirty days; earlier ones stop working. Raises Invalid without an address."""
    authorize(by, "accounts.issue_link")
    if not person.email:
        raise Invalid(_("%(name)s has no e-mail address.") % {"name": person.name}, code="person_without_address", attr="email")
    revoke_links_of(person, by=by, purpose=PURPOSE)
    expires = clock.real_now() + LINK_LASTS
    link, url = issue_link(
        by=by, purpose=PURPOSE, subject=person, expires_at=expires, language=person.language, name=person.name, address=person.email
    )
    queue_mail(
        key=f"{PURPOSE}:{link.uuid}",
        address=person.email,
        name=person.name,
        language=person.language,
        zone=person.zone,
        template="observers/mail/own_page",
        context={"url": url, "days": LINK_LASTS.days},
    )
    audit.record(by, "observers.own_link_sent", person)


def may_read_paper(user: Any, file: StoredFile) -> bool | None:
    """Whose paper a file is, and the coordinator who needs it for the accreditation."""
    row = PersonPaper.objects.filter(file=file).first()
    if row is None:
        return None

    return bool(user.is_authenticated and (is_coordinator(user) or (user.person_id and user.person_id == row.person_id)))


def _forget(paper: PersonPaper) -> None:
    file = paper.file
    paper.delete()
    if not PersonPaper.objects.filter(file=file).exists():
        file.delete()
