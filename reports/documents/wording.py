"""The fixed sentences of reports, recommendations and statements, in three languages, in our own words.

Not from the interface catalogue: a frozen text must not change with it. English is the original; French and German
are ours and unchecked, so that a published document in them needs a person's yes (DESIGN 3, "Languages of content").
"""

from __future__ import annotations

WORDING: dict[str, dict[str, str]] = {
    "report": {"en": "Report", "fr": "Rapport", "de": "Bericht"},
    "information_report": {"en": "Information report", "fr": "Rapport d’information", "de": "Informationsbericht"},
    "note": {"en": "Information note", "fr": "Note d’information", "de": "Informationsvermerk"},
    "draft_recommendation": {"en": "Draft recommendation (for vote)", "fr": "Projet de recommandation (pour vote)", "de": "Entwurf einer Empfehlung (zur Abstimmung)"},
    "recommendation": {"en": "Recommendation", "fr": "Recommandation", "de": "Empfehlung"},
    "memorandum": {"en": "Explanatory memorandum", "fr": "Exposé des motifs", "de": "Begründung"},
    "memorandum_draft": {"en": "Explanatory memorandum (for information)", "fr": "Exposé des motifs (pour information)", "de": "Begründung (zur Kenntnisnahme)"},
    "summary": {"en": "Summary", "fr": "Résumé", "de": "Zusammenfassung"},
    "committee": {"en": "Committee", "fr": "Commission", "de": "Ausschuss"},
    "Monitoring Committee": {"en": "Monitoring Committee", "fr": "Commission de suivi", "de": "Monitoringausschuss"},
    "rapporteur": {"en": "Rapporteur", "fr": "Rapporteur", "de": "Berichterstattung"},
    "rapporteurs": {"en": "Rapporteurs", "fr": "Rapporteurs", "de": "Berichterstattung"},
    "session": {"en": "Session", "fr": "Session", "de": "Tagung"},
    "original": {"en": "Original: {language}", "fr": "Original : {language}", "de": "Original: {language}"},
    "original_label": {"en": "Original", "fr": "Original", "de": "Original"},
    "lang_en": {"en": "English", "fr": "anglais", "de": "Englisch"},
    "lang_fr": {"en": "French", "fr": "français", "de": "Französisch"},
    "lang_de": {"en": "German", "fr": "allemand", "de": "Deutsch"},
    "polling_day": {"en": "Polling day", "fr": "Jour du scrutin", "de": "Wahltag"},
    "polling_days": {"en": "Polling days", "fr": "Jours du scrutin", "de": "Wahltage"},
    "adopted_on": {"en": "Adopted on", "fr": "Adopté le", "de": "Angenommen am"},
    "chamber_L": {"en": "Chamber of Local Authorities", "fr": "Chambre des pouvoirs locaux", "de": "Kammer der Gemeinden"},
    "chamber_R": {"en": "Chamber of Regions", "fr": "Chambre des régions", "de": "Kammer der Regionen"},
    "refers_to": {
        "en": "The Congress of Local and Regional Authorities of the Council of Europe refers to:",
        "fr": "Le Congrès des pouvoirs locaux et régionaux du Conseil de l’Europe se réfère :",
        "de": "Der Kongress der Gemeinden und Regionen des Europarates nimmt Bezug auf:",
    },
    "ref_statute": {
        "en": "Article 1, paragraph 2 of Statutory Resolution CM/Res(2020)1 on the Congress;",
        "fr": "à l’article 1, paragraphe 2, de la Résolution statutaire CM/Res(2020)1 relative au Congrès ;",
        "de": "Artikel 1 Absatz 2 der Satzungsentschließung CM/Res(2020)1 über den Kongress;",
    },
    "ref_charter": {
        "en": "the European Charter of Local Self-Government (ETS No. 122) and its Additional Protocol on the right to participate in the affairs of a local authority (CETS No. 207);",
        "fr": "à la Charte européenne de l’autonomie locale (STE n° 122) et à son Protocole additionnel sur le droit de participer aux affaires des collectivités locales (STCE n° 207) ;",
        "de": "die Europäische Charta der kommunalen Selbstverwaltung (SEV Nr. 122) und ihr Zusatzprotokoll über das Recht auf Beteiligung an den Angelegenheiten der kommunalen Gebietskörperschaften (SEV Nr. 207);",
    },
    "ref_rules": {
        "en": "the chapter of its Rules and Procedures on the observation of local and regional elections;",
        "fr": "au chapitre de ses Règles et procédures consacré à l’observation des élections locales et régionales ;",
        "de": "das Kapitel seiner Geschäftsordnung über die Beobachtung von Kommunal- und Regionalwahlen;",
    },
    "ref_earlier": {
        "en": "its earlier texts on elections in {country}: {texts};",
        "fr": "à ses textes antérieurs concernant des élections ({country}) : {texts} ;",
        "de": "seine früheren Texte zu Wahlen ({country}): {texts};",
    },
    "ref_memorandum": {
        "en": "the explanatory memorandum to this recommendation.",
        "fr": "à l’exposé des motifs de la présente recommandation.",
        "de": "die Begründung zu dieser Empfehlung.",
    },
    "points_out": {"en": "The Congress points out that:", "fr": "Le Congrès rappelle que :", "de": "Der Kongress stellt fest, dass:"},
    "fact_invited": {
        "en": "it was invited by the authorities of the country ({authority}) to observe the election “{title}”;",
        "fr": "les autorités du pays ({authority}) l’ont invité à observer l’élection « {title} » ;",
        "de": "er von den Behörden des Landes ({authority}) eingeladen wurde, die Wahl „{title}“ zu beobachten;",
    },
    "fact_invited_plain": {
        "en": "it was invited by the authorities of the country to observe the election “{title}”;",
        "fr": "les autorités du pays l’ont invité à observer l’élection « {title} » ;",
        "de": "er von den Behörden des Landes eingeladen wurde, die Wahl „{title}“ zu beobachten;",
    },
    "fact_mission": {
        "en": "its delegation worked in the country from {first} to {last};",
        "fr": "sa délégation a travaillé dans le pays du {first} au {last} ;",
        "de": "seine Delegation vom {first} bis {last} im Land tätig war;",
    },
    "fact_stations": {
        "en": "{teams} teams visited {stations} polling stations on polling day, which are not a sample of the country;",
        "fr": "{teams} équipes ont visité {stations} bureaux de vote le jour du scrutin, qui ne constituent pas un échantillon du pays ;",
        "de": "{teams} Teams am Wahltag {stations} Wahllokale besuchten, die keine Stichprobe für das Land sind;",
    },
    "fact_thanks": {
        "en": "it thanks the authorities and all those it met for their cooperation.",
        "fr": "il remercie les autorités et tous ses interlocuteurs de leur coopération.",
        "de": "er den Behörden und allen Gesprächspartnern für ihre Zusammenarbeit dankt.",
    },
    "welcomes": {"en": "The Congress notes with satisfaction:", "fr": "Le Congrès note avec satisfaction :", "de": "Der Kongress nimmt mit Befriedigung zur Kenntnis:"},
    "welcomes_none": {
        "en": "The Congress takes note of the conduct of the elections as the explanatory memorandum describes it.",
        "fr": "Le Congrès prend note du déroulement des élections tel que le décrit l’exposé des motifs.",
        "de": "Der Kongress nimmt den in der Begründung beschriebenen Ablauf der Wahlen zur Kenntnis.",
    },
    "concerned": {"en": "The Congress is concerned about the following:", "fr": "Le Congrès est préoccupé par les points suivants :", "de": "Der Kongress ist über Folgendes besorgt:"},
    "concerned_none": {
        "en": "The Congress has no concern to record beyond what follows from its calls below.",
        "fr": "Le Congrès n’a pas de préoccupation à consigner au-delà de ce qui ressort des appels ci-après.",
        "de": "Der Kongress hat keine Besorgnis festzuhalten, die über die nachstehenden Aufforderungen hinausgeht.",
    },
    "calls": {
        "en": "In the light of the foregoing, the Congress calls on the authorities of {country} to:",
        "fr": "Au vu de ce qui précède, le Congrès appelle les autorités ({country}) à :",
        "de": "Vor diesem Hintergrund fordert der Kongress die Behörden ({country}) auf:",
    },
    "takes_account": {
        "en": "The Congress calls on the Committee of Ministers and the Parliamentary Assembly of the Council of Europe to take account of this recommendation and of its explanatory memorandum in their activities relating to {country}.",
        "fr": "Le Congrès appelle le Comité des Ministres et l’Assemblée parlementaire du Conseil de l’Europe à tenir compte de la présente recommandation et de son exposé des motifs dans leurs activités concernant ce pays ({country}).",
        "de": "Der Kongress fordert das Ministerkomitee und die Parlamentarische Versammlung des Europarates auf, diese Empfehlung und ihre Begründung bei ihrer Arbeit zu diesem Land ({country}) zu berücksichtigen.",
    },
    "debated": {
        "en": "Debated and adopted by the Congress on {day} (see document {number}, rapporteur: {rapporteur}).",
        "fr": "Discussion et adoption par le Congrès le {day} (voir le document {number}, rapporteur : {rapporteur}).",
        "de": "Beraten und angenommen vom Kongress am {day} (siehe Dokument {number}, Berichterstattung: {rapporteur}).",
    },
    "of_stations": {"en": "of the stations visited; not a sample of the country", "fr": "des bureaux de vote visités ; pas un échantillon du pays", "de": "der besuchten Wahllokale; keine Stichprobe für das Land"},
    "figure_text": {"en": "{n} of {denominator} of the stations visited", "fr": "{n} sur {denominator} des bureaux de vote visités", "de": "{n} von {denominator} der besuchten Wahllokale"},
    "figure_share": {"en": "{n} of {denominator} of the stations visited ({share} %)", "fr": "{n} sur {denominator} des bureaux de vote visités ({share} %)", "de": "{n} von {denominator} der besuchten Wahllokale ({share} %)"},
    "appendix_programme": {"en": "Programme of the mission", "fr": "Programme de la mission", "de": "Programm der Mission"},
    "appendix_delegation": {"en": "Delegation", "fr": "Délégation", "de": "Delegation"},
    "appendix_deployment": {"en": "Deployment on polling day", "fr": "Déploiement le jour du scrutin", "de": "Einsatz am Wahltag"},
    "appendix_figures": {"en": "Figures of polling day", "fr": "Chiffres du jour du scrutin", "de": "Zahlen des Wahltags"},
    "appendix_recommendations": {"en": "Recommendations with standards and addressees", "fr": "Recommandations, normes et destinataires", "de": "Empfehlungen mit Standards und Adressaten"},
    "col_day": {"en": "Day", "fr": "Jour", "de": "Tag"},
    "col_time": {"en": "Time", "fr": "Heure", "de": "Zeit"},
    "col_meeting": {"en": "Meeting", "fr": "Réunion", "de": "Treffen"},
    "col_name": {"en": "Name", "fr": "Nom", "de": "Name"},
    "col_country": {"en": "Country (chamber, group)", "fr": "Pays (chambre, groupe)", "de": "Land (Kammer, Fraktion)"},
    "col_role": {"en": "Role", "fr": "Fonction", "de": "Aufgabe"},
    "col_team": {"en": "Team", "fr": "Équipe", "de": "Team"},
    "col_area": {"en": "Area", "fr": "Zone", "de": "Gebiet"},
    "col_municipalities": {"en": "Municipalities", "fr": "Communes", "de": "Gemeinden"},
    "col_stations": {"en": "Stations visited", "fr": "Bureaux visités", "de": "Besuchte Wahllokale"},
    "col_question": {"en": "Question", "fr": "Question", "de": "Frage"},
    "col_cases": {"en": "With a remark", "fr": "Avec observation", "de": "Mit Anmerkung"},
    "col_counted": {"en": "Stations counted", "fr": "Bureaux comptés", "de": "Gezählte Wahllokale"},
    "col_share": {"en": "Share", "fr": "Part", "de": "Anteil"},
    "col_stage": {"en": "Stage", "fr": "Étape", "de": "Abschnitt"},
    "col_positive": {"en": "Assessed positively", "fr": "Appréciation positive", "de": "Positiv bewertet"},
    "col_paragraph": {"en": "Paragraph", "fr": "Paragraphe", "de": "Absatz"},
    "col_text": {"en": "Text", "fr": "Texte", "de": "Text"},
    "col_addressees": {"en": "Addressees", "fr": "Destinataires", "de": "Adressaten"},
    "col_standards": {"en": "Standards", "fr": "Normes", "de": "Standards"},
    "role_head": {"en": "Head of delegation", "fr": "Chef de délégation", "de": "Delegationsleitung"},
    "role_deputy": {"en": "Deputy head of delegation", "fr": "Chef adjoint de délégation", "de": "Stellvertretende Delegationsleitung"},
    "role_rapporteur": {"en": "Rapporteur", "fr": "Rapporteur", "de": "Berichterstattung"},
    "role_observer": {"en": "Observer", "fr": "Observateur", "de": "Beobachtung"},
    "role_expert": {"en": "Expert", "fr": "Expert", "de": "Fachperson"},
    "role_staff": {"en": "Secretariat of the Congress", "fr": "Secrétariat du Congrès", "de": "Sekretariat des Kongresses"},
    "role_partner": {"en": "Partner observer", "fr": "Observateur partenaire", "de": "Partnerbeobachtung"},
    "stage_opening": {"en": "Opening", "fr": "Ouverture", "de": "Öffnung"},
    "stage_voting": {"en": "Voting", "fr": "Vote", "de": "Stimmabgabe"},
    "stage_counting": {"en": "Closing and counting", "fr": "Clôture et dépouillement", "de": "Schließung und Auszählung"},
    "stage_tabulation": {"en": "Tabulation", "fr": "Centralisation des résultats", "de": "Ergebniszusammenführung"},
    "small_numbers": {
        "en": "Where fewer than 30 forms were counted, numbers are given without percentages.",
        "fr": "Lorsque moins de 30 formulaires ont été comptés, les nombres sont donnés sans pourcentage.",
        "de": "Wo weniger als 30 Formulare gezählt wurden, stehen Zahlen ohne Prozente.",
    },
    "chart_conduct": {"en": "Overall conduct by stage", "fr": "Déroulement d’ensemble par étape", "de": "Gesamteindruck nach Abschnitt"},
    "chart_remarks": {"en": "Questions with most remarks", "fr": "Questions suscitant le plus d’observations", "de": "Fragen mit den meisten Anmerkungen"},
    "positive": {"en": "positive", "fr": "positive", "de": "positiv"},
    "negative": {"en": "negative", "fr": "négative", "de": "negativ"},
    "access_index": {"en": "Stations that a wheelchair user reaches unaided and where a voter with a disability votes alone and in secret", "fr": "Bureaux accessibles sans aide en fauteuil roulant et permettant un vote seul et secret aux personnes handicapées", "de": "Wahllokale, die mit Rollstuhl ohne Hilfe erreichbar sind und eine selbständige geheime Stimmabgabe erlauben"},
    "women_chairs": {"en": "Boards chaired by a woman", "fr": "Bureaux présidés par une femme", "de": "Wahlvorstände unter Vorsitz einer Frau"},
    "women_members": {"en": "Women among board members", "fr": "Femmes parmi les membres des bureaux", "de": "Frauen unter den Mitgliedern der Wahlvorstände"},
    "no_figures": {"en": "No forms were counted.", "fr": "Aucun formulaire n’a été compté.", "de": "Es wurden keine Formulare gezählt."},
    "statement_title": {"en": "Preliminary conclusions", "fr": "Conclusions préliminaires", "de": "Vorläufige Schlussfolgerungen"},
    "statement_who": {"en": "Who we are", "fr": "Qui nous sommes", "de": "Wer wir sind"},
    "statement_who_text": {
        "en": "The delegation of the Congress of Local and Regional Authorities of the Council of Europe had {members} members from {countries} countries, with {women} women among them, in {teams} teams.",
        "fr": "La délégation du Congrès des pouvoirs locaux et régionaux du Conseil de l’Europe comptait {members} membres issus de {countries} pays, dont {women} femmes, répartis en {teams} équipes.",
        "de": "Die Delegation des Kongresses der Gemeinden und Regionen des Europarates zählte {members} Mitglieder aus {countries} Ländern, darunter {women} Frauen, in {teams} Teams.",
    },
    "statement_stations": {
        "en": "On polling day the teams visited {stations} polling stations. They are not a sample of the country: every figure below speaks of the stations visited.",
        "fr": "Le jour du scrutin, les équipes ont visité {stations} bureaux de vote. Ils ne constituent pas un échantillon du pays : chaque chiffre ci-après porte sur les bureaux visités.",
        "de": "Am Wahltag besuchten die Teams {stations} Wahllokale. Sie sind keine Stichprobe für das Land: Jede Zahl unten gilt für die besuchten Wahllokale.",
    },
    "statement_positive": {"en": "What we welcome", "fr": "Ce que nous saluons", "de": "Was wir begrüßen"},
    "statement_concern": {"en": "What concerns us", "fr": "Ce qui nous préoccupe", "de": "Was uns Sorge macht"},
    "statement_call": {"en": "What should change", "fr": "Ce qui devrait changer", "de": "Was sich ändern sollte"},
    "statement_figures": {"en": "Figures", "fr": "Chiffres", "de": "Zahlen"},
    "statement_next": {"en": "What comes next", "fr": "La suite", "de": "Wie es weitergeht"},
    "statement_next_text": {
        "en": "These conclusions are preliminary. The report with recommendations follows and goes to the Monitoring Committee and to a session of the Congress.",
        "fr": "Ces conclusions sont préliminaires. Le rapport, assorti de recommandations, suivra et sera soumis à la Commission de suivi puis à une session du Congrès.",
        "de": "Diese Schlussfolgerungen sind vorläufig. Der Bericht mit Empfehlungen folgt und geht an den Monitoringausschuss und an eine Tagung des Kongresses.",
    },
    "statement_none": {"en": "Nothing was recorded under this heading.", "fr": "Rien n’a été consigné sous ce titre.", "de": "Unter dieser Überschrift wurde nichts festgehalten."},
    "letter_kind": {"en": "Letter of transmission", "fr": "Lettre de transmission", "de": "Übermittlungsschreiben"},
    "letter_title": {"en": "Transmission of {number}", "fr": "Transmission : {number}", "de": "Übermittlung: {number}"},
    "letter_text": {
        "en": "I have the honour to transmit {number} on “{title}”, which the Congress of Local and Regional Authorities of the Council of Europe adopted on {day}, together with its explanatory memorandum.",
        "fr": "J’ai l’honneur de vous transmettre {number} concernant « {title} », que le Congrès des pouvoirs locaux et régionaux du Conseil de l’Europe a adopté le {day}, accompagné de son exposé des motifs.",
        "de": "Hiermit übermittle ich {number} zu „{title}“, vom Kongress der Gemeinden und Regionen des Europarates am {day} angenommen, mit der Begründung.",
    },
    "letter_asks": {
        "en": "The recommendation asks for {count} actions. The table below lists them with those to whom each is addressed.",
        "fr": "La recommandation demande {count} actions. Le tableau ci-après les énumère avec leurs destinataires.",
        "de": "Die Empfehlung verlangt {count} Handlungen. Die folgende Tabelle nennt sie mit ihren Adressaten.",
    },
    "letter_dialogue": {
        "en": "The Congress is ready for a dialogue on carrying them out. After one year it looks at the progress made.",
        "fr": "Le Congrès est disposé à dialoguer sur leur mise en œuvre. Au bout d’un an, il examinera les progrès accomplis.",
        "de": "Der Kongress ist zum Gespräch über die Umsetzung bereit. Nach einem Jahr prüft er die Fortschritte.",
    },
    "letter_public": {"en": "The texts are public: {url}", "fr": "Les textes sont publics : {url}", "de": "Die Texte sind öffentlich: {url}"},
    "letter_sign": {"en": "Secretariat of the Congress", "fr": "Secrétariat du Congrès", "de": "Sekretariat des Kongresses"},
    "to": {"en": "To", "fr": "Destinataire", "de": "An"},
    "correction": {"en": "Corrected version {number}, replacing version {old}: {note}", "fr": "Version corrigée {number}, remplaçant la version {old} : {note}", "de": "Berichtigte Fassung {number} anstelle der Fassung {old}: {note}"},
}

