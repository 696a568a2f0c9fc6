"""The accreditation list: identity data as people enter them, in the columns an election office asks for, deleted after polling day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import SYSTEM, Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import LIVE_ASSIGNMENTS
from missions.models import Assignment, Mission
from observers.enums import DocumentKind
from observers.membership.dates import say
from observers.models import AccreditationList, IdentityDeletion, IdentityDocument, Membership, membership_on
from observers.models.identity import KEEP_DAYS
from observers.services.eligibility import mission_days

audit.register_code("observers.accreditation_set", gettext_lazy("Set what the election office asks for."))
audit.register_code("observers.identity_entered", gettext_lazy("Entered identity data for the accreditation."))
audit.register_code("observers.accreditation_exported", gettext_lazy("Took out the accreditation list."))
audit.register_code("observers.identity_deleted", gettext_lazy("Deleted identity data."))

CONGRESS = "Congress of Local and Regional Authorities of the Council of Europe"


@dataclass(frozen=True)
class Column:
    """A column that an election office may ask for: its heading, and its cell from an assignment, document and membership."""

    code: str
    label: Any
    cell: Callable[[Assignment, IdentityDocument | None, Membership | None], Any]


def _of_document(name: str) -> Callable[[Assignment, IdentityDocument | None, Membership | None], Any]:
    return lambda row, document, term: getattr(document, name) if document else ""


COLUMNS: tuple[Column, ...] = (
    Column("name_in_document", gettext_lazy("Name as in the document"), _of_document("name_in_document")),
    Column("family_name", gettext_lazy("Family name"), lambda row, document, term: row.person.family_name),
    Column("given_name", gettext_lazy("Given name"), lambda row, document, term: row.person.given_name),
    Column("gender", gettext_lazy("Gender, as stated"), lambda row, document, term: row.person.get_gender_display()),
    Column("born_on", gettext_lazy("Date of birth"), _of_document("born_on")),
    Column("born_at", gettext_lazy("Place of birth"), _of_document("born_at")),
    Column("nationality", gettext_lazy("Nationality"), _of_document("nationality")),
    Column("document_kind", gettext_lazy("Kind of document"), lambda row, document, term: document.get_kind_display() if document else ""),
    Column("number", gettext_lazy("Number of the document"), _of_document("number")),
    Column("issued_by", gettext_lazy("Issued by"), _of_document("issued_by")),
    Column("issued_on", gettext_lazy("Issued on"), _of_document("issued_on")),
    Column("expires_on", gettext_lazy("Valid until"), _of_document("expires_on")),
    Column("role", gettext_lazy("Role"), lambda row, document, term: row.get_role_display()),
    Column("state", gettext_lazy("State"), lambda row, document, term: term.country.name if term else ""),
    Column(
        "organisation", gettext_lazy("Organisation"), lambda row, document, term: row.organisation.name if row.organisation else CONGRESS
    ),
    Column("email", gettext_lazy("E-mail"), lambda row, document, term: row.person.email),
    Column("phone", gettext_lazy("Phone"), lambda row, document, term: row.person.phone),
    Column("arrives_on", gettext_lazy("Arrival"), lambda row, document, term: row.arrives_on or mission_days(row.mission)[0]),
    Column("leaves_on", gettext_lazy("Departure"), lambda row, document, term: row.leaves_on or mission_days(row.mission)[1]),
)
BY_CODE = {column.code: column for column in COLUMNS}
OF_DOCUMENT = {
    "name_in_document", "born_on", "born_at", "nationality", "document_kind", "number", "issued_by", "issued_on", "expires_on",
}  # fmt: skip
USUAL = ("name_in_document", "born_on", "nationality", "document_kind", "number", "expires_on", "role")


@transaction.atomic
def set_accreditation(
    mission: Mission, *, by: Actor, columns: Sequence[Mapping[str, str]], keep_days: int = KEEP_DAYS, is_open: bool = True
) -> AccreditationList:
    """Say which columns the election office asks for, in its order, and how many days after polling day the data are kept.

    columns: `{"code": …, "label": heading or ""}`. From then on the delegation may enter its data while the list is open.
    """
    authorize(by, "observers.view_accreditation", mission)
    kept = [{"code": str(item["code"]), "label": str(item.get("label", "")).strip()[:80]} for item in columns]
    codes = [item["code"] for item in kept]
    unknown = [code for code in codes if code not in BY_CODE]
    if not codes or unknown or len(set(codes)) != len(codes):
        sentence = _("Choose at least one column, each once; these are unknown: %(codes)s.") % {"codes": ", ".join(unknown) or "–"}
        raise Invalid(sentence, code="columns_wrong", attr="columns")
    if not 0 <= keep_days <= 365:
        raise Invalid(_("Identity data are kept between 0 and 365 days after polling day."), code="keep_days_wrong", attr="keep_days")
    values = {"columns": kept, "keep_days": keep_days, "is_open": is_open}
    row, created = AccreditationList.objects.select_for_update().get_or_create(mission=mission, defaults=values)
    if not created:
        for name, value in values.items():
            setattr(row, name, value)
        row.save_changes(*values)
    audit.record(by, "observers.accreditation_set", mission, data={"columns": codes, "keep_days": keep_days, "is_open": is_open})
    return row


@transaction.atomic
def enter_identity(assignment: Assignment, *, by: Actor, values: Mapping[str, Any]) -> IdentityDocument:
    """Enter one's own passport or identity card. The log says that it was done, never what.

    values: the fields of `IdentityDocument`, typed. Raises NotNow where nothing is asked for (any more), Invalid with the field
    for a document that runs out before the mission ends, or dates that cannot be.
    """
    authorize(by, "observers.enter_identity", assignment)
    if not may_enter(assignment):
        raise NotNow(_("No identity data are asked for in this mission at present."), code="identity_not_asked")
    _check(assignment.mission, values)
    row, created = IdentityDocument.objects.select_for_update().get_or_create(
        assignment=assignment, defaults={**values, "entered_by": str(by)}
    )
    if not created:
        for name, value in values.items():
            setattr(row, name, value)
        row.entered_by = str(by)
        row.save_changes(*values, "entered_by")
    audit.record(by, "observers.identity_entered", assignment)
    return row


def may_enter(assignment: Assignment) -> bool:
    """The election office asks for data, the list is open and not past its day, and the person is in the mission."""
    asked = AccreditationList.objects.filter(mission=assignment.mission_id, is_open=True).select_related("mission").first()
    if asked is None or assignment.state not in LIVE_ASSIGNMENTS:
        return False
    day = deletion_day(asked)
    return day is None or clock.today() < day


@transaction.atomic
def delete_own_identity(assignment: Assignment, *, by: Actor) -> int:
    """Somebody takes their own data back, at any time. Returns how many sets were deleted (0 or 1)."""
    authorize(by, "observers.enter_identity", assignment)
    rows = IdentityDocument.objects.filter(assignment=assignment)
    return _delete(assignment.mission, rows, by=by, reason="taken back by the person")


@transaction.atomic
def delete_identity_data(mission: Mission, *, by: Actor, reason: str) -> int:
    """The coordinator deletes all identity data of a mission at once. Returns how many sets; the deletion log keeps the reason."""
    authorize(by, "observers.view_accreditation", mission)
    if not reason.strip():
        raise Invalid(_("Write the reason; the deletion log keeps it."), code="reason_missing", attr="reason")
    return _delete(mission, IdentityDocument.objects.filter(assignment__mission=mission), by=by, reason=reason.strip()[:200])


def sweep_identity_data() -> int:
    """Delete what is due: data past their mission's day, and data of those who left the mission. Safe to repeat; returns how many."""
    deleted = 0
    rows = AccreditationList.objects.filter(mission__assignments__identity_document__isnull=False).select_related("mission").distinct()
    for row in rows.prefetch_related("mission__polling_days"):
        documents = IdentityDocument.objects.filter(assignment__mission=row.mission)
        gone = documents.exclude(assignment__state__in=LIVE_ASSIGNMENTS)
        with transaction.atomic():
            deleted += _delete(row.mission, gone, by=SYSTEM, reason="left the mission")
            day = deletion_day(row)
            if day is not None and clock.now().astimezone(ZoneInfo(row.mission.zone)).date() >= day:
                deleted += _delete(row.mission, documents, by=SYSTEM, reason=f"{row.keep_days} days after polling day")
    return deleted


