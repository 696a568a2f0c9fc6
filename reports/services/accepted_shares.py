"""Shares without n and denominator in what people typed: where they stand, and a publisher's yes to those that may stand.

A working draft is only warned. Preliminary conclusions are not frozen, a recommendation is not adopted, a report, a text or a good
practice is not published with one, unless a publisher said why it may stand: the sentence, the reason and the day are kept and logged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.errors import Invalid, Missing
from core.rights import authorize
from missions.models import Mission
from reports.enums import MissionTextState, PracticeState
from reports.models import AcceptedShare, Finding, GoodPractice, MissionText, Recommendation, Report, ReportParagraph
from reports.models.practice import TEXTS
from reports.services.figures import TOKEN, Snapshot, fill_tokens, item_of, snapshot_of
from reports.services.shares import BareShare, bare_in, bare_sentences, core_of, strings_in


@dataclass(frozen=True)
class StandingShare:
    """One sentence at one place: what is bare in it, and a publisher's yes where there is one."""

    place: str
    url: str
    language: str
    sentence: str
    shares: tuple[str, ...]
    digest: str
    accepted: AcceptedShare | None

    def as_missing(self) -> list[Missing]:
        """What stands in the way: one for each share."""
        sentence = _("%(place)s: “%(share)s” stands without n and denominator.")
        return [Missing("share_bare", sentence % {"place": self.place, "share": share}, self.url) for share in self.shares]


@dataclass(frozen=True)
class Typed:
    """Something that people wrote: what it is called, where it is changed, its words by language."""

    place: str
    url: str
    texts: dict[str, str]


def digest_of(sentence: str) -> str:
    """By what a sentence is known again, wherever in the mission it stands."""
    return hashlib.sha256(core_of(sentence).encode()).hexdigest()


def standing_in(typed: Iterable[Typed], missions: Collection[Mission], figures: Snapshot | None = None) -> list[StandingShare]:
    """Every sentence with a bare share, in the order given; live figures are filled in as they are counted now."""
    rows = [row for row in typed if any(row.texts.values())]
    known = {row.digest: row for row in AcceptedShare.objects.filter(mission__in=missions)}
    found = []
    for row in rows:
        for language, text in row.texts.items():
            if "{figure:" in text:
                figures = figures or snapshot_of(missions)
                text = fill_tokens(text, figures, language)
            for one in bare_sentences(text):
                digest = digest_of(one.sentence)
                accepted = known.get(digest)
                found.append(StandingShare(row.place, row.url, language, one.sentence, one.shares, digest, accepted))
    return found


def shares_of_mission(mission: Mission, figures: Snapshot | None = None) -> list[StandingShare]:
    """What stands bare in findings, recommendations, report, smaller texts and good practice of a mission."""
    report = Report.objects.for_mission(mission).live().first()
    typed = [*typed_findings([mission], agreed=False), *typed_recommendations(Recommendation.objects.for_mission(mission).live())]
    if report is not None:
        typed += typed_report(report)
    typed += [*_typed_texts(mission), *_typed_practices(mission)]
    return standing_in(typed, [mission] if report is None else list(report.missions.all()), figures)


def uncounted_in(typed: Iterable[Typed], missions: Collection[Mission]) -> list[Missing]:
    """Live figures that these texts ask for and nobody counted, each with its text."""
    asking = [(row, codes) for row in typed if (codes := {code for text in row.texts.values() for code in TOKEN.findall(text)})]
    figures = snapshot_of(missions) if asking else None
    sentence = _("%(place)s asks for the figure %(code)s, but nothing was counted for it.")
    return [
        Missing("figure_unknown", sentence % {"place": row.place, "code": code}, row.url)
        for row, codes in asking
        for code in sorted(codes)
        if item_of(figures or {}, code) is None
    ]


def open_shares(rows: Iterable[StandingShare]) -> list[Missing]:
    """Those that nobody has accepted, as things that stand in the way."""
    return list(dict.fromkeys(one for row in rows if row.accepted is None for one in row.as_missing()))


@transaction.atomic
def accept_shares(mission: Mission, digests: Iterable[str], *, by: Actor, reason: str) -> list[AcceptedShare]:
    """A publisher lets these sentences stand as they are, with a reason. Asked twice, answered twice.

    digests: of sentences that stand in the mission's texts now. Raises Invalid for another one, and without a reason.
    """
    authorize(by, "reports.accept_share", mission)
    standing = {row.digest: BareShare(row.sentence, row.shares) for row in shares_of_mission(mission)}
    wanted = list(dict.fromkeys(digests))
    if not wanted:
        raise Invalid(_("Choose at least one sentence."), code="nothing_chosen", attr="sentences")
    if any(digest not in standing for digest in wanted):
        raise Invalid(_("The texts were changed meanwhile. Read them again."), code="share_gone", attr="sentences")
    return _accept(mission, [standing[digest] for digest in wanted], by=by, reason=reason)


@transaction.atomic
def take_back_share(row: AcceptedShare, *, by: Actor) -> None:
    """The sentence stands in the way again. What is published stays as it is."""
    assert row.mission is not None
    authorize(by, "reports.accept_share", row.mission)
    record(by, "reports.share_refused", row.mission, data={"sentence": row.digest, "shares": row.shares})
    row.delete()


