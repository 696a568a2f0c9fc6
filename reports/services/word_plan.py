"""What a Word document that comes back would change: compared paragraph by paragraph with the version it was drawn from.

The version is drawn again and read with the same reader, so that only what people did in Word differs. A paragraph is known by its
bookmark; where that was lost, by its words. What is found is data (`plan`): a person decides each entry before anything is stored.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from core import translations
from core.documents.word_reader import WordComment, WordText
from reports.documents.report import anchors
from reports.enums import SectionCode
from reports.models import Finding, Recommendation, Report, ReportParagraph, ReportVersion
from reports.services.diffs import joined, kept_in_order, likeness, normalised
from reports.services.figures import fill_tokens
from reports.services.word_margin import is_ours
from reports.services.word_places import Place, chapter_of, drawn, keys_of, places_in, put_back_figures

ALIKE = 0.55
"""From this likeness on, a paragraph without its bookmark is one whose bookmark is gone."""

NAMED = 12
"""So many odd places are named before the rest is only counted."""


def make_plan(report: Report, version: ReportVersion, language: str, text: WordText) -> dict[str, Any]:
    """Everything the document would change, as data; `versions` names the state of the report it was compared with."""
    return _Plan(report, version, language, text).made()


ENDS = " .;"
"""What the drawing sets behind a call."""


class _Plan:
    """One comparison."""

    def __init__(self, report: Report, version: ReportVersion, language: str, text: WordText) -> None:
        self.report, self.version, self.language, self.word = report, version, language, text
        self.content = version.content["languages"][language]
        self.figures = self.content["appendices"]["figures"]
        self.before, self.after = drawn(version, language), places_in(text, language, version.content["languages"][language])
        rows = ReportParagraph.objects.filter(section__report=report).select_related("section")
        self.rows = {str(row.uuid): row for row in rows}
        self.texts = translations.texts_of_many(self.rows.values(), "text")
        self.items: list[dict[str, Any]] = []
        self.notices: list[dict[str, str]] = []
        self.numbers: dict[str, str] = {}
        self.headings: dict[str, str] = {}
        self.base = self._base()
        self._statements: dict[str, Finding] | None = None

    def made(self) -> dict[str, Any]:
        places = self._matched()
        self._changes(places)
        self._removals(places)
        self._tables()
        comments = self._comments()
        for number, item in enumerate(self.items):
            item["id"] = number
        return {
            "items": self.items,
            "notices": self.notices,
            "comments": comments,
            "has_changes": self.word.has_changes,
            "versions": {uuid: row.version for uuid, row in self.rows.items()},
            "same": sum(1 for key in places if key.startswith("paragraph:")) - sum(one["kind"] == "changed" for one in self.items),
        }

    def _base(self) -> dict[str, Place]:
        """What can be brought back, by key, in the order of the document; with the numbers that the version gave."""
        found: dict[str, Place] = {}
        region = ""
        for place in self.before:
            for anchor in place.anchors:
                if anchor.kind == "chapter":
                    region = anchor.key
                    found[f"chapter:{anchor.key}"] = place
                    self.headings[place.text] = region
                    continue
                key = "title:" if anchor.kind == "version" else f"{anchor.kind}:{anchor.key}"
                place.key, place.region = key, region
                found[key] = place
        for number, item in enumerate(self.content["summary"], start=1):
            self.numbers[f"paragraph:{item['uuid']}"] = str(number)
        for chapter in self.content["memorandum"]:
            self.numbers |= {f"paragraph:{item['uuid']}": item["number"] for item in chapter["paragraphs"]}
        for one in self.content["recommendation"]["paragraphs"] if self.content["recommendation"] else []:
            self.numbers |= {f"call:{item['uuid']}": f"{one['number']}.{item['letter']}" for item in one["items"] if "uuid" in item}
            self.numbers |= {
                f"finding:{item['finding']}": f"{one['number']}.{item['letter']}" for item in one["items"] if "finding" in item
            }
        return found

    # --- which paragraph is which ---

    def _matched(self) -> dict[str, Place]:
        """Every place of ours that the document still has, and each place of the document with its chapter."""
        usable = [place for place in self.after if not place.in_table and not place.is_contents]
        pairs = [
            (likeness(place.text, self.base[key].text), -at, key)
            for at, place in enumerate(usable)
            for key in keys_of(place)
            if key in self.base
        ]
        found: dict[str, Place] = {}
        for _score, at, key in sorted(pairs, reverse=True):
            place = usable[-at]
            if key not in found and not place.key:
                found[key] = place
                place.key = key
        fixed = Counter(place.text for place in self.before if not place.key)
        waiting = []
        for place in usable:
            if place.key or not place.text:
                continue
            if fixed[place.text] > 0 and not any(one.kind == "paragraph" for one in place.anchors):
                fixed[place.text] -= 1
                place.key = "fixed:"
            else:
                waiting.append(place)
        self._by_words(waiting, found)
        self._fixed([place for place in waiting if not place.key], fixed)
        self._regions(usable)
        return found

    def _by_words(self, waiting: list[Place], found: dict[str, Place]) -> None:
        merged = {key for place in self.after for key in keys_of(place)}
        lost = {key: place.text for key, place in self.base.items() if key not in found and key not in merged}
        exact = {text: key for key, text in lost.items()}
        for place in waiting:
            key = exact.get(place.text)
            if key and key in lost:
                found[key], place.key, place.by_words = place, key, True
                del lost[key]
        for place in waiting:
            if place.key or not lost:
                continue
            score, key = max((likeness(text, place.text), key) for key, text in lost.items())
            if score >= ALIKE:
                found[key], place.key, place.by_words = place, key, True
                del lost[key]

    def _fixed(self, waiting: list[Place], fixed: Counter[str]) -> None:
        """Sentences that are composed, not written here: each that reads otherwise in Word is told, with where its words can be changed."""
        gone = [text for text in (+fixed) if text]
        for place in waiting:
            score, old = max(((likeness(text, place.text), text) for text in gone), default=(0.0, ""))
            if score < ALIKE or place.style.startswith("heading") or any(place.anchors):
                continue
            gone.remove(old)
            place.key = "fixed:"
            finding = self._finding(old)
            if finding:
                sentence = _("“%(old)s” reads “%(new)s” in Word: it states finding %(number)s and is changed on the finding’s page.")
                words = {"old": old[:200], "new": place.text[:500], "number": finding.label}
                self.notices.append({"text": sentence % words, "url": finding.get_absolute_url()})
            else:
                sentence = _("The sentence “%(old)s” reads “%(new)s” in Word: it is composed from facts, is fixed and stays.")
                self._tell(sentence, old=old[:200], new=place.text[:500])

    def _finding(self, text: str) -> Finding | None:
        """The finding whose statement a composed sentence is."""
        if self._statements is None:
            rows = list(Finding.objects.filter(mission__in=self.report.missions.all()).select_related("mission"))
            found = translations.texts_of_many(rows, "statement")
            self._statements = {
                normalised(one.text).rstrip(ENDS): row for row in rows if (one := found[row.uuid].get(self.language)) is not None
            }
        return self._statements.get(text.rstrip(ENDS))

    def _regions(self, usable: list[Place]) -> None:
        """The chapter of every place: below its heading; where that heading is gone, the one its paragraph had."""
        there = [chapter_of(place) or self.headings.get(place.text, "") for place in usable]
        seen, region = set(there), ""
        for place, begins in zip(usable, there, strict=True):
            kind = place.key.partition(":")[0]
            if begins:
                region = begins
            elif kind in {"call", "finding"}:
                region = anchors.ELSEWHERE
            elif kind == "paragraph" and self.base[place.key].region not in seen:
                region = self.base[place.key].region
            place.region = region

    # --- what it would change ---

    def _changes(self, places: dict[str, Place]) -> None:
        order = [place for place in self.after if place.key.startswith("paragraph:") and self._row(place.key)]
        ranks = {key: at for at, key in enumerate(self.base)}
        kept = kept_in_order([ranks[place.key] for place in order])
        moved = {place.key for at, place in enumerate(order) if at not in kept or self._is_elsewhere(place)}
        last: dict[str, str] = {}
        for place in self.after:
            if place.in_table or place.is_contents or not place.text or place.key == "fixed:":
                continue
            kind = place.key.partition(":")[0]
            if kind == "paragraph" and self._row(place.key):
                self._paragraph(place, place.key in moved, last.get(place.region, ""))
                last[place.region] = place.key.partition(":")[2]
            elif kind == "call":
                self._call(place)
            elif kind == "finding":
                self._statement(place)
            elif kind == "title":
                self._title(place)
            elif kind == "chapter":
                self._heading(place)
            elif kind != "paragraph" or place.text != self.base[place.key].text:
                name = self._new(place, last.get(place.region, ""))
                last[place.region] = name or last.get(place.region, "")

    def _row(self, key: str) -> ReportParagraph | None:
        return self.rows.get(key.partition(":")[2])

    def _is_elsewhere(self, place: Place) -> bool:
        return place.region in SectionCode.values and place.region != self.base[place.key].region

    def _paragraph(self, place: Place, is_moved: bool, after: str) -> None:
        row, base = self._row(place.key), self.base[place.key]
        assert row is not None
        source = self.texts[row.uuid].get(self.language)
        tokens = source.text if source else ""
        stored = fill_tokens(tokens, self.figures, self.language)
        is_changed = place.text not in {base.text, normalised(stored)}
        if not is_changed and not (is_moved and place.region in SectionCode.values):
            return
        new, lost = put_back_figures(place.raw, tokens, self.figures, self.language)
        clashes = is_changed and bool(stored) and normalised(stored) != base.text
        both = joined(base.text, place.text, normalised(stored)) if clashes else None
        self.items.append(
            {
                "kind": "changed" if is_changed else "moved",
                "uuid": str(row.uuid),
                "version": row.version,
                "number": self.numbers.get(place.key, ""),
                "chapter": row.section.code,
                "base": base.raw,
                "new": new,
                "shown": place.raw,
                "stored": stored,
                "clashes": clashes,
                "both": put_back_figures(both, tokens, self.figures, self.language)[0] if both else "",
                "both_shown": both or "",
                "is_moved": is_moved and place.region in SectionCode.values,
                "to": place.region,
                "after": after,
                "by_words": place.by_words,
                "lost_figures": lost,
            }
        )

    def _call(self, place: Place) -> None:
        base, uuid = self.base[place.key], place.key.partition(":")[2]
        row = Recommendation.objects.filter(report=self.report, uuid=uuid).first()
        new, was = place.raw.strip().rstrip(ENDS), base.raw.strip().rstrip(ENDS)
        if row is None or normalised(new) == normalised(was):
            return
        stored = translations.text_of(row, "text", self.language)
        if normalised(new) != normalised(stored):
            item = {"kind": "call", "uuid": uuid, "version": row.version, "number": self.numbers.get(place.key, ""), "base": was}
            clashes = normalised(stored.rstrip(ENDS)) != normalised(was)
            self.items.append(item | {"new": new, "shown": new, "stored": stored, "clashes": clashes, "by_words": place.by_words})

    def _statement(self, place: Place) -> None:
        """A sentence that states a finding: taken over, it becomes the finding's next wording."""
        base, uuid = self.base[place.key], place.key.partition(":")[2]
        row = Finding.objects.filter(mission__in=self.report.missions.all(), uuid=uuid).select_related("mission").first()
        if row is None or place.text == base.text:
            return
        tokens = translations.text_of(row, "statement", self.language)
        stored = fill_tokens(tokens, self.figures, self.language)
        if place.text == normalised(stored):
            return
        new, lost = put_back_figures(place.raw, tokens, self.figures, self.language)
        clashes = bool(stored) and normalised(stored) != base.text
        both = joined(base.text, place.text, normalised(stored)) if clashes else None
        item = {"kind": "finding", "uuid": uuid, "version": row.version, "number": self.numbers.get(place.key, ""), "label": row.label}
        item |= {"url": row.get_absolute_url(), "base": base.raw, "new": new, "shown": place.raw, "stored": stored, "clashes": clashes}
        item |= {"both": put_back_figures(both, tokens, self.figures, self.language)[0] if both else "", "both_shown": both or ""}
        self.items.append(item | {"by_words": place.by_words, "lost_figures": lost})

    def _title(self, place: Place) -> None:
        base = self.base["title:"]
        if place.text != base.text:
            title = " ".join(place.text.split())
            item = {
                "kind": "title",
                "uuid": "",
                "version": self.report.version,
                "number": "",
                "base": base.text,
                "by_words": place.by_words,
            }
            self.items.append(item | {"new": title, "shown": title, "stored": base.text, "clashes": False})

    def _heading(self, place: Place) -> None:
        base = self.base[place.key]
        if place.text != base.text:
            self._tell(_("The heading “%(old)s” reads “%(new)s” in Word: headings are fixed and stay."), old=base.text, new=place.text)

    def _new(self, place: Place, after: str) -> str:
        """A paragraph that is not ours: a new one where its chapter is known, else one to be placed by hand."""
        is_new = place.region in SectionCode.values and not place.style.startswith("heading")
        name = f"new:{len(self.items)}"
        tokens = ""
        new, _lost = put_back_figures(place.raw, tokens, self.figures, self.language)
        self.items.append(
            {
                "kind": "new" if is_new else "unplaced",
                "uuid": "",
                "number": "",
                "base": "",
                "new": new.strip(),
                "shown": place.raw.strip(),
                "to": place.region if is_new else "",
                "after": after if is_new else "",
                "name": name,
            }
        )
        place.key = name
        return name if is_new else ""

    def _removals(self, places: dict[str, Place]) -> None:
        for key, base in self.base.items():
            kind, _colon, uuid = key.partition(":")
            if key in places or kind in {"title", "chapter"}:
                continue
            into = next((place.key for place in self.after if place.key and key in keys_of(place)), "")
            if kind == "call":
                self._tell(
                    _("The call %(number)s is missing in Word: a recommendation is withdrawn on its own page."), number=self.numbers[key]
                )
                continue
            if kind == "finding":
                self._tell(
                    _("The sentence %(number)s, which states a finding, is missing in Word: a finding is dropped on its own page."),
                    number=self.numbers.get(key, ""),
                )
                continue
            row = self._row(key)
            if row is None:
                continue
            stored = fill_tokens(getattr(self.texts[row.uuid].get(self.language), "text", ""), self.figures, self.language)
            item = {
                "kind": "removed",
                "uuid": uuid,
                "version": row.version,
                "number": self.numbers.get(key, ""),
                "chapter": row.section.code,
            }
            item |= {"base": base.raw, "shown": "", "stored": stored, "clashes": bool(stored) and normalised(stored) != base.text}
            self.items.append(item | {"into": self.numbers.get(into, "")})

    def _tables(self) -> None:
        known = Counter(place.text for place in self.before if place.in_table)
        odd = [place.text for place in self.after if place.in_table and place.text and not _taken(known, place.text)]
        for text in odd[:NAMED]:
            self._tell(_("In a table: “%(text)s”. Tables come from the data and stay."), text=text[:200])
        if len(odd) > NAMED:
            self._tell(_("%(n)s more cells of tables differ and stay."), n=len(odd) - NAMED)

    def _comments(self) -> list[dict[str, str]]:
        found = []
        for place in self.after:
            row = self._row(place.key) if place.key.startswith("paragraph:") else None
            for comment in place.comments:
                if not is_ours(self.report, comment.author, comment.text):
                    found.append(_as_row(comment, str(row.uuid) if row else "", self.numbers.get(place.key, ""), place.text))
        loose = [comment for comment in self.word.loose if not is_ours(self.report, comment.author, comment.text)]
        return found + [_as_row(comment, "", "", "") for comment in loose]

    def _tell(self, sentence: str, **values: object) -> None:
        self.notices.append({"text": sentence % values})


def _taken(known: Counter[str], text: str) -> bool:
    known[text] -= 1
    return known[text] >= 0


def _as_row(comment: WordComment, uuid: str, number: str, about: str) -> dict[str, str]:
    at = comment.at.isoformat() if comment.at else ""
    return {"author": comment.author, "text": comment.text, "at": at, "uuid": uuid, "number": number, "about": about[:200]}