def deletion_day(row: AccreditationList) -> date | None:
    """The day on which the data are deleted: the last polling day and `keep_days` whole days (mission's zone); None without one."""
    days = sorted(polling.day for polling in row.mission.polling_days.all())
    return days[-1] + timedelta(days=row.keep_days + 1) if days else None


@dataclass(frozen=True)
class AccreditationTable:
    """The list as it leaves the house."""

    head: list[str]
    rows: list[list[Any]]


@transaction.atomic
def take_out_list(mission: Mission, *, by: Actor) -> AccreditationTable:
    """The accreditation list of everybody asked, accepted or confirmed, in the columns of this mission. Each time is logged.

    Where a column is of the identity document, who has not entered it is left out: a row without a name helps no office.
    Raises NotNow before the columns are set, and where everybody would be left out.
    """
    authorize(by, "observers.view_accreditation", mission)
    asked = AccreditationList.objects.filter(mission=mission).first()
    if asked is None:
        raise NotNow(_("Say first which columns the election office asks for."), code="columns_not_set")
    people = accreditation_people(mission)
    if OF_DOCUMENT & {item["code"] for item in asked.columns}:
        people = [row for row in people if document_of(row)]
        if not people:
            raise NotNow(_("Nobody has entered identity data yet: the list would be empty."), code="identity_missing")
    terms = terms_of(people, mission_days(mission)[0])
    columns = [(BY_CODE[item["code"]], item["label"]) for item in asked.columns if item["code"] in BY_CODE]
    rows = [[column.cell(row, document_of(row), terms.get(row.person_id)) for column, _label in columns] for row in people]
    audit.record(by, "observers.accreditation_exported", mission, data={"persons": len(rows)})
    return AccreditationTable([label or str(column.label) for column, label in columns], rows)


