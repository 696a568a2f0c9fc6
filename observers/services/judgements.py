"""Points a to c of Charter 2.2, which people judge: recorded with day, reason and who judged (membership-rules R2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.models import Country
from observers.enums import CompositionPoint, JudgementOutcome
from observers.membership.dates import say
from observers.membership.verdicts import Verdict
from observers.models import CompositionJudgement

audit.register_code("observers.composition_judged", gettext_lazy("Judged the composition of a national delegation."))

USER = "user:"


@transaction.atomic
def judge_composition(
    country: Country, *, by: Actor, point: str, outcome: str, reason: str, judged_on: date | None = None
) -> CompositionJudgement:
    """Record how a point is judged on a day (today unless given). The same judgement again is the one that stands.

    Raises Invalid without a reason, and for a day that is to come.
    """
    authorize(by, "observers.change_membership")
    day, reason = judged_on or clock.today(), reason.strip()
    if point not in CompositionPoint.values or outcome not in JudgementOutcome.values:
        raise Invalid(_("There is no such judgement."), attr="outcome")
    if not reason:
        raise Invalid(_("Write the reason of the judgement."), code="reason_missing", attr="reason")
    if day > clock.today():
        raise Invalid(_("A judgement is made on a day that has come."), code="judged_ahead", attr="judged_on")
    standing = judgements_on(day, [country])[country.pk].get(point)
    if standing is not None and (standing.outcome, standing.reason) == (outcome, reason):
        return standing
    row = CompositionJudgement.objects.create(
        country=country, point=point, outcome=outcome, reason=reason, judged_on=day, judged_by=str(by)
    )
    audit.record(by, "observers.composition_judged", row, data={"country": country.code, "point": point, "outcome": outcome})
    return row


def judgements_on(day: date, countries: Iterable[Country]) -> dict[int, dict[str, CompositionJudgement]]:
    """By state and point, the judgement that stands on a day: the newest made by then. One query."""
    found: dict[int, dict[str, CompositionJudgement]] = defaultdict(dict)
    rows = CompositionJudgement.objects.filter(country__in=list(countries), judged_on__lte=day)
    for row in rows.order_by("judged_on", "created_at", "pk"):
        found[row.country_id][row.point] = row
    return found


def verdicts_of(judged: dict[str, CompositionJudgement]) -> list[Verdict]:
    """The judgements as verdicts of R2, beside those that are computed; a point that nobody judged has none."""
    return [
        Verdict("R2", row.outcome, _sentence(row), {"point": row.point, "reason": row.reason}, {"judged_on": row.judged_on})
        for _point, row in sorted(judged.items())
    ]


def _sentence(row: CompositionJudgement) -> str:
    words = {"point": row.get_point_display(), "outcome": row.get_outcome_display(), "day": say(row.judged_on), "reason": row.reason}
    return _("%(point)s, judged on %(day)s: %(outcome)s. %(reason)s") % words


@dataclass
class JudgedPoint:
    """One point on the page: how it stands on the day, who judged, what to look at, and how it was judged before."""

    code: str
    label: str
    standing: CompositionJudgement | None
    who: str
    facts: str
    earlier: list[CompositionJudgement]


def points_of(country: Country, day: date, facts: dict[str, str]) -> list[JudgedPoint]:
    """The three points of one state as on a day. Two queries. facts: what speaks for and against, by point."""
    rows = list(CompositionJudgement.objects.filter(country=country, judged_on__lte=day))
    names = _names({row.judged_by for row in rows})
    points = []
    for code, label in CompositionPoint.choices:
        of_point = [row for row in rows if row.point == code]
        newest = of_point[0] if of_point else None
        who = names.get(newest.judged_by, "") if newest else ""
        points.append(JudgedPoint(code, str(label), newest, who, facts.get(code, ""), of_point[1:]))
    return points


def _names(actors: set[str]) -> dict[str, str]:
    uuids = {actor: actor.removeprefix(USER) for actor in actors if actor.startswith(USER)}
    known = {str(user.uuid): str(user.person or "") for user in User.objects.filter(uuid__in=uuids.values()).select_related("person")}
    return {actor: known.get(uuid, "") for actor, uuid in uuids.items()}
