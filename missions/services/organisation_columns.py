"""Which column of a list of organisations is what, and what its words mean: English, French, German."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "name": _("Name"),
    "other_name": _("Name in another script or language"),
    "kind": _("Kind"),
    "country": _("Country"),
    "languages": _("Languages"),
    "website": _("Web site"),
    "partner_status": _("Partner status"),
    "status_from": _("Status from"),
    "status_to": _("Status to"),
    "note": _("Note"),
    "contact_name": _("Contact: name"),
    "contact_function": _("Contact: function"),
    "contact_email": _("Contact: e-mail address"),
    "contact_phone": _("Contact: telephone"),
    "contact_language": _("Contact: language"),
    "ignore": _("Not used"),
}

# Names by which a column is known, folded.
NAMES: dict[str, Sequence[str]] = {
    "contact_name": ("contact name", "contact person", "contact", "personne de contact", "nom du contact", "interlocuteur",
                     "ansprechpartner", "ansprechpartnerin", "kontaktperson", "kontakt"),
    "contact_function": ("contact function", "function", "position", "fonction", "fonction du contact", "funktion", "job title"),
    "contact_email": ("contact email", "contact e mail", "email", "e mail", "mail", "courriel", "adresse electronique", "e mail adresse",
                      "adresse e mail", "email address", "e mail address"),
    "contact_phone": ("contact phone", "phone", "telephone", "telephone number", "tel", "telefon", "telefonnummer", "numero de telephone"),
    "contact_language": ("contact language", "langue du contact", "sprache des kontakts", "correspondence language",
                         "langue de correspondance", "korrespondenzsprache"),
    "other_name": ("other name", "name in another language", "name in another script", "original name", "local name", "autre nom",
                   "nom original", "nom d origine", "anderer name", "originalname", "acronym", "sigle", "abkurzung"),
    "name": ("organisation name", "organization name", "name of organisation", "organisation", "organization", "name", "nom",
             "nom de l organisation", "denomination", "bezeichnung", "name der organisation", "institution"),
    "kind": ("kind", "type", "category", "categorie", "type d organisation", "art", "typ", "kategorie", "nature"),
    "country": ("country", "pays", "land", "state", "etat", "staat", "country code", "code pays"),
    "languages": ("languages", "language", "langues", "langue", "sprachen", "sprache"),
    "website": ("website", "web site", "web", "url", "site", "site web", "site internet", "webseite", "internet", "homepage"),
    "partner_status": ("partner status", "status", "statut", "statut de partenaire", "partnerstatus"),
    "status_from": ("status from", "from", "statut du", "statut depuis", "valid from", "depuis", "status ab", "gultig ab", "du", "ab"),
    "status_to": ("status to", "until", "to", "valid until", "valid to", "statut au", "statut jusqu au", "jusqu au", "status bis",
                  "gultig bis", "bis", "au"),
    "note": ("note", "notes", "remarks", "comment", "remarque", "remarques", "observations", "bemerkung", "bemerkungen", "notiz"),
}  # fmt: skip

KINDS = {
    "election_commission": ("election commission", "electoral commission", "commission electorale", "wahlkommission"),
    "ministry": ("ministry", "ministere", "ministerium"),
    "court": ("court", "constitutional court", "cour", "cour constitutionnelle", "tribunal", "gericht", "verfassungsgericht"),
    "authority": ("authority", "other public authority", "public authority", "autorite", "autorite publique", "behorde"),
    "congress_delegation": ("congress delegation", "national delegation", "delegation nationale", "nationale delegation"),
    "national_association": ("national association", "national association of authorities", "association nationale", "association",
                             "association of municipalities", "nationaler verband", "verband", "kommunalverband"),
    "municipality": ("municipality", "region", "municipality or region", "commune", "collectivite", "gemeinde", "kommune"),
    "party": ("party", "political party", "candidate", "parti", "parti politique", "candidat", "partei", "kandidat"),
    "ngo": ("ngo", "non governmental organisation", "civil society", "ong", "organisation non gouvernementale", "societe civile", "nro",
            "nichtregierungsorganisation"),
    "citizen_observers": ("citizen observers", "domestic observers", "observateurs citoyens", "observateurs nationaux",
                          "burgerbeobachter", "nationale beobachter"),
    "media": ("media", "newspaper", "broadcaster", "medias", "presse", "journal", "medien", "zeitung"),
    "embassy": ("embassy", "ambassade", "botschaft"),
    "international": ("international", "international organisation", "organisation internationale", "internationale organisation"),
}  # fmt: skip
STATUSES = {
    "none": ("none", "no", "aucun", "aucune", "kein", "keine", "-"),
    "statutory": ("statutory", "statutory partner", "partenaire statutaire", "statutaire", "statutarischer partner"),
    "institutional": ("institutional", "institutional partner", "partenaire institutionnel", "institutionnel", "institutioneller partner"),
    "observer": ("observer", "observer partner", "observateur", "partenaire observateur", "beobachter"),
    "guest_observer": ("guest observer", "guest", "observateur invite", "invite", "gastbeobachter", "gast"),
}
LANGUAGES = {
    "en": ("en", "english", "anglais", "englisch"),
    "fr": ("fr", "french", "francais", "franzosisch"),
    "de": ("de", "german", "allemand", "deutsch"),
}
