"""Which column of a list of good practices is what: the names of our own export, and what others call them in English, French, German."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.lists.imports import Columns

FIELDS = {
    "source_id": _("Its name in its collection (never changes)"),
    "uuid": _("UUID"),
    "collection": _("Collection"),
    "licence": _("Licence"),
    "source_url": _("Its page in its collection"),
    "language": _("Language of the original"),
    "country": _("Country"),
    "place": _("Municipality or region"),
    "year": _("Since (year)"),
    "level": _("Level of participation"),
    "step": _("Step of the decision process"),
    "actors": _("Who did it"),
    "title": _("Title"),
    "title_en": _("Title in English"),
    "title_fr": _("Title in French"),
    "title_de": _("Title in German"),
    "text": _("What is done"),
    "text_en": _("What is done (English)"),
    "text_fr": _("What is done (French)"),
    "text_de": _("What is done (German)"),
    "lesson": _("What others can learn"),
    "lesson_en": _("What others can learn (English)"),
    "lesson_fr": _("What others can learn (French)"),
    "lesson_de": _("What others can learn (German)"),
    "code_section": _("Place in the Code of good practice"),
    "web": _("Web page about it"),
    "source_name": _("Who told it, as the public reads it"),
    "ignore": _("Not used"),
}
FACTS = ("place", "year", "level", "step", "actors", "code_section", "web", "source_name", "source_url", "licence")

# Folded, and without signs: `title.en` of a JSON list is “title en”.
NAMES: dict[str, Sequence[str]] = {
    "source_id": ("source id", "id", "identifier", "record id", "practice id", "identifiant", "kennung", "nummer", "number", "numero"),
    "uuid": ("uuid",),
    "collection": ("collection", "sammlung", "database", "base de donnees"),
    "licence": ("licence", "license", "lizenz", "rights"),
    "source_url": ("source url", "url", "link", "lien", "address", "adresse", "permalink"),
    "language": ("language", "original language", "langue", "langue originale", "sprache", "originalsprache", "lang"),
    "country": ("country", "pays", "land", "country code", "code pays", "iso2", "state", "etat", "staat"),
    "place": ("place", "municipality", "commune", "gemeinde", "municipality or region", "town", "city", "ville", "stadt", "lieu", "ort"),
    "year": ("since", "year", "since year", "annee", "depuis", "jahr", "seit", "start year"),
    "level": ("level", "level of participation", "niveau", "niveau de participation", "stufe", "stufe der beteiligung"),
    "step": ("step", "step of the decision process", "etape", "etape du processus", "schritt", "phase", "stage"),
    "actors": ("actors", "actor", "who did it", "acteurs", "acteur", "akteure", "akteur", "beteiligte"),
    "title": ("title", "titre", "titel", "name", "nom"),
    "title_en": ("title en", "title in english"),
    "title_fr": ("title fr", "title in french", "titre fr", "titre francais"),
    "title_de": ("title de", "title in german", "titel de", "titel deutsch"),
    "text": ("text", "description", "what is done", "texte", "beschreibung", "summary"),
    "text_en": ("text en", "description en"),
    "text_fr": ("text fr", "description fr", "texte fr"),
    "text_de": ("text de", "description de", "beschreibung de"),
    "lesson": ("lesson", "lessons", "lessons learned", "what others can learn", "enseignement", "enseignements", "lehre", "lehren"),
    "lesson_en": ("lesson en", "lessons en"),
    "lesson_fr": ("lesson fr", "lessons fr", "enseignement fr"),
    "lesson_de": ("lesson de", "lessons de", "lehre de"),
    "code_section": ("code section", "section of the code", "chapter of the code", "chapitre du code", "kapitel des kodex"),
    "web": ("web", "website", "web page", "site", "webseite", "page web"),
    "source_name": ("source", "source name", "told by", "quelle", "contact"),
}  # fmt: skip
ABOUT = Columns(FIELDS, NAMES, frozenset(FIELDS))
"""A heading must match whole: `code` is not `code_section`, `published_at` is nothing of ours."""