SECTIONS: dict[str, dict[str, str]] = {
    "summary": WORDING["summary"],
    "introduction": {"en": "Introduction", "fr": "Introduction", "de": "Einleitung"},
    "context": {"en": "Political context", "fr": "Contexte politique", "de": "Politisches Umfeld"},
    "government": {"en": "Structure of local government", "fr": "Organisation de l’administration locale", "de": "Aufbau der kommunalen Selbstverwaltung"},
    "legal": {"en": "Legal framework and electoral system", "fr": "Cadre juridique et système électoral", "de": "Rechtsrahmen und Wahlsystem"},
    "administration": {"en": "Election administration", "fr": "Administration électorale", "de": "Wahlverwaltung"},
    "register": {"en": "Voter register", "fr": "Listes électorales", "de": "Wählerverzeichnis"},
    "candidates": {"en": "Candidates", "fr": "Candidatures", "de": "Kandidaturen"},
    "campaign": {"en": "Campaign and finance", "fr": "Campagne et financement", "de": "Wahlkampf und Finanzierung"},
    "media": {"en": "Media", "fr": "Médias", "de": "Medien"},
    "complaints": {"en": "Complaints", "fr": "Plaintes", "de": "Beschwerden"},
    "election_day": {"en": "Election day", "fr": "Jour du scrutin", "de": "Wahltag"},
    "results": {"en": "Turnout and results", "fr": "Participation et résultats", "de": "Beteiligung und Ergebnisse"},
    "conclusions": {"en": "Conclusions", "fr": "Conclusions", "de": "Schlussfolgerungen"},
}

UNCHECKED_LANGUAGES = frozenset({"fr", "de"})
"""Languages whose fixed sentences nobody has checked yet."""


def say(key: str, language: str, **values: object) -> str:
    """A fixed sentence in `language`, with its values."""
    entry = WORDING[key]
    text = entry.get(language) or entry["en"]
    return text.format(**values) if values else text


def section_title(code: str, language: str) -> str:
    """The title of a chapter in `language`."""
    entry = SECTIONS[code]
    return entry.get(language) or entry["en"]