def accreditation_people(mission: Mission) -> list[Assignment]:
    """Everybody who is in the mission, with their documents, by role and name."""
    rows = mission.assignments.live().select_related("person", "organisation", "identity_document", "mission")
    return list(rows.prefetch_related("mission__polling_days").order_by("person__family_name", "person__given_name", "pk"))


def document_of(row: Assignment) -> IdentityDocument | None:
    """The document somebody entered, if they did."""
    return getattr(row, "identity_document", None)


def terms_of(people: Collection[Assignment], day: date) -> dict[int, Membership]:
    """The membership of each person on a day. One query."""
    found: dict[int, list[Membership]] = {}
    for term in Membership.objects.filter(person__in=[row.person_id for row in people]).select_related("country", "group"):
        found.setdefault(term.person_id, []).append(term)
    on_day = {person: membership_on(terms, day) for person, terms in found.items()}
    return {person: term for person, term in on_day.items() if term is not None}


def _check(mission: Mission, values: Mapping[str, Any]) -> None:
    if values["kind"] not in DocumentKind.values:
        raise Invalid(_("Choose passport or identity card."), code="kind_unknown", attr="kind")
    for name in ("number", "name_in_document", "nationality"):
        if not str(values.get(name, "")).strip():
            raise Invalid(_("This is needed for the accreditation."), code="identity_incomplete", attr=name)
    today, last = clock.today(), mission_days(mission)[1]
    if values["born_on"] >= today:
        raise Invalid(_("The date of birth lies in the future."), code="born_in_future", attr="born_on")
    if values.get("issued_on") and values["issued_on"] >= values["expires_on"]:
        raise Invalid(_("The document is valid until a day after the day of issue."), code="dates_in_disorder", attr="expires_on")
    if values["expires_on"] < last:
        words = {"day": say(values["expires_on"]), "last": say(last)}
        sentence = _("The document runs out on %(day)s, before the mission ends on %(last)s: enter another one.")
        raise Invalid(sentence % words, code="document_runs_out", attr="expires_on")


def _delete(mission: Mission, rows: Any, *, by: Actor, reason: str) -> int:
    count, _per_model = rows.delete()
    if count:
        IdentityDeletion.objects.create(mission=mission, deleted_at=clock.now(), deleted_by=str(by), count=count, reason=reason)
        audit.record(by, "observers.identity_deleted", mission, data={"count": count})
    return count
