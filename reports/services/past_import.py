"""Importing recommendations from before Scrutin with the texts that adopted them: all or nothing, safe to repeat.

A text is known by its number, else by its mission; a recommendation by its paragraph in the text; an assessment by status, basis and day.
Further rows of one text need not repeat what the first says of it. Empty cells change nothing.
"""

from __future__ import annotations

import re
from typing import IO, Any

from django.utils.translation import gettext as _

from core.actors import Actor
from core.lists.cells import Reader, RowRefused, choice_of, day_of, known_in, several, year_of
from core.lists.imports import Columns, ListImport
from core.romanisation import folded
from missions.models import PastMission
from missions.services.lists import country_reader
from reports.enums import ActionType, Addressee, FollowUpBasis, FollowUpStatus, Priority
from reports.models import PastText, Recommendation, Standard, Topic
from reports.references import format_adopted
from reports.services.followup import assess_recommendation
from reports.services.past_columns import ADDRESSEES, BASES, FIELDS, NAMES, NEEDED, NOTES, PRIORITIES, STATUSES, TEXT, WHOLE, WORDING
from reports.services.past_recommendations import clean_paragraph, correct_recommendation, enter_recommendation
from reports.services.past_texts import correct_text, enter_text


def import_past(*, by: Actor, source: IO[bytes], name: str, mapping: dict[str, str] | None = None, dry_run: bool = False) -> dict[str, Any]:
    """Read a list, one recommendation per row. Returns `{created, updated, unchanged, texts, assessed, refused: [{row, column, why}]}`.

    One refused row and nothing is stored. New texts stay at the desk until they are let out. mapping: `{column: field}`, before our guess.
    """
    return PastImport(by=by).run(source, name=name, mapping=mapping, dry_run=dry_run)


