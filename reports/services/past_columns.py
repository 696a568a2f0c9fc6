"""Which column of a list of recommendations from before Scrutin is what: English, French, German."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "mission": _("Mission of the history (code, for example 2012-am-1)"),
    "country": _("Country"),
    "year": _("Year of the mission"),
    "election": _("Election"),
    "number": _("Number of the adopted text"),
    "adopted_on": _("Adopted on"),
    "title_en": _("Title of the text in English"),
    "title_fr": _("Title of the text in French"),
    "title_de": _("Title of the text in German"),
    "document_ref": _("Document of the report"),
    "web": _("Address of the text"),
    "paragraph": _("Paragraph"),
    "text_en": _("Wording in English"),
    "text_fr": _("Wording in French"),
    "text_de": _("Wording in German"),
    "addressees": _("Addressees"),
    "standards": _("Standards"),
    "priority": _("Priority"),
    "action_type": _("Kind of action"),
    "topic": _("Topic"),
    "status": _("Status"),
    "basis": _("Basis of the assessment"),
    "assessed_on": _("Assessed on"),
    "note_en": _("Note on the assessment in English"),
    "note_fr": _("Note on the assessment in French"),
    "ignore": _("Not used"),
}
TEXT = ("number", "adopted_on", "title_en", "title_fr", "title_de", "document_ref", "web", "year", "election")
WORDING = ("text_en", "text_fr", "text_de")
NOTES = ("note_en", "note_fr")
NEEDED = ("paragraph", "adopted_on")

# Names by which a column is known, folded. The names of our own export of recommendations are among them.
NAMES: dict[str, Sequence[str]] = {
    "mission": ("mission", "mission code", "past mission", "code de la mission", "missionscode"),
    "country": ("country", "pays", "land", "country code", "code pays", "iso2", "state", "etat", "staat"),
    "year": ("year", "annee", "jahr", "mission year", "year of mission"),
    "election": ("election", "elections", "wahl", "scrutin", "election observed"),
    "number": ("text number", "number", "number of text", "recommendation number", "recommendation no", "adopted text", "numero",
               "numero du texte", "numero de la recommandation", "texte adopte", "nummer", "nummer des textes", "nummer der empfehlung",
               "recommendation", "recommandation", "empfehlung"),
    "adopted_on": ("adopted on", "date of adoption", "adoption", "adoption date", "adopted", "adopte le", "adoptee le", "date d adoption",
                   "angenommen am", "tag der annahme", "annahme", "datum der annahme"),
    "title_en": ("title en", "title", "title in english", "english title", "titre anglais", "titel englisch", "text title"),
    "title_fr": ("title fr", "title in french", "french title", "titre", "titre francais", "titre fr", "titel franzosisch"),
    "title_de": ("title de", "title in german", "german title", "titel", "titre allemand", "titel deutsch"),
    "document_ref": ("document", "document ref", "document reference", "report", "reference", "rapport", "dokument", "bericht"),
    "web": ("web", "url", "link", "address of the text", "text url", "lien", "adresse", "adresse du texte", "webadresse"),
    "paragraph": ("paragraph", "para", "paragraph number", "place", "paragraphe", "alinea", "absatz", "nr", "no", "ziffer", "point"),
    "text_en": ("text en", "text", "wording", "wording in english", "english", "english text", "anglais", "texte anglais", "englisch",
                "recommendation text", "wording en"),
    "text_fr": ("text fr", "texte", "wording in french", "french", "french text", "francais", "texte francais", "franzosisch", "wording fr",
                "libelle"),
    "text_de": ("text de", "wording in german", "german", "german text", "allemand", "texte allemand", "deutsch", "wortlaut", "wording de"),
    "addressees": ("addressees", "addressee", "addressed to", "destinataires", "destinataire", "adressaten", "adressat", "to whom"),
    "standards": ("standards", "standard", "norms", "normes", "norme", "normen", "norm"),
    "priority": ("priority", "priorite", "prioritat", "weight"),
    "action_type": ("action type", "kind of action", "action", "type d action", "art der handlung", "massnahme"),
    "topic": ("topic", "theme", "thema", "group of findings"),
    "status": ("status", "implementation", "state of implementation", "statut", "mise en oeuvre", "stand", "umsetzung"),
    "basis": ("basis", "basis of the assessment", "fondement", "base", "grundlage"),
    "assessed_on": ("assessed on", "status on", "date of assessment", "assessment date", "evalue le", "apprecie le",
                    "date de l appreciation", "bewertet am", "datum der bewertung"),
    "note_en": ("note", "note en", "note in english", "comment", "remark", "remarks"),
    "note_fr": ("note fr", "note in french", "remarque", "remarques", "commentaire"),
}  # fmt: skip
WHOLE = frozenset({"number", "title_en", "title_fr", "title_de", "web", "text_en", "text_fr", "text_de", "note_en", "note_fr", "year",
                   "election", "mission"})  # fmt: skip

STATUSES: dict[str, tuple[str, ...]] = {
    "fully": ("full", "implemented", "done", "mise en oeuvre", "pleinement", "umgesetzt", "vollstandig"),
    "mostly": ("most", "largely", "largement", "en grande partie", "weitgehend", "uberwiegend"),
    "partially": ("partial", "partly", "partiellement", "en partie", "teilweise"),
    "not_implemented": ("no", "none", "not", "non", "pas mise en oeuvre", "nicht", "nicht umgesetzt"),
    "not_assessed": ("unknown", "", "?", "-", "n/a"),
    "no_longer_applicable": ("obsolete", "sans objet", "no longer", "nicht mehr", "entfallen"),
}
PRIORITIES: dict[str, tuple[str, ...]] = {
    "high": ("haute", "elevee", "hoch", "urgent", "important", "1"),
    "normal": ("normale", "medium", "low", "mittel", "niedrig", "2"),
}
BASES: dict[str, tuple[str, ...]] = {
    "next_mission": ("mission", "observation", "mission suivante"),
    "monitoring_visit": ("visit", "monitoring", "visite", "besuch"),
    "dialogue": ("dialogue", "dialog", "post electoral dialogue"),
    "desk_review": ("desk", "review", "etude", "recherche"),
    "letter": ("lettre", "brief"),
    "citizen_observers": ("observers", "observateurs", "beobachter"),
}
ADDRESSEES: dict[str, tuple[str, ...]] = {
    "government": ("government", "gouvernement", "regierung"),
    "central_commission": ("cec", "electoral commission", "election commission", "commission electorale", "wahlkommission"),
    "local_authorities": ("local authorities", "municipalities", "municipalites", "pouvoirs locaux", "gemeinden"),
    "parties": ("political parties", "parties", "partis", "parteien"),
    "prosecution": ("police", "prosecutor", "parquet"),
    "courts": ("judiciary", "justice", "gerichte"),
}