def missing_in(content: Any, *, missions: Collection[Mission | None], url: str, by: Actor, reason: str = "") -> list[Missing]:
    """What stands bare anywhere in a content that is about to be frozen for the public, and nobody has accepted.

    reason: why it may stand all the same; with it, `by`, a publisher, accepts what is found, here and now, and nothing is missing.
    """
    scope = Q(mission__in=[one for one in missions if one is not None])
    if None in missions:  # of another collection
        scope |= Q(mission=None)
    known = set(AcceptedShare.objects.filter(scope).values_list("digest", flat=True))
    found = [one for one in bare_in(content) if digest_of(one.sentence) not in known]
    if found and reason.strip():
        mission = next(iter(missions))
        authorize(by, "reports.accept_share", mission)
        _accept(mission, found, by=by, reason=reason)
        return unfilled_in(content, url)
    return unfilled_in(content, url) + missing_of(found, url)


def unfilled_in(content: Any, url: str = "") -> list[Missing]:
    """Live figures that nothing was put in for, because nobody counted them: none is published as `{figure:B21}`."""
    codes = sorted({code for text in strings_in(content) for code in TOKEN.findall(text)})
    return [Missing("figure_unknown", _("Nobody counted the figure %(code)s.") % {"code": code}, url) for code in codes]


def missing_of(found: Iterable[BareShare], url: str = "") -> list[Missing]:
    """Bare shares as things that stand in the way, each with its sentence."""
    sentence = _("“%(share)s” stands without n and denominator: “%(sentence)s”")
    return [
        Missing("share_bare", sentence % {"share": share, "sentence": core_of(one.sentence)[:300]}, url)
        for one in found
        for share in one.shares
    ]


def refuse_bare(texts: dict[str, str], attr: str) -> None:
    """For a note that the public reads at once: raises Invalid where it gives a share without n and denominator."""
    found = [one for text in texts.values() for one in bare_sentences(text)]
    unfilled = unfilled_in(list(texts.values()))
    if unfilled:
        raise Invalid(_("A live figure is not filled in here: write the numbers."), code="figure_unknown", attr=attr, missing=unfilled)
    if found:
        sentence = _("“%(share)s” stands without n and denominator. Say of how many, or leave it out.")
        raise Invalid(sentence % {"share": found[0].shares[0]}, code="share_bare", attr=attr, missing=missing_of(found))


def page_of(mission: Mission) -> str:
    """Where a publisher reads and accepts them."""
    return reverse("reports:shares", args=[mission.reference])


def typed_findings(missions: Iterable[Mission], *, agreed: bool = True) -> Iterator[Typed]:
    """Statements of findings that may be printed: the agreed ones, or every one that was not dropped."""
    rows = Finding.objects.filter(mission__in=missions).printed().select_related("mission").order_by("mission", "number")
    yield from _typed(list(rows.agreed() if agreed else rows.live()), "statement")


def typed_recommendations(rows: Iterable[Recommendation]) -> Iterator[Typed]:
    """Wording of recommendations; the adopted one where there is one."""
    found = list(rows)
    yield from _typed([row for row in found if not row.is_adopted], "text")
    for row in found:
        if row.is_adopted:
            yield Typed(row.label, row.get_absolute_url(), {one.language: one.text for one in row.adopted_texts.all()})


def typed_report(report: Report) -> Iterator[Typed]:
    """Title and paragraphs of a report."""
    url = report.get_absolute_url()
    yield Typed(_("Title"), url, {code: row.text for code, row in translations.texts(report, "title").items()})
    sections = ReportParagraph.objects.filter(section__report=report).select_related("section")
    rows = list(sections.order_by("section__position", "position", "pk"))
    texts = translations.texts_of_many(rows, "text")
    places: dict[int, int] = {}
    for row in rows:
        number = places[row.section_id] = places.get(row.section_id, 0) + 1
        place = _("Paragraph %(number)s of “%(chapter)s”") % {"number": number, "chapter": row.section.get_code_display()}
        at = reverse("reports:paragraph", args=[report.mission.reference, row.uuid]) if report.mission else url
        yield Typed(place, at, {code: one.text for code, one in texts[row.uuid].items()})


def _typed(rows: list[Any], field: str) -> Iterator[Typed]:
    texts = translations.texts_of_many(rows, field)
    for row in rows:
        yield Typed(row.label, row.get_absolute_url(), {code: one.text for code, one in texts[row.uuid].items()})


def _typed_texts(mission: Mission) -> Iterator[Typed]:
    rows = list(MissionText.objects.filter(mission=mission).exclude(state=MissionTextState.WITHDRAWN).select_related("mission"))
    for name in ("title", "body"):
        texts = translations.texts_of_many(rows, name)
        for row in rows:
            yield Typed(row.get_kind_display(), row.get_absolute_url(), {code: one.text for code, one in texts[row.uuid].items()})


def _typed_practices(mission: Mission) -> Iterator[Typed]:
    rows = list(GoodPractice.objects.filter(mission=mission).exclude(state=PracticeState.WITHDRAWN).select_related("mission"))
    for name in TEXTS:
        yield from _typed(rows, name)


def _accept(mission: Mission | None, found: Iterable[BareShare], *, by: Actor, reason: str) -> list[AcceptedShare]:
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why it may stand, for example: a threshold of the law."), code="note_missing", attr="reason")
    made = []
    for one in found:
        values = {"sentence": core_of(one.sentence), "shares": list(one.shares), "reason": reason[:500], "accepted_by": str(by)}
        row, created = AcceptedShare.objects.get_or_create(
            mission=mission, digest=digest_of(one.sentence), defaults=values | {"accepted_at": clock.now()}
        )
        made.append(row)
        if created:
            record(by, "reports.share_accepted", mission, data={"sentence": row.digest, "shares": row.shares, "reason": row.reason})
    return made
