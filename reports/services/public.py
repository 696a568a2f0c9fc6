"""What the public site may know. Every question starts from publications whose embargo has passed (to the second) and that
were not withdrawn; nothing else of this app is reachable from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404

from core import translations
from core.enums import Access
from core.models import Document, DocumentFile
from missions.models import Country, PastMission
from reports.enums import FollowUpStatus
from reports.models import AdoptedText, FollowUp, PastText, Publication, Recommendation, Report
from reports.references import format_adopted
from reports.services.search import each_word, with_words
from reports.services.versions import FORMATS, KIND


@dataclass(frozen=True)
class Download:
    """One file of a published version."""

    language: str
    format: str
    size: int
    sha256: str
    name: str


def publications(at: datetime | None = None) -> QuerySet[Publication]:
    """The newest public version of every report, newest first."""
    return (
        Publication.objects.current(at)
        .select_related("report__country", "version")
        .defer("version__content")
        .order_by("-embargo_until", "-pk")
    )


def listed(*, country: str = "", year: str = "", election: str = "", topic: str = "", words: str = "") -> list[Publication]:
    """Public reports, filtered. `words` are looked for in all that the version says, in any case, without accents, in any script.

    election: kind of election; topic: code of a group of findings in which the report has a recommendation.
    """
    rows = publications()
    if country:
        rows = rows.filter(report__country__code=country.upper())
    if year.isdigit():
        rows = rows.filter(report__year=int(year))
    if election:
        rows = rows.filter(report__in=Report.objects.filter(missions__election__kind=election).values("pk"))
    if topic:
        rows = rows.filter(report__in=Recommendation.objects.adopted().filter(topic__code=topic.upper()).values("report"))
    return list(with_words(rows, words))


def publication_of(slug: str, number: int | None = None) -> Publication:
    """The newest version out under `slug`, or version `number`. Raises Http404: absent, under embargo and never made look alike.

    A withdrawn one is found: its page shows the notice and nothing else.
    """
    rows = Publication.objects.out().filter(slug=slug).select_related("report__country", "version").order_by("-version__number")
    row = rows.filter(version__number=number).first() if number is not None else rows.filter(withdrawn_at=None).first() or rows.first()
    if row is None:
        raise Http404
    return row


def withdrawn_with(recommendation: UUID) -> Publication:
    """The withdrawn report that a recommendation was public with: its address stays and shows the notice. Raises Http404."""
    out = Publication.objects.out().filter(withdrawn_at__isnull=False, report__recommendations__uuid=recommendation)
    adopted = out.filter(report__recommendations__in=Recommendation.objects.adopted().filter(uuid=recommendation))
    row = adopted.select_related("report__country", "version").order_by("-version__number").first()
    if row is None or public_reports().filter(pk=row.report_id).exists():
        raise Http404
    return row


def versions_of(publication: Publication) -> list[Publication]:
    """Every public version of the same report, newest first."""
    rows = Publication.objects.out().filter(report=publication.report).select_related("version").defer("version__content")
    return list(rows.order_by("-version__number"))


def downloads_of(publication: Publication) -> list[Download]:
    """The files that are drawn, one per language and format."""
    files = DocumentFile.objects.filter(
        document__kind=KIND, document__subject_key=str(publication.version.uuid), document__language__in=publication.languages
    ).select_related("file", "document")
    newest: dict[tuple[str, str], DocumentFile] = {}
    for row in files.order_by("document__frozen_at", "pk"):
        newest[(row.document.language, row.format)] = row
    return [
        Download(
            language,
            format_,
            newest[(language, format_)].file.size,
            newest[(language, format_)].file.sha256,
            file_name(publication, language, format_),
        )
        for language in publication.languages
        for format_ in FORMATS
        if (language, format_) in newest
    ]


def file_of(publication: Publication, name: str) -> DocumentFile:
    """The drawn file with this public name. Raises Http404."""
    for language in publication.languages:
        for format_ in FORMATS:
            if name == file_name(publication, language, format_):
                document = Document.objects.filter(kind=KIND, subject_key=str(publication.version.uuid), language=language)
                row = (
                    DocumentFile.objects.filter(document__in=document, format=format_)
                    .select_related("file")
                    .order_by("-document__frozen_at")
                    .first()
                )
                if row:
                    return row
    raise Http404


def file_name(publication: Publication, language: str, format_: str) -> str:
    """The public name of a file."""
    return f"{publication.slug}-v{publication.version.number}-{language}.{format_}"


def public_reports() -> QuerySet[Report]:
    """Reports with a publication that is out and not withdrawn."""
    return Report.objects.filter(publications__in=Publication.objects.current()).distinct()


def recommendations(texts: QuerySet[AdoptedText] | None = None) -> Any:
    """Adopted recommendations of public reports, and of texts from before Scrutin that were let out, with their status.

    texts: `public_texts()`, where the caller asked already.
    """
    rows = Recommendation.objects.adopted().filter(Q(report__in=public_reports()) | Q(past_text__is_public=True)).with_status()
    wording = Prefetch("adopted_texts", public_texts() if texts is None else texts)
    shown = Prefetch("report__publications", Publication.objects.current().defer("version__content"), to_attr="shown")
    rows = rows.select_related("country", "report", "topic", "past_text__past_mission")
    return rows.prefetch_related(wording, shown, "addressees", "citations__standard")


def shown_of(row: Recommendation) -> Publication | None:
    """The publication that the public reads of a recommendation's report: its numbers and its day of adoption are shown.

    What was corrected under an embargo stands in the report already, and not in here. `row` comes from `recommendations()`.
    None for one from before Scrutin: its text says what a cover says.
    """
    return row.report.shown[0] if row.report else None  # type: ignore[attr-defined]


def number_of(row: Recommendation) -> str:
    """The number of the adopted text as the public reads it; empty where it is not known."""
    if row.past_text is not None:
        return row.past_text.number
    return shown_of(row).cover["recommendation_number"]  # type: ignore[union-attr]


def day_of(row: Recommendation) -> date | None:
    """The day of adoption as the public reads it."""
    return row.past_text.adopted_on if row.past_text is not None else shown_of(row).adopted_on  # type: ignore[union-attr]


def days_of_adoption(*, with_calls: bool = False) -> dict[int, date]:
    """The day of adoption by report (primary key), as the public reads it; `with_calls`: of reports with recommendations."""
    shown = Publication.objects.current()
    if with_calls:
        shown = shown.filter(report__in=Recommendation.objects.adopted().values("report"))
    return {report: date.fromisoformat(day) for report, day in shown.values_list("report_id", "cover__adopted_on") if day}


def _adopted_in(year: int) -> Q:
    """Recommendations that were adopted in a year, by what the public reads of them."""
    return Q(report__in=[report for report, day in days_of_adoption().items() if day.year == year]) | Q(past_text__adopted_on__year=year)


def public_texts() -> QuerySet[AdoptedText]:
    """Adopted wording that the public may read: the original, and the languages in which the report is published, where the
    wording was checked or a publisher said yes to the unchecked one. Page, data, table and search all read from here."""
    allowed = Q(is_authentic=True)
    languages: dict[str, tuple[list[int], list[int]]] = {}
    for report, published, accepted in Publication.objects.current().values_list("report", "languages", "unchecked_accepted"):
        for code in published:
            checked, unchecked = languages.setdefault(code, ([], []))
            checked.append(report)
            if code in accepted:
                unchecked.append(report)
    for code, (checked, unchecked) in languages.items():
        allowed |= Q(language=code, was_checked=True, recommendation__report__in=checked)
        allowed |= Q(language=code, recommendation__report__in=unchecked)
    allowed |= Q(recommendation__past_text__is_public=True)  # letting it out was the yes to all that was entered
    return AdoptedText.objects.filter(allowed)


def tracked(filters: dict[str, str]) -> Any:
    """Recommendations by country, year, status, topic, addressee, priority, adopted text and words, newest first."""
    texts = public_texts()
    rows = recommendations(texts)
    if filters.get("country"):
        rows = rows.filter(country__code=filters["country"].upper())
    if filters.get("year", "").isdigit():
        rows = rows.filter(_adopted_in(int(filters["year"])))
    if filters.get("text"):
        rows = rows.filter(_of_text(filters["text"]))
    if filters.get("status") in FollowUpStatus.values:
        rows = rows.filter(status=filters["status"])
    if filters.get("topic"):
        rows = rows.filter(topic__code=filters["topic"].upper())
    if filters.get("priority"):
        rows = rows.filter(priority=filters["priority"])
    if filters.get("addressee"):
        rows = rows.filter(pk__in=Recommendation.objects.filter(addressees__addressee=filters["addressee"]).values("pk"))
    for held in each_word(filters.get("q", "")):
        rows = rows.filter(pk__in=texts.filter(held).values("recommendation"))
    return rows.order_by("-adopted_on", "report", "past_text", "number")


def _of_text(number: str) -> Q:
    """Recommendations of the adopted text with this number, in any of our languages."""
    wanted = format_adopted(number, "en").casefold()
    covers = Publication.objects.current().values_list("report_id", "cover__recommendation_number")
    reports = [report for report, known in covers if known and format_adopted(known, "en").casefold() == wanted]
    return Q(report__in=reports) | Q(past_text__number__iexact=wanted)


def history_of(rows: Iterable[Recommendation], language: str) -> dict[int, list[dict[str, Any]]]:
    """Public assessments of many recommendations, oldest first, with their public notes, in two queries."""
    keys = [row.pk for row in rows]
    found = list(FollowUp.objects.standing().filter(recommendation__in=keys).order_by("assessed_on", "pk"))
    notes = translations.texts_of_many([one for one in found if one.access == Access.PUBLIC], "note")
    history: dict[int, list[dict[str, Any]]] = {}
    for one in found:
        texts = notes.get(one.uuid, {}) if one.access == Access.PUBLIC else {}
        history.setdefault(one.recommendation_id, []).append(
            {
                "uuid": one.uuid,
                "status": one.status,
                "status_label": one.get_status_display(),
                "basis": one.basis,
                "basis_label": one.get_basis_display(),
                "on": one.assessed_on,
                "note": translations.best_text(texts, language, one.authentic_language),
            }
        )
    return history


def countries(language: str) -> list[Country]:
    """Countries with a public report, a past mission or a text adopted before Scrutin, with how many of each."""
    public = list(public_reports().values_list("pk", flat=True))
    rows = Country.objects.annotate(
        public_reports=Count("reports", filter=Q(reports__in=public), distinct=True),
        past=Count("past_missions", distinct=True),
        texts=Count("past_texts", filter=Q(past_texts__is_public=True), distinct=True),
    )
    return list(rows.filter(Q(public_reports__gt=0) | Q(past__gt=0) | Q(texts__gt=0)).by_name(language))


def country_of(code: str) -> Country:
    """A country that the public site knows. Raises Http404."""
    row = Country.objects.filter(code=code.upper()).first()
    if row is None:
        raise Http404
    return row


def past_missions(country: Country) -> list[PastMission]:
    """Missions before Scrutin, newest first, each with its `public_texts`."""
    texts = PastText.objects.out().annotate(calls=Count("recommendations")).order_by("adopted_on", "number")
    return list(PastMission.objects.filter(country=country).prefetch_related(Prefetch("texts", texts, to_attr="public_texts")))


def other_past_texts(country: Country) -> list[PastText]:
    """Public texts of missions that the history does not list, newest first."""
    rows = PastText.objects.out().filter(country=country, past_mission=None).annotate(calls=Count("recommendations"))
    return list(rows.order_by("-adopted_on", "number"))


def years_of_adoption() -> list[int]:
    """Years in which public recommendations were adopted, newest first."""
    days = [*days_of_adoption(with_calls=True).values(), *PastText.objects.out().values_list("adopted_on", flat=True)]
    return sorted({day.year for day in days}, reverse=True)


def status_counts(rows: Any) -> list[dict[str, Any]]:
    """How many recommendations have each status, in the order of the values."""
    counted = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    return [{"status": value, "label": label, "n": counted.get(value, 0)} for value, label in FollowUpStatus.choices]
