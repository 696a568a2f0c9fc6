"""Publishing under an embargo to the second, correcting by a new version, withdrawing with a notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.errors import Invalid, Missing, NotNow
from core.languages import reader_language
from core.models import Job
from core.rights import authorize
from reports import lifecycle
from reports.enums import ReportState, VersionReason
from reports.models import Publication, Report, ReportParagraph, ReportVersion
from reports.models.publication import cover_of
from reports.services.accepted_shares import missing_in, refuse_bare
from reports.services.accepted_shares import page_of as page_of_shares
from reports.services.adoption import correct_adoption_of
from reports.services.findings import open_to_public
from reports.services.languages import refuse_unknown
from reports.services.lifecycle import move_report
from reports.services.report_checks import findings_of_the_team, lacking_words, not_public_findings
from reports.services.reports import locked
from reports.services.search import index_publication
from reports.services.versions import freeze_version, render_version


@transaction.atomic
def publish_report(
    report: Report,
    *,
    by: Actor,
    languages: Iterable[str] = (),
    embargo_until: datetime | None = None,
    unchecked_accepted: Iterable[str] = (),
    findings_accepted: bool = False,
    shares_reason: str = "",
) -> tuple[Publication, Job]:
    """Freeze the report as adopted, let it be drawn, and publish it from `embargo_until` on (now, if not given).

    A language with unchecked texts enters only if `unchecked_accepted` names it, and findings that only the team reads only
    with `findings_accepted`: a person's explicit yes, after which those findings are public. Shares without n and denominator
    enter only where a publisher accepted them before, or says in `shares_reason` why they may stand. The public
    site shows nothing before the embargo has passed. Asked again, the first publication is returned with a job that
    draws what is not drawn yet.
    """
    report = locked(report)
    authorize(by, "reports.publish_report", report)
    known = report.publications.filter(withdrawn_at=None).order_by("-version__number").first()
    if known and report.state in lifecycle.CORRECTABLE:
        return known, render_version(known.version, by=by, see=page_of(known))
    if report.state != ReportState.ADOPTED:
        raise NotNow(_("Only an adopted report can be published."), code="report_state")
    version = freeze_version(report, by=by, reason=VersionReason.ADOPTED, languages=languages)
    _take_the_yes(version, by=by, accepted=set(unchecked_accepted), findings_accepted=findings_accepted, shares_reason=shares_reason)
    publication = _publish(version, by=by, embargo_until=embargo_until, accepted=set(unchecked_accepted))
    move_report(report, "publish", by=by)
    record(by, "reports.published", report, data={"version": version.number, "embargo_until": publication.embargo_until.isoformat()})
    return publication, render_version(version, by=by, see=page_of(publication))


@transaction.atomic
def correct_report(
    report: Report,
    *,
    by: Actor,
    note: dict[str, str],
    paragraphs: dict[str, dict[str, str]] | None = None,
    title: dict[str, str] | None = None,
    adoption: dict[str, Any] | None = None,
    unchecked_accepted: Iterable[str] = (),
    findings_accepted: bool = False,
    shares_reason: str = "",
    embargo_until: datetime | None = None,
    more_languages: Iterable[str] = (),
) -> tuple[Publication, Job]:
    """Correct a published report: a new numbered version that names the old one; the old stays where it was.

    paragraphs: uuid -> language -> text. adoption: day and numbers that were recorded wrongly; the report keeps its address.
    The adopted wording of recommendations cannot be corrected here: it never changes. What is said of the correction itself
    (`note`) gives no share without n and denominator. more_languages: languages that the report has been translated into since,
    of the host country say; the new version is published in them too.
    Before the embargo has passed the correction waits for it too, unless `embargo_until` names another instant.
    """
    report = locked(report)
    authorize(by, "reports.correct_report", report)
    if report.state not in lifecycle.CORRECTABLE:
        raise NotNow(_("Only a published report is corrected; before that it is changed."), code="report_state")
    if not note.get("en", "").strip():
        raise Invalid(_("Say in English what was corrected: readers see it."), code="note_missing", attr="note")
    refuse_bare(note, "note_en")
    old = report.versions.filter(publication__isnull=False).select_related("publication").order_by("-number").first()
    if old is None:
        raise NotNow(_("Only a published report is corrected; before that it is changed."), code="report_state")
    adoption = {name: value for name, value in (adoption or {}).items() if value}
    if adoption:
        correct_adoption_of(report, by=by, reason=note["en"], details=adoption)
    new = [code for code in more_languages if code not in old.languages]
    languages = [*old.languages, *new]
    refuse_unknown([*new, *(code for code in title or {} if code not in languages)], report.country, attr="languages")
    if languages != report.languages:
        report.languages = languages
        report.save_changes("languages")
    for language, text in (title or {}).items():
        translations.set_text(report, "title", language, text, by=by)
    rows = {str(row.uuid): row for row in ReportParagraph.objects.filter(section__report=report, uuid__in=list(paragraphs or {}))}
    for uuid, texts in (paragraphs or {}).items():
        if str(uuid) not in rows:
            raise Invalid(_("There is no such paragraph in this report."), code="paragraph_unknown", attr="paragraphs")
        refuse_unknown((code for code in texts if code not in languages), report.country, attr="paragraphs")
        for language, text in texts.items():
            translations.set_text(rows[str(uuid)], "text", language, text, by=by)
    version = freeze_version(report, by=by, reason=VersionReason.CORRECTION, languages=languages, corrects=old, note=note)
    _take_the_yes(version, by=by, accepted=set(unchecked_accepted), findings_accepted=findings_accepted, shares_reason=shares_reason)
    embargo_until = embargo_until or max(clock.now(), old.publication.embargo_until)
    publication = _publish(version, by=by, embargo_until=embargo_until, accepted=set(unchecked_accepted), notice=note)
    record(by, "reports.corrected", report, data={"version": version.number, "corrects": old.number})
    return publication, render_version(version, by=by, see=page_of(publication))


def is_public(report: Report) -> bool:
    """Can anybody read a version of it: published, its embargo passed, not withdrawn."""
    return report.publications.out().filter(withdrawn_at=None).exists()


@transaction.atomic
def withdraw_report(report: Report, *, by: Actor, note: str = "", notice: dict[str, str] | None = None) -> Report:
    """Take a report back.

    note: the reason, for the desk and the log. notice: what readers see, by language, English at least; of a public report
    it is needed and serves as the reason where none is given: its address stays and shows it. A report that is not public, or
    whose embargo has not passed, needs a reason and no notice: nobody outside knows of it. Raises Invalid for what is missing.
    """
    report = locked(report)
    authorize(by, "reports.withdraw_report", report)
    notice = notice or {}
    said = notice.get("en", "").strip()
    if not is_public(report):
        note, notice = note.strip() or said, {}
        if not note:
            raise Invalid(_("Say why."), code="note_missing", attr="note")
    elif not said:
        raise Invalid(_("Say in English why the report is withdrawn: readers see it."), code="note_missing", attr="notice")
    refuse_bare(notice, "notice_en")
    report = move_report(report, "withdraw", by=by, note=note.strip() or said)
    for publication in report.publications.filter(withdrawn_at=None):
        publication.withdrawn_at, publication.withdrawal_notice = clock.now(), notice
        publication.save_changes("withdrawn_at", "withdrawal_notice")
    record(by, "reports.withdrawn", report)
    return report


@transaction.atomic
def move_embargo(publication: Publication, *, by: Actor, embargo_until: datetime) -> Publication:
    """Set another minute for every version that is not out yet: what was out cannot be taken in again."""
    publication = Publication.objects.select_for_update().get(pk=publication.pk)
    authorize(by, "reports.publish_report", publication.report)
    if publication.is_out():
        raise NotNow(_("The report is already public."), code="public")
    for row in Publication.objects.filter(report=publication.report, embargo_until__gt=clock.now()).exclude(pk=publication.pk):
        row.embargo_until = embargo_until
        row.save_changes("embargo_until")
    publication.embargo_until = embargo_until
    publication.save_changes("embargo_until")
    record(by, "reports.embargo_moved", publication.report, data={"embargo_until": embargo_until.isoformat()})
    return publication


def page_of(publication: Publication) -> str:
    """The public page, in the reader's language where it is published in it; none while the embargo lasts."""
    if not publication.is_out():
        return ""
    language = reader_language()
    return publication.public_url(language if language in publication.languages else publication.report.authentic_language)


