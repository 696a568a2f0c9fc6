"""The fixed words of documents, in the document's language.

Not from the interface catalogue: a document that is drawn again must say the same words whatever the catalogue says by
then. A change here is a change of the template (`rendering.template_version`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.languages import base

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "institution": "Congress of Local and Regional Authorities of the Council of Europe",
        "short_institution": "Congress of Local and Regional Authorities",
        "contents": "Contents",
        "summary": "Summary",
        "draft": "DRAFT",
        "draft_long": "This is a draft. It is not a position of the institution.",
        "unchecked": "Unchecked translation",
        "unchecked_long": "This is a translation that has not been checked yet. Only the original counts.",
        "page": "Page",
        "of": "of",
        "table": "Table",
        "figure": "Figure",
        "data_of": "Figures behind figure {number}",
        "appendix": "Appendix",
        "appendices": "Appendices",
        "note": "Note",
        "warning": "Please note",
        "footnotes": "Footnotes",
        "back_to_text": "Back to the text",
        "reference": "Reference",
        "date": "Date",
        "language": "Language",
        "empty": "Nothing to show.",
        "source": "Source",
        "signature": "Signature",
        "category": "Category",
        "value": "Value",
        "skip": "Skip to the text",
        "generated": "Content checksum",
    },
    "fr": {
        "institution": "Congrès des pouvoirs locaux et régionaux du Conseil de l’Europe",
        "short_institution": "Congrès des pouvoirs locaux et régionaux",
        "contents": "Sommaire",
        "summary": "Résumé",
        "draft": "PROJET",
        "draft_long": "Ceci est un projet. Il n’exprime pas la position de l’institution.",
        "unchecked": "Traduction non vérifiée",
        "unchecked_long": "Cette traduction n’a pas encore été vérifiée. Seul l’original fait foi.",
        "page": "Page",
        "of": "sur",
        "table": "Tableau",
        "figure": "Figure",
        "data_of": "Données de la figure {number}",
        "appendix": "Annexe",
        "appendices": "Annexes",
        "note": "Note",
        "warning": "À noter",
        "footnotes": "Notes de bas de page",
        "back_to_text": "Retour au texte",
        "reference": "Référence",
        "date": "Date",
        "language": "Langue",
        "empty": "Rien à afficher.",
        "source": "Source",
        "signature": "Signature",
        "category": "Catégorie",
        "value": "Valeur",
        "skip": "Aller au texte",
        "generated": "Empreinte du contenu",
    },
    "de": {
        "institution": "Kongress der Gemeinden und Regionen des Europarates",
        "short_institution": "Kongress der Gemeinden und Regionen",
        "contents": "Inhalt",
        "summary": "Zusammenfassung",
        "draft": "ENTWURF",
        "draft_long": "Dies ist ein Entwurf. Er gibt nicht die Haltung der Institution wieder.",
        "unchecked": "Ungeprüfte Übersetzung",
        "unchecked_long": "Diese Übersetzung ist noch nicht geprüft. Maßgeblich ist allein das Original.",
        "page": "Seite",
        "of": "von",
        "table": "Tabelle",
        "figure": "Abbildung",
        "data_of": "Zahlen zu Abbildung {number}",
        "appendix": "Anhang",
        "appendices": "Anhänge",
        "note": "Hinweis",
        "warning": "Bitte beachten",
        "footnotes": "Fußnoten",
        "back_to_text": "Zurück zum Text",
        "reference": "Aktenzeichen",
        "date": "Datum",
        "language": "Sprache",
        "empty": "Keine Angaben.",
        "source": "Quelle",
        "signature": "Unterschrift",
        "category": "Kategorie",
        "value": "Wert",
        "skip": "Zum Text springen",
        "generated": "Prüfsumme des Inhalts",
    },
}


ENGLISH = "en"


class Marked(str):
    """A text that knows that it stands in another language than the document around it: `lang` is that language."""

    lang: str

    def __new__(cls, text: str, lang: str) -> Marked:
        """The text with its language."""
        made = super().__new__(cls, text)
        made.lang = lang
        return made


def lang_of(text: Any) -> str:
    """The language that a text says it stands in; empty where it is the document's."""
    return getattr(text, "lang", "") if isinstance(text, str) else ""


def joined(parts: Iterable[str], separator: str = "", end: str = "") -> str:
    """The parts as one text. It is marked where one of them is: a line that cannot be cut carries one language."""
    rows = list(parts)
    text, lang = separator.join(rows) + end, next((lang for part in rows if (lang := lang_of(part))), "")
    return Marked(text, lang) if lang else text


class Fixed(dict[str, str]):
    """The fixed words of one document. `english`: those that stand in English, because nobody has put them into its language."""

    english: frozenset[str] = frozenset()

    def lang(self, key: str) -> str:
        """The mark of this word: "en" where it stands in English among another language, else empty."""
        return ENGLISH if key in self.english else ""

    def mark(self, key: str, name: str) -> dict[str, str]:
        """`{name: "en"}` where the word stands in English among another language; else nothing, so that contents keep their shape."""
        return {name: ENGLISH} if key in self.english else {}

    def run(self, key: str, text: str = "") -> dict[str, Any]:
        """The word, or `text` made of it, as a run."""
        return {"text": text or self[key], **self.mark(key, "lang")}


def words(language: str, own: Mapping[str, str] | None = None) -> Fixed:
    """The fixed words of a document in `language`. own: what people have translated for a language beside ours; the rest of such a
    language stands in English and says so."""
    ours = WORDS.get(base(language))
    if ours is not None:
        return Fixed(ours)
    translated = {key: text for key, text in (own or {}).items() if key in WORDS[ENGLISH] and text}
    made = Fixed(WORDS[ENGLISH] | translated)
    made.english = frozenset(WORDS[ENGLISH].keys() - translated.keys())
    return made


def frozen_words(source: Mapping[str, Any], fixed: Fixed) -> dict[str, Any]:
    """What is frozen of the words with a content in a language beside ours: those of its own, and which lines of the title block are in
    another language. Nothing for ours."""
    if base(source["language"]) in WORDS:
        return {}
    own = {key: " ".join(text.split()) for key, text in fixed.items() if key not in fixed.english}
    langs = {name: str(lang) for name, lang in (source.get("langs") or {}).items()}
    return {"words": own, "langs": langs | ({} if source.get("institution") else fixed.mark("institution", "institution"))}


def words_of(content: Mapping[str, Any]) -> Fixed:
    """The fixed words that a prepared content is drawn with: frozen with it where they were translated at the desk."""
    return words(content["language"], content.get("words"))