class PastImport(ListImport):
    """One import. seen: the row of each paragraph; said: what was said of each text, and in which row."""

    about = Columns(FIELDS, NAMES, WHOLE)
    right = "reports.write_past_text"
    log_code = "reports.past_texts_imported"
    counts = ("created", "updated", "unchanged", "texts", "assessed")
    changes = ("created", "updated", "assessed")
    of_attr = {"wording": "text_en", "past_mission": "mission"}

    def begin(self) -> None:
        """What cells may name."""
        self.seen: dict[tuple[int, str], int] = {}
        self.said: dict[tuple[int, str], tuple[Any, int]] = {}
        missions = {one.code: one for one in PastMission.objects.select_related("country")}
        standards = {folded(code): code for code in Standard.objects.values_list("code", flat=True)}
        self.readers = {
            "priority": choice_of(Priority, PRIORITIES),
            "action_type": choice_of(ActionType),
            "status": choice_of(FollowUpStatus, STATUSES),
            "basis": choice_of(FollowUpBasis, BASES),
            "adopted_on": day_of,
            "assessed_on": day_of,
            "year": year_of,
            "country": country_reader(),
            "mission": known_in(missions, _("“%(text)s” is not a mission of the history; its code looks like 2012-am-1.")),
            "topic": _topic_reader(),
            "standards": several(known_in(standards, _("There is no standard %(text)s."))),
            "addressees": several(choice_of(Addressee, ADDRESSEES)),
        }

    def lacking(self, known: set[str]) -> list[str]:
        """Of what is needed; a wording in one language and one name of the text are enough."""
        lacking = [name for name in NEEDED if name not in known]
        lacking += [] if known & {"text_en", "text_fr"} else ["text_en"]
        lacking += [] if known & {"number", "mission"} else ["number"]
        return [str(FIELDS[name]) for name in lacking]

    def take(self, given: dict[str, str], number: int, wrong: list[RowRefused]) -> None:
        """One row: its text, its recommendation, its assessment.

        The text is entered even where the rest is refused, so that the rows below it are not blamed for it: nothing stays in the end.
        """
        values = self.values(given, wrong)
        text: PastText | None = None
        paragraph = ""
        with self.noting(wrong):
            text = self._text(values, number)
        with self.noting(wrong):
            if "paragraph" not in given:
                raise RowRefused(self.named["paragraph"], _("The paragraph is missing."))
            paragraph = clean_paragraph(given["paragraph"])
        if text is None or not paragraph:
            return
        first = self.seen.setdefault((text.pk, paragraph), number)
        with self.noting(wrong):
            if first != number:
                sentence = _("Paragraph %(paragraph)s of this text stands in row %(row)s already.")
                raise RowRefused(self.named["paragraph"], sentence % {"paragraph": paragraph, "row": first})
            known = text.recommendations.filter(paragraph=paragraph).first()
            row, did = self._recommendation(known, text, paragraph, values)
            self.counted["assessed"] += self._assess(row, values)
            self.counted[did] += 1

    def _text(self, values: dict[str, Any], number: int) -> PastText:
        """The adopted text of the row: found and corrected, or entered. Rows of one list may not contradict each other about it."""
        mission: PastMission | None = values.get("mission")
        about: dict[str, Any] = {name: values[name] for name in TEXT if name in values}
        if "country" in values:
            about["country"] = values["country"]
        if mission is not None:
            about["past_mission"] = mission
        if "number" in about:
            about["number"] = format_adopted(about["number"], "en")
            known = PastText.objects.filter(number__iexact=about["number"]).first()
        elif mission is not None:
            known = PastText.objects.filter(past_mission=mission, number="").first()
        else:
            raise RowRefused(self.column("number", "mission"), _("Give the number of the text, or the mission."))
        if known is None:
            text = enter_text(by=self.by, **({"adopted_on": None} | about))
        else:
            self._refuse_contradiction(known, about)
            text = correct_text(known, version=known.version, by=self.by, **{k: v for k, v in about.items() if getattr(known, k) != v})
        for name, value in about.items():
            self.said.setdefault((text.pk, name), (value, number))
        self.counted["texts"] += known is None
        return text

    def _refuse_contradiction(self, text: PastText, about: dict[str, Any]) -> None:
        for name, value in about.items():
            said, row = self.said.get((text.pk, name), (value, 0))
            if said != value:
                sentence = _("Row %(row)s says something else about “%(name)s”.") % {"row": row, "name": text.label}
                raise RowRefused(self.column(self.of_attr.get(name, name)), sentence)

    def _recommendation(
        self, known: Recommendation | None, text: PastText, paragraph: str, values: dict[str, Any]
    ) -> tuple[Recommendation, str]:
        wording = {name[-2:]: values[name] for name in WORDING if name in values}
        facts = {name: values[name] for name in ("priority", "action_type", "topic") if name in values}
        lists = {name: values[name] for name in ("addressees", "standards") if name in values}
        if known is None:
            return enter_recommendation(text, paragraph=paragraph, wording=wording, by=self.by, **facts, **lists), "created"
        now = {one.language: one.text for one in known.adopted_texts.all()}
        wording = {code: words for code, words in wording.items() if now.get(code) != " ".join(words.split())}
        facts = {name: value for name, value in facts.items() if getattr(known, name) != value}
        is_now = {
            "addressees": set(known.addressees.values_list("addressee", flat=True)),
            "standards": set(known.citations.values_list("standard", flat=True)),
        }
        lists = {name: value for name, value in lists.items() if set(value) != is_now[name]}
        if not (wording or facts or lists):
            return known, "unchanged"
        return correct_recommendation(known, version=known.version, by=self.by, wording=wording or None, **facts, **lists), "updated"

    def _assess(self, row: Recommendation, values: dict[str, Any]) -> bool:
        """Record the assessment that the row tells, if it tells one that is not on record yet."""
        status = values.get("status")
        if status is None or status == FollowUpStatus.NOT_ASSESSED:
            return False
        for name in ("basis", "assessed_on"):
            if name not in values:
                sentence = _("A status needs the basis and the day of the assessment.")
                raise RowRefused(self.column(name, "status"), sentence)
        if row.follow_ups.standing().filter(status=status, basis=values["basis"], assessed_on=values["assessed_on"]).exists():
            return False
        note = {name[-2:]: values[name] for name in NOTES if name in values}
        assess_recommendation(row, status=status, basis=values["basis"], assessed_on=values["assessed_on"], note=note, by=self.by)
        return True


preview_past = PastImport.preview


def _topic_reader() -> Reader:
    """A topic by its code, its title, or both: “L07 Secrecy of the vote”."""
    topics = {folded(name): one for one in Topic.objects.all() for name in (one.code, one.title_en, one.title_fr, one.title_de)}
    known = known_in(topics, _("“%(text)s” is not a topic; give its code, L01 to L21."))

    def read(text: str, column: str) -> Any:
        code = re.match(r"L\d{2}\b", text, re.IGNORECASE)
        return known(code[0] if code else text, column)

    return read