def slug_for(report: Report) -> str:
    """The report's public name: country, year, number. Given once; corrections keep it."""
    known = report.publications.order_by("pk").values_list("slug", flat=True).first()
    if known:
        return known
    base = slugify(f"{report.country.code} {report.year} {report.number}")[:100]
    taken = set(Publication.objects.filter(slug__startswith=base).exclude(report=report).values_list("slug", flat=True))
    slug, turn = base, 1
    while slug in taken:
        turn += 1
        slug = f"{base}-{turn}"
    return slug


def unchecked_refused(version: ReportVersion, accepted: set[str]) -> list[Missing]:
    """Languages with unchecked texts to which nobody has said yes."""
    return [
        Missing(
            f"unchecked_{language}",
            ngettext(
                "%(language)s: %(n)s place is not checked. Check it, leave the language out, or say yes to it.",
                "%(language)s: %(n)s places are not checked. Check them, leave the language out, or say yes to it.",
                len(places),
            )
            % {"language": language.upper(), "n": len(places)},
            version.report.get_absolute_url(),
        )
        for language, places in sorted(version.unchecked.items())
        if language not in accepted
    ]


def _take_the_yes(version: ReportVersion, *, by: Actor, accepted: set[str], findings_accepted: bool, shares_reason: str) -> None:
    """Stop what nobody has said yes to, all of it told at once; open the findings that were said yes to."""
    missing = unchecked_refused(version, accepted)
    missing += lacking_words(code for code in version.languages if code not in accepted)
    if not findings_accepted:
        missing += not_public_findings(version.report)
    missions = list(version.report.missions.order_by("pk"))
    url = page_of_shares(missions[0]) if missions else ""
    missing += missing_in(version.content["languages"], missions=missions, url=url, by=by, reason=shares_reason)
    if missing:
        sentence = _("Unchecked texts, findings of the team and shares without n and denominator are published only with a person's yes.")
        raise NotNow(sentence, code="unchecked", missing=missing)
    for finding in findings_of_the_team(version.report):
        open_to_public(finding, by=by)


def _publish(
    version: ReportVersion, *, by: Actor, embargo_until: datetime | None, accepted: set[str], notice: dict[str, str] | None = None
) -> Publication:
    made = Publication.objects.create(
        report=version.report,
        version=version,
        slug=slug_for(version.report),
        embargo_until=embargo_until or clock.now(),
        languages=version.languages,
        titles={code: content["cover"]["title"] for code, content in version.content["languages"].items()},
        cover=cover_of(version),
        unchecked_accepted=sorted(accepted & set(version.unchecked)),
        notice=notice or {},
        published_by=str(by),
    )
    index_publication(made)
    return made
