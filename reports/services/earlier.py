"""Earlier recommendations to the same country: found by search, and what a new one does to them: repeats, widens, replaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import folded
from core import translations
from core.actors import Actor
from core.audit import record
from core.errors import Invalid
from core.rights import authorize
from reports.enums import Relation
from reports.models import AdoptedText, Recommendation, RecommendationRelation
from reports.services.past_texts import locked, touch
from reports.services.recommendations import refuse_closed
from reports.services.search import each_word

ALIKE = 0.45
"""From this share of common words on, a reader is asked whether it is the same call."""

SHOWN = 15
SHORT = 4
"""Shorter words tell nothing about what is asked for."""


@dataclass
class Earlier:
    """An adopted recommendation to the country; `alike`: share of words in common with the new one, 0 to 1; `relation` if one was set."""

    recommendation: Recommendation
    text: str
    alike: float
    relation: str

    @property
    def is_alike(self) -> bool:
        """Does it look like the same call, with nobody having said how they stand to each other?"""
        return self.alike >= ALIKE and not self.relation


def earlier_of(recommendation: Recommendation, language: str, *, words: str = "") -> list[Earlier]:
    """The country's adopted recommendations before this one, those in relation first, then by likeness; with `words`, those that hold all
    of them, in any case and without accents, in any language."""
    own_text = Q(mission=recommendation.mission) if recommendation.mission_id else Q(past_text=recommendation.past_text)
    rows = Recommendation.objects.adopted().for_country(recommendation.country_id).exclude(own_text)
    if recommendation.is_adopted:
        rows = rows.filter(Q(adopted_on__lt=recommendation.adopted_on) | Q(later_relations__recommendation=recommendation)).distinct()
    for held in each_word(words):
        rows = rows.filter(pk__in=AdoptedText.objects.filter(held).values("recommendation"))
    own = {code: words_of(text) for code, text in _wording_of(recommendation).items() if text}
    relations = dict(recommendation.relations.values_list("earlier", "relation"))
    found = []
    for row in rows.select_related("report", "mission", "past_text").prefetch_related("adopted_texts"):
        texts = {text.language: text for text in row.adopted_texts.all()}
        alike = max((_likeness(own[code], words_of(texts[code].text)) for code in own if code in texts), default=0.0)
        shown = texts.get(language) or next((text for text in texts.values() if text.is_authentic), None)
        found.append(Earlier(row, shown.text if shown else "", alike, relations.get(row.pk, "")))
    found.sort(key=lambda one: (not one.relation, -one.alike, -(one.recommendation.adopted_on or date.min).toordinal()))
    return found[:SHOWN] if not words else found


@transaction.atomic
def relate_recommendation(recommendation: Recommendation, earlier: Recommendation, relation: str, *, by: Actor) -> None:
    """Say that a draft, or one of a text before Scrutin, repeats, widens or replaces an earlier one; an empty `relation` takes that
    back. The others stay as they are."""
    rows = Recommendation.objects.select_for_update(of=("self",)).select_related("mission", "report", "past_text")
    recommendation = rows.get(pk=recommendation.pk)
    if recommendation.past_text is not None:
        touch(locked(recommendation.past_text, by=by))
    else:
        authorize(by, "reports.change_recommendation", recommendation)
        refuse_closed(recommendation)
    if relation and relation not in Relation.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": relation}, code="not_a_choice", attr="relation")
    if earlier.country_id != recommendation.country_id or not earlier.is_adopted or earlier.pk == recommendation.pk:
        sentence = _("Only an adopted recommendation to the same country can be repeated, widened or replaced.")
        raise Invalid(sentence, code="relation", attr="earlier")
    if recommendation.adopted_on and earlier.adopted_on and earlier.adopted_on >= recommendation.adopted_on:
        raise Invalid(_("The other recommendation was not adopted before this one."), code="relation", attr="earlier")
    if relation:
        RecommendationRelation.objects.update_or_create(recommendation=recommendation, earlier=earlier, defaults={"relation": relation})
    else:
        RecommendationRelation.objects.filter(recommendation=recommendation, earlier=earlier).delete()
    recommendation.version += 1
    recommendation.save_changes("version")
    record(by, "reports.recommendation_related", recommendation, data={"earlier": str(earlier.uuid), "relation": relation})


def _wording_of(recommendation: Recommendation) -> dict[str, str]:
    """The words by language: of the draft; of a text before Scrutin, which had no draft here, as adopted."""
    if recommendation.past_text_id:
        return dict(recommendation.adopted_texts.values_list("language", "text"))
    return {code: row.text for code, row in translations.texts(recommendation, "text").items()}


def words_of(text: str) -> set[str]:
    """The words that carry a call, by their beginnings: "voters" and "voter" are one."""
    return {word[:6] for word in re.findall(r"\w+", folded(text)) if len(word) >= SHORT}


def _likeness(one: set[str], other: set[str]) -> float:
    """Words in common, as a share of the shorter text's words."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
