"""The chain of evidence, walkable both ways: answer or note -> finding -> recommendation -> follow-up (DESIGN 2.8).

What a reader may not see is shown as "internal source": that something is there, never what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import translations
from core.actors import user_actor
from core.enums import Access
from core.models import StoredFile
from core.rights import allowed
from field.models import FormVersion, Incident, Note, Observation
from field.services.wordings import text_of
from missions.models import Meeting, MeetingNote
from reports.enums import OPEN_TO_TEAM, EvidenceKind
from reports.models import Evidence, Finding, GoodPractice, Recommendation, ReportParagraph, ReportVersion, Statement


@dataclass
class Source:
    """One piece of evidence as this reader may see it.

    uses_url: where every text that uses it is listed. version: of a note of a meeting, the one that is used here;
    is_changed: the note was corrected since.
    """

    kind: str
    kind_label: str
    label: str
    is_hidden: bool = False
    url: str = ""
    uses_url: str = ""
    detail: str = ""
    frozen: dict[str, Any] = field(default_factory=dict)
    uuid: str = ""
    version: int = 0
    is_changed: bool = False


@dataclass
class FindingNode:
    """A finding with its statement and its sources."""

    finding: Finding
    statement: str
    sources: list[Source]


@dataclass
class Uses:
    """Every text that uses one answer, note, meeting or incident."""

    findings: list[FindingNode]
    paragraphs: list[tuple[ReportParagraph, str]]
    recommendations: list[tuple[Recommendation, str]]
    statements: list[Statement]
    versions: list[ReportVersion]
    practices: list[GoodPractice] = field(default_factory=list)


def sources_of(findings: Iterable[Finding], user: Any, language: str) -> list[FindingNode]:
    """The findings with their sources, as `user` may see them; None or a stranger sees public sources only."""
    rows = list(findings)
    statements = translations.texts_of_many(rows, "statement")
    links = [link for finding in rows for link in finding.evidence.all()]
    urls, behind = _urls(links), behind_of(links)
    nodes = []
    for finding in rows:
        text = translations.best_text(statements[finding.uuid], language, finding.authentic_language)
        shown = [as_source(link, finding, user, language, urls, behind) for link in finding.evidence.all()]
        nodes.append(FindingNode(finding, text, shown))
    return nodes


def from_recommendation(recommendation: Recommendation, user: Any, language: str) -> list[FindingNode]:
    """Down: from a recommendation to the answers it rests on."""
    rows = recommendation.findings.select_related("mission", "topic").prefetch_related("evidence")
    return sources_of(rows, user, language)


def from_paragraph(paragraph: ReportParagraph, user: Any, language: str) -> list[FindingNode]:
    """Down: from a paragraph of the report to the answers it rests on."""
    return sources_of(paragraph.findings.select_related("mission", "topic").prefetch_related("evidence"), user, language)


def uses_of_answer(observation: Observation, user: Any, language: str, *, item: str = "") -> Uses:
    """Up: from one answer (or, without `item`, a whole form) to every text that uses it, directly or through a figure
    counted from answers to the same question."""
    direct = Evidence.objects.filter(kind=EvidenceKind.ANSWER, object_uuid=observation.root)
    items = [item] if item else [code for code in observation.flags if observation.flags[code] is not None]
    figures = Evidence.objects.filter(kind=EvidenceKind.FIGURE, item__in=items, finding__mission=observation.mission_id)
    if item:
        direct = direct.filter(item=item)
    return _uses({*direct.values_list("finding", flat=True), *figures.values_list("finding", flat=True)}, user, language)


def uses_of(kind: str, object_uuid: Any, user: Any, language: str) -> Uses:
    """Up: from a note, meeting, incident or document to every text that uses it."""
    found = Evidence.objects.filter(kind=kind, object_uuid=object_uuid).values_list("finding", flat=True)
    uses = _uses(set(found), user, language)
    if kind == EvidenceKind.MEETING:
        uses.practices = practices_from(object_uuid, user)
    return uses


def practices_from(meeting: Any, user: Any) -> list[GoodPractice]:
    """Good practices written from a meeting, as far as `user` may know it: one from a note that they may not read is not named."""
    readable = MeetingNote.objects.visible_to(user).filter(meeting__uuid=meeting).values("pk")
    rows = GoodPractice.objects.visible_to(user).filter(meeting__uuid=meeting).select_related("mission")
    return list(rows.filter(Q(note=None) | Q(note__in=readable)))


def is_readable(kind: str, object_uuid: Any, user: Any) -> bool:
    """May `user` read the note, meeting or incident itself; of a document, does a finding that they read name it openly to them?"""
    if kind == EvidenceKind.DOCUMENT:
        findings = Finding.objects.visible_to(user)
        links = Evidence.objects.filter(kind=kind, object_uuid=object_uuid, finding__in=findings).select_related("finding__mission")
        return any(_may_see(link.access, link.finding, user) for link in links)
    models: dict[str, Any] = {EvidenceKind.NOTE: Note, EvidenceKind.MEETING: Meeting, EvidenceKind.INCIDENT: Incident}
    return models[kind].objects.visible_to(user).filter(uuid=object_uuid).exists()


@dataclass
class Behind:
    """What stands behind links: version and access level of the notes of meetings as they are now; the questions that were answered,
    with the zone of their mission, by the form as it was filled in and the code."""

    notes: dict[str, tuple[int, str]] = field(default_factory=dict)
    questions: dict[tuple[str, str], tuple[dict[str, Any], str]] = field(default_factory=dict)


def behind_of(links: Iterable[Evidence]) -> Behind:
    """What stands behind these links: three queries at most, however many."""
    rows = list(links)
    notes = {link.frozen["note"] for link in rows if link.kind == EvidenceKind.MEETING and link.frozen.get("note")}
    found = MeetingNote.objects.filter(uuid__in=notes).values_list("uuid", "version", "access") if notes else []
    return Behind({str(uuid): (version, access) for uuid, version, access in found}, _questions_of(rows))


def _questions_of(links: list[Evidence]) -> dict[tuple[str, str], tuple[dict[str, Any], str]]:
    answers = [link for link in links if link.kind == EvidenceKind.ANSWER and link.frozen.get("observation")]
    if not answers:
        return {}
    rows = Observation.objects.filter(uuid__in={link.frozen["observation"] for link in answers})
    forms = {str(uuid): (version, zone) for uuid, version, zone in rows.values_list("uuid", "form_version", "mission__zone")}
    versions = FormVersion.objects.filter(pk__in={version for version, _zone in forms.values()}).values_list("pk", "questions")
    asked = {pk: {question["code"]: question for question in questions} for pk, questions in versions}
    found = {}
    for link in answers:
        version, zone = forms.get(link.frozen["observation"], (None, ""))
        if question := asked.get(version or 0, {}).get(link.item):
            found[(link.frozen["observation"], link.item)] = (question, zone)
    return found


def _answer_in_words(link: Evidence, behind: Behind, language: str) -> str:
    """What was answered, as the form words it in `language`; its code where the form is gone."""
    value = link.frozen.get("value", "")
    question, zone = behind.questions.get((link.frozen.get("observation", ""), link.item), (None, ""))
    return text_of(question, value, zone, language) if question else str(value)


def as_source(
    link: Evidence, finding: Finding, user: Any, language: str, urls: dict[Any, str] | None = None, behind: Behind | None = None
) -> Source:
    """The evidence for this reader: what it is, or "internal source". behind: of all links of the page, else asked for this one."""
    behind = behind_of([link]) if behind is None else behind
    now = behind.notes.get(link.frozen.get("note", ""))
    levels = {link.access, now[1]} if now else {link.access}
    if not all(_may_see(level, finding, user) for level in levels):
        return Source(kind="internal", kind_label=_("Internal source"), label=_("Internal source"), is_hidden=True)
    frozen, used = link.frozen, link.frozen.get("version", 1)
    detail = ""
    if link.kind == EvidenceKind.FIGURE:
        detail = _("%(n)s of %(denominator)s, of the stations visited") % {"n": frozen["n"], "denominator": frozen["denominator"]}
    elif link.kind == EvidenceKind.ANSWER:
        detail = _answer_in_words(link, behind, language)
    elif link.kind in {EvidenceKind.NOTE, EvidenceKind.MEETING}:
        detail = frozen.get("text", "")
    return Source(
        kind=link.kind,
        kind_label=link.get_kind_display(),
        label=link.label,
        url=(urls or {}).get((link.kind, link.object_uuid), ""),
        uses_url=_uses_url(link, finding),
        detail=detail,
        frozen=frozen,
        uuid=str(link.uuid),
        version=used if now else 0,
        is_changed=bool(now and now[0] != used),
    )


def _uses_url(link: Evidence, finding: Finding) -> str:
    if link.object_uuid is None or link.kind == EvidenceKind.RECOMMENDATION:
        return ""
    url = reverse("reports:uses", args=[finding.mission.reference, link.kind, link.object_uuid])
    return f"{url}?{urlencode({'item': link.item})}" if link.kind == EvidenceKind.ANSWER and link.item else url


def _may_see(access: str, finding: Finding, user: Any) -> bool:
    """Public sources are for all; team sources for those in the mission; the rest for the global roles."""
    if access == Access.PUBLIC:
        return True
    if user is None or not user.is_authenticated:
        return False
    by = user_actor(user)
    if allowed(by, "reports.view_confidential", finding):
        return True
    return access in OPEN_TO_TEAM and allowed(by, "reports.view_finding", finding)


def _uses(findings: set[int], user: Any, language: str) -> Uses:
    rows = Finding.objects.visible_to(user).filter(pk__in=findings).select_related("mission", "topic").prefetch_related("evidence")
    nodes = sources_of(rows, user, language)
    keys = [node.finding.pk for node in nodes]
    paragraphs = list(ReportParagraph.objects.filter(findings__in=keys).distinct().select_related("section__report"))
    paragraph_texts = translations.texts_of_many(paragraphs, "text")
    recommendations = list(Recommendation.objects.filter(findings__in=keys).distinct().select_related("mission", "report"))
    recommendation_texts = translations.texts_of_many(recommendations, "text")
    names = {str(node.finding.uuid) for node in nodes}
    statements = [
        row
        for row in Statement.objects.visible_to(user).filter(mission__in={node.finding.mission_id for node in nodes})
        if names & set(row.content.get("findings", []))
    ]
    reports = {row.section.report_id for row in paragraphs} | {row.report_id for row in recommendations if row.report_id}
    versions = ReportVersion.objects.filter(report__in=reports).select_related("report").defer("content")
    return Uses(
        findings=nodes,
        paragraphs=[(row, translations.best_text(paragraph_texts[row.uuid], language, row.authentic_language)) for row in paragraphs],
        recommendations=[
            (row, translations.best_text(recommendation_texts[row.uuid], language, row.authentic_language)) for row in recommendations
        ],
        statements=statements,
        versions=list(versions),
    )


def _urls(links: list[Evidence]) -> dict[Any, str]:
    """Where each source is shown at the desk: one query per kind."""
    by_kind: dict[str, set[Any]] = {}
    for link in links:
        if link.object_uuid:
            by_kind.setdefault(link.kind, set()).add(link.object_uuid)
    urls: dict[Any, str] = {}
    answers = by_kind.get(EvidenceKind.ANSWER, set())
    if answers:
        for row in Observation.objects.filter(root__in=answers, is_current=True).select_related("mission"):
            urls[(EvidenceKind.ANSWER, row.root)] = row.get_absolute_url()
    incidents = by_kind.get(EvidenceKind.INCIDENT, set())
    if incidents:
        for incident in Incident.objects.filter(uuid__in=incidents).select_related("mission"):
            urls[(EvidenceKind.INCIDENT, incident.uuid)] = incident.get_absolute_url()
    meetings = by_kind.get(EvidenceKind.MEETING, set())
    if meetings:
        for meeting in Meeting.objects.filter(uuid__in=meetings).select_related("mission"):
            url = getattr(meeting, "get_absolute_url", lambda: "")()
            urls[(EvidenceKind.MEETING, meeting.uuid)] = url
    files = by_kind.get(EvidenceKind.DOCUMENT, set())
    for file in StoredFile.objects.filter(uuid__in=files) if files else []:
        urls[(EvidenceKind.DOCUMENT, file.uuid)] = reverse("core:file", args=[file.uuid, file.name])
    earlier = by_kind.get(EvidenceKind.RECOMMENDATION, set())
    for one in Recommendation.objects.filter(uuid__in=earlier).select_related("mission") if earlier else []:
        urls[(EvidenceKind.RECOMMENDATION, one.uuid)] = one.get_absolute_url()
    return urls
