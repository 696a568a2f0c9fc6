"""For whom a draft waits: the rapporteurs, whether they can sign in, and the mail that reminds them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.errors import NotNow
from core.models import OutboxMail
from core.outbox import queue_mail
from core.rights import authorize
from missions.models import Assignment
from reports.lifecycle import MOVES
from reports.models import Report


@dataclass(frozen=True)
class Waiting:
    """A rapporteur: the person, whether an account lets them in, and where an administrator mends it if not."""

    person: Person
    can_sign_in: bool
    has_account: bool
    was_reminded: bool

    @property
    def accounts_url(self) -> str:
        """The accounts, with the address filled in."""
        return f"{reverse('accounts:accounts')}?{urlencode({'q': self.person.email})}"


def rapporteurs_of(report: Report) -> list[Waiting]:
    """The confirmed rapporteurs of the report's missions, each once."""
    rows = Assignment.objects.filter(mission__in=report.missions.all()).confirmed().with_role("rapporteur")
    people = list(dict.fromkeys(row.person for row in rows.select_related("person__user").order_by("person__family_name", "pk")))
    keys = {_key(report, person): person for person in people}
    reminded = set(OutboxMail.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    return [
        Waiting(person, _can_sign_in(person), getattr(person, "user", None) is not None, _key(report, person) in reminded)
        for person in people
    ]


@transaction.atomic
def remind_rapporteurs(report: Report, *, by: Actor) -> int:
    """Mail every rapporteur who can sign in that the draft waits for them, in their language; once a day at most. How many."""
    authorize(by, "reports.submit_report", report)
    if report.state not in MOVES["agree"].sources:
        raise NotNow(_("The report does not wait for its rapporteur now."), code="report_state")
    found = [row for row in rapporteurs_of(report) if row.can_sign_in and row.person.email]
    if not found:
        raise NotNow(_("No rapporteur has an account that can sign in."), code="no_rapporteur")
    waiting = [row for row in found if not row.was_reminded]
    if not waiting:
        raise NotNow(_("The rapporteur was reminded today already."), code="reminded_today")
    titles = translations.texts(report, "title")
    for row in waiting:
        person = row.person
        queue_mail(
            key=_key(report, person),
            address=person.email,
            name=person.name,
            language=person.language,
            zone=person.zone,
            template="reports/mail/agree",
            context={
                "title": translations.best_text(titles, person.language, report.authentic_language),
                "url": report.get_absolute_url(),
                "mission": report.mission.reference,
            },
            mission=report.mission,
        )
    record(by, "reports.rapporteur_reminded", report, data={"reminded": len(waiting)})
    return len(waiting)


def _can_sign_in(person: Person) -> bool:
    user = getattr(person, "user", None)
    return bool(user and user.is_active and user.has_usable_password())


def _key(report: Report, person: Person) -> str:
    return f"reports.agree:{report.uuid}:{person.uuid}:{clock.today().isoformat()}"
