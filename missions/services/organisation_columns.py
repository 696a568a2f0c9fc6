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
    "contact_name": ("contact name", "name of contact", "contact person", "contact", "personne de contact", "nom du contact",
                     "nom de la personne de contact", "interlocuteur", "interlocutrice", "ansprechpartner", "ansprechpartners",
                     "ansprechpartnerin", "ansprechperson", "kontaktperson", "name des kontakts", "kontakt"),
    "contact_function": ("contact function", "function of contact", "function", "position", "fonction", "fonction du contact", "funktion",
                         "funktion des kontakts", "job title"),
    "contact_email": ("contact email", "contact e mail", "email", "e mail", "mail", "courriel", "adresse electronique", "e mail adresse",
                      "adresse e mail", "email address", "e mail address"),
    "contact_phone": ("contact phone", "phone", "telephone", "telephone number", "tel", "telefon", "telefonnummer", "numero de telephone"),
    "contact_language": ("contact language", "language of contact", "langue du contact", "sprache des kontakts", "kontaktsprache",
                         "sprache des ansprechpartners", "correspondence language", "language of correspondence",
                         "langue de correspondance", "korrespondenzsprache"),
    "other_name": ("other name", "name in another language", "name in another script", "original name", "local name", "native name",
                   "name language", "name script", "name locally", "autre nom", "nom original", "nom d origine", "nom local",
                   "nom dans la langue", "nom dans une autre langue", "nom dans la langue du pays", "nom langue", "nom en langue",
                   "nom ecriture", "denomination locale", "anderer name", "originalname", "name original", "lokaler name",
                   "ortlicher name", "name sprache", "name originalsprache", "name originalschrift", "name in landessprache",
                   "name landessprache", "name schrift", "bezeichnung landessprache", "acronym", "sigle", "abkurzung"),
    "name": ("organisation name", "organization name", "name of organisation", "organisation", "organization", "name", "nom",
             "nom de l organisation", "denomination", "bezeichnung", "name der organisation", "institution"),
    "kind": ("kind", "type", "category", "categorie", "type d organisation", "type of organisation", "kind of organisation",
             "organisation type", "art", "art der organisation", "typ", "kategorie", "nature"),
    "country": ("country", "pays", "land", "state", "etat", "staat", "country code", "code pays"),
    "languages": ("languages", "language", "working languages", "languages spoken", "spoken languages", "langues", "langue",
                  "langues parlees", "langue parlee", "langues de travail", "sprachen", "sprache", "gesprochene sprachen",
                  "arbeitssprachen", "arbeitssprache"),
    "website": ("website", "web site", "web", "url", "site", "site web", "site internet", "webseite", "internet", "homepage"),
    "partner_status": ("partner status", "status", "statut", "statut de partenaire", "partnerstatus"),
    "status_from": ("status from", "status since", "from", "statut du", "statut depuis", "valid from", "depuis", "status ab", "status seit",
                    "status von", "debut du statut", "gultig ab", "du", "ab"),
    "status_to": ("status to", "status until", "until", "to", "valid until", "valid to", "statut au", "statut jusqu au", "jusqu au",
                  "fin du statut", "status bis", "gultig bis", "bis", "au"),
    "note": ("note", "notes", "remarks", "comment", "remarque", "remarques", "observations", "bemerkung", "bemerkungen", "notiz"),
}  # fmt: skip

# "Nom dans la langue" is a name: only a heading that says nothing else names the languages.
WHOLE = frozenset({"languages"})
# "Type of organisation", "Pays de l'organisation": the word of the name qualifies other headings.
LAST = ("name",)

# What cells say beside the labels of the choices, which count in all three languages (`choices.read_choice`).
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
