"""A Word document that the secretariat edited comes back: compared, decided entry by entry, taken over as the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.documents.word_reader import WordText, read_docx
from core.enums import Access
from core.errors import Invalid, NotNow, Stale
from core.files import DOCX, LETTER_BYTES, store_file
from core.rights import authorize
from reports.documents.report.anchors import Anchor
from reports.enums import ImportState, VersionReason
from reports.models import Finding, Recommendation, Report, ReportParagraph, ReportSection, ReportVersion, WordImport
from reports.services.findings import reword_finding
from reports.services.paragraphs import add_paragraph, place_paragraph, remove_paragraph, save_paragraph
from reports.services.recommendations import change_recommendation, translate_recommendation
from reports.services.remarks import keep_word_comment
from reports.services.reports import change_report, locked
from reports.services.versions import freeze_version
from reports.services.word_places import marked_version
from reports.services.word_plan import make_plan


@transaction.atomic
def bring_document(report: Report, *, by: Actor, file: Any, number: int | None = None, language: str = "") -> WordImport:
    """Read a Word document and say what it would change; nothing of the report changes before `take_document`.

    number, language: of the version it was drawn from, where the document has lost its mark (its title was written anew, say).
    Raises Invalid for a file that is broken, foreign, or of another report.
    """
    report = locked(report)
    authorize(by, "reports.change_report", report)
    _refuse_closed(report)
    name, data = getattr(file, "name", "") or "report.docx", file.read(LETTER_BYTES + 1)
    text = read_docx(data)
    version, language = _origin(report, text, number, language)
    plan = make_plan(report, version, language, text)
    stored = store_file(data, name=name, by=by, access=Access.SECRETARIAT, mime=DOCX)
    row = WordImport.objects.create(
        report=report, version=version, language=language, file=stored, plan=plan, brought_by=str(by), brought_at=clock.now()
    )
    record(by, "reports.word_brought", report, data={"version": version.number, "language": language, "entries": len(plan["items"])})
    return row


@transaction.atomic
def compare_again(row: WordImport, *, by: Actor) -> WordImport:
    """Compare the same document with the report as it is now."""
    row = _locked(row, by)
    with row.file.open() as file:
        text = read_docx(file.read())
    row.plan = make_plan(row.report, row.version, row.language, text)
    row.save_changes("plan")
    return row


@transaction.atomic
def take_document(
    row: WordImport, *, by: Actor, decisions: Mapping[str, str], checked: bool = False, with_comments: bool = False
) -> ReportVersion:
    """Take over what was decided and freeze the report as its next version; all of it or nothing.

    decisions, by entry: `do_<id>` is `word`, `both` or `keep` for a changed text (of a paragraph, a call, a finding, the title);
    `remove` or `keep` for one that is missing; `leave`,
    `start:<chapter>`, `after:<uuid>` or `replace:<uuid>` for one that is new; `move_<id>` is `yes` where its new place is taken too.
    checked: a translation was read against the original. Raises Stale where the report changed since the comparison.
    """
    row = _locked(row, by)
    if _versions(row.report) != row.plan["versions"]:
        raise Stale(_("The report was changed since this was compared. It is compared anew: read it again."), code="plan_stale")
    taker = _Taker(row, by, checked)
    for item in row.plan["items"]:
        taker.take(item, decisions.get(f"do_{item['id']}", ""), decisions.get(f"move_{item['id']}", "") == "yes")
    if with_comments:
        taker.comments(row.plan["comments"])
    if not taker.taken:
        raise Invalid(_("Choose at least one change, or put the document aside."), code="nothing_chosen")
    note = {"en": f"From the Word document {row.file.name}, drawn from version {row.version.number}."}
    made = freeze_version(row.report, by=by, reason=VersionReason.WORKING, note=note)
    row.state, row.made = ImportState.TAKEN, made
    row.save_changes("state", "made")
    data = {"version": row.version.number, "made": made.number, "taken": taker.taken, "language": row.language}
    record(by, "reports.word_taken", row.report, data=data)
    return made


@transaction.atomic
def drop_document(row: WordImport, *, by: Actor) -> None:
    """Put the document aside; it stays in the list."""
    row = _locked(row, by)
    row.state = ImportState.DROPPED
    row.save_changes("state")
    record(by, "reports.word_dropped", row.report, data={"version": row.version.number})


class _Taker:
    """Carries decisions out, in the order of the document: what is new may stand behind what is new."""

    def __init__(self, row: WordImport, by: Actor, checked: bool) -> None:
        self.row, self.by, self.checked, self.taken = row, by, checked, 0
        self.report, self.language = row.report, row.language
        self.made: dict[str, ReportParagraph] = {}

    def take(self, item: dict[str, Any], decision: str, moves: bool) -> None:
        kind = item["kind"]
        if kind == "changed" and decision in {"word", "both"}:
            self.save(self.paragraph(item["uuid"]), item["both"] if decision == "both" and item["both"] else item["new"])
        elif kind == "call" and decision == "word":
            self.call(item)
        elif kind == "finding" and decision in {"word", "both"}:
            self.statement(item, item["both"] if decision == "both" and item["both"] else item["new"])
        elif kind == "title" and decision == "word":
            change_report(self.report, version=item["version"], by=self.by, title={self.language: item["new"]})
            self.taken += 1
        elif kind == "removed" and decision == "remove":
            paragraph = self.paragraph(item["uuid"])
            remove_paragraph(paragraph, version=paragraph.version, by=self.by)
            self.taken += 1
        elif kind in {"new", "unplaced"} and decision not in {"", "leave"}:
            self.place(item, decision)
        if item.get("is_moved") and moves:
            self.move(self.paragraph(item["uuid"]), item["to"], item["after"])

    def save(self, paragraph: ReportParagraph, text: str) -> None:
        save_paragraph(paragraph, version=paragraph.version, language=self.language, text=text, by=self.by, checked=self.checked)
        self.taken += 1

    def move(self, paragraph: ReportParagraph, section: str, after: str) -> None:
        place_paragraph(paragraph, section=self.section(section), after=self.behind(after, section), by=self.by)
        self.taken += 1

    def call(self, item: dict[str, Any]) -> None:
        row = Recommendation.objects.get(report=self.report, uuid=item["uuid"])
        if self.language == row.authentic_language:
            change_recommendation(row, version=item["version"], by=self.by, text={self.language: item["new"]})
        else:
            translate_recommendation(row, language=self.language, text=item["new"], checked=self.checked, by=self.by)
        self.taken += 1

    def statement(self, item: dict[str, Any], text: str) -> None:
        row = Finding.objects.filter(mission__in=self.report.missions.all(), uuid=item["uuid"]).select_related("mission").get()
        source = _("Word document %(name)s") % {"name": self.row.file.name}
        reword_finding(row, version=item["version"], by=self.by, language=self.language, text=text, checked=self.checked, source=source)
        self.taken += 1

    def place(self, item: dict[str, Any], decision: str) -> None:
        """`start:<chapter>`, `after:<name>`, `replace:<uuid>`."""
        act, _colon, where = decision.partition(":")
        if act == "replace":
            self.made[item["name"]] = self.paragraph(where)
            self.save(self.made[item["name"]], item["new"])
            return
        if act not in {"start", "after"}:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": decision}, code="not_a_choice")
        after = self.made.get(where) or self.paragraph(where) if act == "after" else None
        section = after.section if after is not None else self.section(where)
        paragraph = add_paragraph(section, text={self.language: item["new"]}, by=self.by, authentic_language=self.language, after=after)
        if after is None:
            place_paragraph(paragraph, section=section, after=None, by=self.by)
        self.made[item["name"]] = paragraph
        self.taken += 1

    def comments(self, rows: list[dict[str, str]]) -> None:
        known = {str(one.uuid): one for one in ReportParagraph.objects.filter(section__report=self.report)}
        for one in rows:
            at = datetime.fromisoformat(one["at"]) if one["at"] else None
            keep_word_comment(
                self.report,
                known.get(one["uuid"]),
                by=self.by,
                language=self.language,
                text=one["text"],
                author_name=one["author"],
                said_at=at if at and at.tzinfo else None,
            )
            self.taken += 1

    def behind(self, name: str, section: str) -> ReportParagraph | None:
        """The paragraph behind which something stands, if it is taken over and in that chapter."""
        found = self.made.get(name)
        if found is None and name and not name.startswith("new:"):
            found = self.paragraph(name)
        return found if found is not None and found.section.code == section else None

    def paragraph(self, uuid: str) -> ReportParagraph:
        try:
            rows = ReportParagraph.objects.filter(section__report=self.report, uuid=UUID(uuid))
        except ValueError:
            rows = ReportParagraph.objects.none()
        row = rows.select_related("section__report").first()
        if row is None:
            raise Invalid(_("There is no such paragraph in this report."), code="paragraph_unknown", attr="paragraphs")
        return row

    def section(self, code: str) -> ReportSection:
        row = ReportSection.objects.filter(report=self.report, code=code).select_related("report").first()
        if row is None:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": code}, code="not_a_choice")
        return row


def _origin(report: Report, text: WordText, number: int | None, language: str) -> tuple[ReportVersion, str]:
    mark: Anchor | None = marked_version(text)
    if number is not None and language:
        version = report.versions.filter(number=number).first()
    elif mark is None:
        sentence = _("The document does not say from which version of a report it was drawn. Name the version and the language.")
        raise Invalid(sentence, code="word_foreign", attr="number")
    else:
        version = ReportVersion.objects.filter(uuid=mark.key).first()
        language = mark.language
        if version is not None and version.report_id != report.pk:
            raise Invalid(_("The document was drawn from another report."), code="word_elsewhere", attr="file")
    if version is None or language not in version.languages:
        raise Invalid(
            _("There is no version of this report, in that language, from which it could have been drawn."),
            code="word_foreign",
            attr="number",
        )
    return version, language


def _refuse_closed(report: Report) -> None:
    if not report.is_editable:
        raise NotNow(_("The report is not open for changes now."), code="report_closed")


def _versions(report: Report) -> dict[str, int]:
    return {str(uuid): version for uuid, version in ReportParagraph.objects.filter(section__report=report).values_list("uuid", "version")}


def _locked(row: WordImport, by: Actor) -> WordImport:
    report = locked(row.report)
    row = WordImport.objects.select_for_update(of=("self",)).select_related("version", "file").get(pk=row.pk)
    row.report = report
    authorize(by, "reports.change_report", report)
    _refuse_closed(report)
    if row.state != ImportState.OPEN:
        raise NotNow(_("This document is decided already."), code="word_decided")
    return row
