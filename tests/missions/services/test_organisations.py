"""Organisations: found in any script, partner status with its term, merged and taken back, put out of use, imported."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
import time_machine
from django.utils.translation import override

from accounts.services.links import LinkGone, open_link
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.lists.headings import guess_columns
from core.models import AuditEntry
from missions.enums import OrganisationKind, ParticipantAnswer, PartnerStatus, StatusPhase
from missions.models import Contact, Organisation, OrganisationMerge, Participant
from missions.services import invitations, meetings, merging
from missions.services import organisations as service
from missions.services.organisation_columns import LAST, NAMES, WHOLE
from missions.services.organisations_import import import_organisations, preview_organisations
from observers.forms.delegation import InviteForm
from tests.conftest_missions import LETTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(as_coordinator, bulgaria):
    """Add an organisation: `make("Fair Polls", kind="ngo")`."""

    def add(name: str, **values) -> Organisation:
        return service.create_organisation(by=as_coordinator, name=name, **{"kind": "ngo", "country": bulgaria, **values})

    return add


def found(words: str) -> set[str]:
    return set(Organisation.objects.active().named(words).values_list("name", flat=True))


# --- found by name ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "Централна избирателна комисия",
            ["централна", "КОМИСИЯ централна", "Tsentralna", "Centralna komisija", "izbiratelna komisiya", "Tsentr"],
        ),
        ("Спілка громад", ["Spilka", "gromad", "спілка"]),
        ("Đorđe Šumarstvo", ["dorde", "Шумарство", "Ђорђе", "Djordje", "sumarstvo"]),
        ("Ένωση Δήμων Ελλάδος", ["enosi dimon", "ΕΝΩΣΗ", "ενωση δημων", "Ellados"]),
        ("Հայաստանի համայնքներ", ["Hayastani", "ՀԱՅԱՍՏԱՆԻ", "hamaynkner"]),
        ("საქართველოს ასოციაცია", ["Sakartvelos", "asociacia", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝᲡ"]),
        ("İSTANBUL Işık Derneği", ["istanbul", "ISTANBUL IŞIK", "isik dernegi", "ıstanbul"]),
        ("Association des Maires d’Élite", ["elite", "MAIRES élite"]),
        ("Verband der Städte", ["stadte", "STÄDTE verband"]),
    ],
)
def test_found_in_any_script_and_without_accents(make, name, words):
    make(name)
    make("Something Else Altogether")
    assert {word: found(word) for word in words} == {word: {name} for word in words}


def test_the_other_name_counts_and_nothing_fits_nothing(make):
    make("Честен вот", other_name="Fair Vote")
    assert found("fair chesten") == {"Честен вот"}
    assert found("fair nobody") == set()
    assert found("  ") == {"Честен вот"}


def test_words_of_older_rows_are_brought_up_to_date(make):
    row = make("Честен вот")
    Organisation.objects.filter(pk=row.pk).update(search="честен вот")
    assert found("chesten") == set()
    assert service.refresh_search() == {"created": 0, "updated": 1, "unchanged": Organisation.objects.count() - 1}
    assert found("chesten") == {"Честен вот"}


# --- partner status -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({}, "status_to"),
        ({"status_from": date(2027, 1, 1)}, "status_to"),
        ({"status_from": date(2027, 1, 1), "status_to": date(2032, 1, 2)}, "status_to"),
        ({"status_from": date(2027, 1, 1), "status_to": date(2026, 1, 1)}, "status_to"),
        ({"partner_status": "none", "status_from": date(2027, 1, 1)}, "partner_status"),
    ],
)
def test_guest_observers_have_a_term_of_five_years_at_most(make, values, attr):
    with pytest.raises(Invalid) as refusal:
        make("Guests", **{"partner_status": PartnerStatus.GUEST_OBSERVER, **values})
    assert refusal.value.attr == attr


def test_a_term_ends_and_is_renewed(make, as_coordinator):
    row = make("Guests", partner_status="guest_observer", status_from=date(2027, 3, 1), status_to=date(2032, 2, 29))
    phases = [(date(2027, 2, 28), "to_come"), (date(2027, 3, 1), "holds"), (date(2031, 12, 1), "ending"), (date(2032, 2, 29), "ending")]
    assert [(day, row.phase(day)) for day, _phase in [*phases, (date(2032, 3, 1), "")]] == [*phases, (date(2032, 3, 1), "ended")]
    for day, which in ((date(2031, 12, 1), "status_ending"), (date(2032, 3, 1), "status_ended"), (date(2028, 1, 1), "with_status")):
        assert getattr(Organisation.objects, which)(day).get() == row
    assert not Organisation.objects.with_status(date(2032, 3, 1)).exists()
    with time_machine.travel(date(2031, 12, 1)):
        row = service.renew_status(row, by=as_coordinator)
        assert (row.status_from, row.status_to) == (date(2032, 3, 1), date(2037, 2, 28))
        with pytest.raises(NotNow):
            service.renew_status(row, by=as_coordinator)
    assert row.status_history == [{"status": "guest_observer", "from": "2027-03-01", "to": "2032-02-29"}]
    assert [row.has_status(date(year, 6, 1)) for year in (2026, 2030, 2035, 2038)] == [False, True, True, False]
    with time_machine.travel(date(2038, 1, 1)):
        row = service.renew_status(row, by=as_coordinator)
    assert (row.status_from, row.status_to) == (date(2038, 1, 1), date(2042, 12, 31))
    assert row.phase(date(2038, 1, 1)) == StatusPhase.HOLDS


def test_what_has_no_end_is_not_renewed(make, as_coordinator, publisher):
    row = make("Institution", partner_status="institutional")
    with pytest.raises(NotNow):
        service.renew_status(row, by=as_coordinator)
    with pytest.raises(NotAllowed):
        service.renew_status(row, by=user_actor(publisher))


# --- out of use ---------------------------------------------------------------------------------------------------


@pytest.fixture
def plan(mission, as_coordinator):
    """Plan a meeting with organisations, from an hour on."""

    def add(hour: int, *rows: Organisation, **values):
        common = {
            "kind": "ngo",
            "title": f"At {hour}",
            "start_day": mission.first_day,
            "start_time": time(hour),
            "end_time": time(hour, 50),
        }
        return meetings.plan_meeting(mission, by=as_coordinator, organisations=rows, **{**common, **values})

    return add


@pytest.mark.parametrize("act", [service.retire_organisation, service.remove_organisation])
def test_one_that_is_invited_stays_and_the_meetings_are_named(make, plan, as_coordinator, act):
    row = make("Watch")
    service.add_contact(row, by=as_coordinator, name="Nadia", email="n@example.org")
    meeting = plan(10, row)
    invitations.invite(meeting.participants.get(), by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        act(row, by=as_coordinator)
    assert [(item.url, "At 10" in item.sentence) for item in refusal.value.missing] == [(meeting.get_absolute_url(), True)]
    meetings.cancel_meeting(meeting, by=as_coordinator, reason="Ill.")
    service.retire_organisation(row, by=as_coordinator)
    row.refresh_from_db()
    assert not row.is_active
    with pytest.raises(NotNow) as refusal:
        service.remove_organisation(row, by=as_coordinator)
    assert refusal.value.code == "organisation_used"
    assert service.restore_organisation(row, by=as_coordinator).is_active


def test_one_that_was_never_used_is_removed(make, as_coordinator, publisher):
    row = make("Never")
    service.add_contact(row, by=as_coordinator, name="Nadia")
    with pytest.raises(NotAllowed):
        service.remove_organisation(row, by=user_actor(publisher))
    service.remove_organisation(row, by=as_coordinator)
    assert not Organisation.objects.filter(name="Never").exists()
    assert AuditEntry.objects.filter(action="missions.organisation_removed").count() == 1


def test_a_contact_is_changed(make, as_coordinator):
    row = make("Watch")
    one = service.add_contact(row, by=as_coordinator, name="One", email="one@example.org")
    two = service.add_contact(row, by=as_coordinator, name="Two")
    two = service.change_contact(two, by=as_coordinator, name="Second", email="two@example.org", is_primary=True)
    one.refresh_from_db()
    assert (two.name, two.is_primary, one.is_primary) == ("Second", True, False)
    for values in ({"name": " "}, {"email": "nobody"}):
        with pytest.raises(Invalid):
            service.change_contact(two, by=as_coordinator, **values)


# --- merging ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(make, as_coordinator):
    """The same organisation twice, each with a contact."""
    kept = make("Честен вот")
    doubled = make("Chesten Vot", website="https://example.org", note="Doubled.", note_access="team", languages=["bg"])
    for row, mail in ((kept, "a@example.org"), (doubled, "b@example.org")):
        service.add_contact(row, by=as_coordinator, name=mail[0].upper(), email=mail)
    return kept, doubled


def state() -> dict:
    """Everything that a merge may touch."""
    rows = Participant.objects.order_by("meeting_id", "organisation__name")
    return {
        "participants": [
            (row.meeting.title, row.organisation.name, row.answer, row.people, row.comment, row.paper_id, row.contact_id) for row in rows
        ],
        "contacts": sorted((row.organisation.name, row.name, row.is_primary) for row in Contact.objects.all()),
        "organisations": sorted(Organisation.objects.values_list("name", "is_active", "merged_into", "note", "website", "note_access")),
    }


def test_two_are_merged_and_both_names_lead_to_one(two, plan, make_request, as_coordinator, make_assignment, mission):
    kept, doubled = two
    own, theirs = plan(10, kept), plan(12, doubled)
    request = make_request(authority=doubled)
    partner = make_assignment(mission, "partner", organisation=doubled)
    assert service.twins_of(kept) == [doubled]
    before = state()
    trace = merging.merge_organisations(kept, doubled, by=as_coordinator)
    for row in (kept, doubled, request, partner):
        row.refresh_from_db()
    assert {row.meeting for row in kept.participations.all()} == {own, theirs}
    assert (request.authority, partner.organisation) == (kept, kept)
    assert sorted(kept.contacts.values_list("name", "is_primary")) == [("A", True), ("B", False)]
    assert (kept.website, kept.note, kept.note_access, kept.languages) == ("https://example.org", "Doubled.", "team", ["bg"])
    assert (doubled.is_active, doubled.merged_into) == (False, kept)
    assert found("chesten vot") == found("Честен") == {"Честен вот"}
    assert [item.meeting for item in service.meetings_of(kept)] == [theirs, own]
    with pytest.raises(NotNow):
        merging.merge_organisations(kept, doubled, by=as_coordinator)
    with pytest.raises(NotNow):
        service.change_organisation(doubled, by=as_coordinator, note="x")
    assert merging.undo_merge(trace, by=as_coordinator) == doubled
    assert merging.undo_merge(trace, by=as_coordinator) == doubled
    assert state() == before
    request.refresh_from_db()
    assert request.authority == doubled


def test_the_same_meeting_twice_becomes_one_row_and_two_again(two, plan, as_coordinator, client):
    kept, doubled = two
    meeting = plan(10, kept, doubled)
    first, second = (meeting.participants.get(organisation=row) for row in (kept, doubled))
    _row, old_url = invitations.invite(first, by=as_coordinator)
    row, url = invitations.invite(second, by=as_coordinator)
    by = open_link(url.rstrip("/").rsplit("/", 1)[1])[1]
    invitations.answer(row, by=by, answer="accepted", people="B.", comment="From B.", paper=LETTER, paper_name="b.pdf")
    invitations.answer(first, by=as_coordinator, answer="declined", comment="From A.", paper=LETTER + b"a", paper_name="a.pdf")
    before = state()
    assert merging.preview_merge(kept, doubled)["both"] == [meeting]
    trace = merging.merge_organisations(kept, doubled, by=as_coordinator)
    row = meeting.participants.get()
    assert (row.organisation, row.answer, row.people, row.paper.name) == (kept, ParticipantAnswer.ACCEPTED, "B.", "b.pdf")
    assert row.comment == "From B.\nFrom A."
    assert {file.name for file in trace.papers.all()} == {"a.pdf", "b.pdf"}
    with pytest.raises(LinkGone):
        open_link(old_url.rstrip("/").rsplit("/", 1)[1])
    assert client.get(url, follow=True).status_code == 200
    merging.undo_merge(trace, by=as_coordinator)
    assert state() == before


def test_what_came_after_the_merge_stays_where_it_is(two, plan, as_coordinator):
    kept, doubled = two
    trace = merging.merge_organisations(kept, doubled, by=as_coordinator)
    later = plan(15, kept)
    merging.undo_merge(trace, by=as_coordinator)
    assert later.participants.get().organisation == kept


def test_merges_are_taken_back_in_their_order(two, make, as_coordinator):
    kept, doubled = two
    third = make("Third")
    first = merging.merge_organisations(kept, doubled, by=as_coordinator)
    second = merging.merge_organisations(third, kept, by=as_coordinator)
    doubled.refresh_from_db()
    assert doubled.merged_into == third
    assert found("chesten") == {"Third"}
    with pytest.raises(NotNow) as refusal:
        merging.undo_merge(first, by=as_coordinator)
    assert refusal.value.code == "merged_again"
    merging.undo_merge(second, by=as_coordinator)
    merging.undo_merge(first, by=as_coordinator)
    assert found("chesten vot") == {"Честен вот", "Chesten Vot"}


def test_who_is_merged_or_out_of_use_is_offered_nowhere_and_known_by_its_old_name(two, bulgaria, as_coordinator, make):
    kept, doubled = two
    assert service.known_as("CHESTEN vót", bulgaria) == doubled
    merging.merge_organisations(kept, doubled, by=as_coordinator)
    gone = service.retire_organisation(make("Gone"), by=as_coordinator)
    assert service.known_as(" chesten vot", bulgaria) == service.known_as("ЧЕСТЕН ВОТ", bulgaria) == kept
    assert service.known_as("Gone", bulgaria) is service.known_as("", bulgaria) is service.known_as("Chesten", bulgaria) is None
    offered = set(InviteForm().fields["organisation"].queryset)
    assert (kept in offered, doubled in offered, gone in offered) == (True, False, False)


def test_merges_that_cannot_be(two, as_coordinator, publisher, plan):
    kept, doubled = two
    with pytest.raises(Invalid):
        merging.merge_organisations(kept, kept, by=as_coordinator)
    with pytest.raises(NotAllowed):
        merging.merge_organisations(kept, doubled, by=user_actor(publisher))
    plan(10, kept)
    plan(10, doubled)
    assert len(merging.preview_merge(kept, doubled)["clashing"]) == 1
    Organisation.objects.filter(pk=kept.pk).update(is_active=False)
    with pytest.raises(NotNow):
        merging.merge_organisations(kept, doubled, by=as_coordinator)
    assert not OrganisationMerge.objects.exists()


# --- import -------------------------------------------------------------------------------------------------------


def read(text: str | bytes, by, *, name: str = "list.csv", **options):
    data = text if isinstance(text, bytes) else text.encode()
    return import_organisations(by=by, source=io.BytesIO(data), name=name, **options)


FRENCH = """\ufeff

Nom;Autre nom;Type;Pays;Langues;Site web;Statut;Valable du;Jusqu’au;Personne de contact;Courriel;Langue du contact
Честен вот;Fair Vote;ONG;Bulgarie;bg, en;example.org;Aucun;;;Nadia Note;nadia@example.org;français
;;;;;;;;;;;

Association des communes;;Association nationale;BG;fr;;Observateur invité;01.03.2027;29/02/2032;;;
Честен вот;;;Bulgarie;;;;;;Boris Back;boris@example.org;
"""


HEADINGS = {
    "name": ["Name", "Nom", "Bezeichnung", "Nom de l’organisation", "Name of the organisation", "Name der Organisation", "Organisation"],
    "other_name": [
        "Nom dans la langue", "Nom dans la langue locale", "Nom (langue du pays)", "Nom local", "Nom d’origine", "Name in Landessprache",
        "Name in der Landessprache", "Lokaler Name", "local name", "Name (local language)", "Name in another script",
        "Name in Originalschrift", "Name (Originalsprache)",
    ],
    "languages": ["Langue", "Langues", "langue(s)", "Langues parlées", "Language(s)", "LANGUAGES", "Sprache(n)", "Sprachen",
                  "Arbeitssprachen"],
    "kind": ["Type", "Type d’organisation", "Type of organisation", "Art der Organisation", "Kategorie", "Catégorie"],
    "country": ["Pays de l’organisation", "Land", "Country name"],
    "partner_status": ["Statut", "Partner status", "Partnerstatus"],
    "status_from": ["Statut depuis le", "Status from (date)", "Status seit"],
    "status_to": ["Statut jusqu’au", "Status bis zum", "Valid until"],
    "contact_name": ["Contact person", "Nom de la personne de contact", "Ansprechpartner(in)", "Name des Kontakts"],
    "contact_language": ["Langue du contact", "Korrespondenzsprache", "Language of the contact", "Sprache des Kontakts"],
    "contact_email": ["Adresse e-mail", "E-Mail-Adresse", "E-mail of the contact"],
    "contact_phone": ["Téléphone du contact", "Telefonnummer", "Contact phone"],
    "website": ["Site web", "Webseite", "Website of the organisation"],
    }  # fmt: skip


@pytest.mark.parametrize(("heading", "field"), [(heading, field) for field, rows in HEADINGS.items() for heading in rows])
def test_headings_are_known_in_three_languages(heading, field):
    assert guess_columns([heading], NAMES, whole=WHOLE, last=LAST) == {heading: field}


def test_the_name_in_the_language_of_the_country_is_not_taken_for_the_languages():
    head = ["Nom", "Nom dans la langue", "Type d’organisation", "Langue(s)", "Langue du contact", "Langue de la salle"]
    fields = guess_columns(head, NAMES, whole=WHOLE, last=LAST)
    assert list(fields.values()) == ["name", "other_name", "kind", "languages", "contact_language", "ignore"]


@pytest.mark.parametrize(
    ("kind", "status", "language", "found"),
    [
        ("Non-governmental organisation", "no partner status", "English", ("ngo", "none", "en")),
        ("COMMISSION ELECTORALE", "Invite observateur", "francais", ("election_commission", "guest_observer", "fr")),
        ("Botschaft", "kein partnerstatus", "DEUTSCH", ("embassy", "none", "de")),
        ("election_commission", "guest-observer", "fr", ("election_commission", "guest_observer", "fr")),
    ],
)
def test_choices_are_read_by_their_labels_in_any_language(as_coordinator, bulgaria, kind, status, language, found):
    head = "name,kind,country,partner status,status from,status to,contact,contact language\n"
    text = f"{head}Watch,{kind},BG,{status},{'2027-01-01,2030-01-01' if 'guest' in found[1] else ','},Ann,{language}\n"
    assert read(text, as_coordinator)["refused"] == []
    row = Organisation.objects.get()
    assert (row.kind, row.partner_status, row.contacts.get().language) == found


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_an_unknown_choice_is_answered_with_the_labels_that_the_reader_knows(as_coordinator, bulgaria, language):
    with override(language):
        why = [item["why"] for item in read("name,kind,partner status\nA,club,\nB,ngo,friend\nC,,\n", as_coordinator)["refused"]]
        for sentence, choices in ((why[0], OrganisationKind), (why[1], PartnerStatus), (why[2], OrganisationKind)):
            assert all(f"“{label}”" in sentence for label in choices.labels) and not any(
                code in sentence for code in choices.values if "_" in code
            )


def test_a_french_list_with_semicolons_blank_lines_and_a_mark(as_coordinator, bulgaria):
    columns = {item["name"]: item["field"] for item in preview_organisations(io.BytesIO(FRENCH.encode()), name="x.csv")["columns"]}
    assert list(columns.values()) == [
        "name", "other_name", "kind", "country", "languages", "website", "partner_status", "ignore", "status_to", "contact_name",
        "contact_email", "contact_language",
    ]  # fmt: skip
    mapping = {"Valable du": "status_from"}
    tried = read(FRENCH, as_coordinator, mapping=mapping, dry_run=True)
    assert tried == {"created": 2, "updated": 0, "unchanged": 0, "refused": [], "look_alikes": []}
    assert not Organisation.objects.exists()
    assert read(FRENCH, as_coordinator, mapping=mapping) == tried
    ngo = Organisation.objects.get(name="Честен вот")
    assert (ngo.kind, ngo.country, ngo.languages, ngo.website, ngo.other_name) == (
        "ngo",
        bulgaria,
        ["bg", "en"],
        "https://example.org",
        "Fair Vote",
    )
    assert sorted(ngo.contacts.values_list("name", "email", "language", "is_primary")) == [
        ("Boris Back", "boris@example.org", "en", False),
        ("Nadia Note", "nadia@example.org", "fr", True),
    ]
    guest = Organisation.objects.get(kind="national_association")
    assert (guest.partner_status, guest.status_from, guest.status_to) == ("guest_observer", date(2027, 3, 1), date(2032, 2, 29))
    assert read(FRENCH, as_coordinator, mapping=mapping) == {**tried, "created": 0, "unchanged": 2}


def test_rows_are_refused_with_row_column_and_why_and_nothing_is_stored(as_coordinator, bulgaria):
    text = (
        "Name,Kind,Country,Partner status,Until,Web site,E-mail,Contact\n"
        "Good,ngo,BG,,,,,\n"
        ",ngo,BG,,,,,\n"
        "B,club,BG,,,,,\n"
        "C,ngo,Atlantis,,,,,\n"
        "D,,BG,,,,,\n"
        "E,ngo,BG,guest observer,soon,,,\n"
        "F,ngo,BG,guest observer,,,,\n"
        "G,ngo,BG,,,not a site,,\n"
        "H,ngo,BG,,,,nobody,Ann\n"
        "I,ngo,BG,,,,ann@example.org,\n"
        "GOOD,ngo,BG,,,,,\n"
        f"{'x' * 201},ngo,BG,,,,,\n"
    )
    answer = read(text, as_coordinator)
    where = [(item["row"], item["column"]) for item in answer["refused"]]
    assert where == [
        (3, "Name"), (4, "Kind"), (5, "Country"), (6, "Kind"), (7, "Until"), (8, "Until"), (9, "Web site"), (10, "E-mail"), (11, "Contact"),
        (12, "Name"), (13, "Name"),
    ]  # fmt: skip
    assert all(item["why"].endswith(".") for item in answer["refused"][:-2])
    assert "row 2" in answer["refused"][-2]["why"]
    assert (
        answer["created"],
        Organisation.objects.count(),
        AuditEntry.objects.filter(action__startswith="missions.organisation").count(),
    ) == (0, 0, 0)


def test_names_that_are_known_are_not_added_again(make, as_coordinator, two):
    kept, doubled = two
    merging.merge_organisations(kept, doubled, by=as_coordinator)
    make("Old Watch")
    text = "name,kind,country,note\nCHESTEN VÓT,ngo,BG,By its old name\nОлд Уотч,media,BG,\nOld Wátch,ngo,BG,\nStara Watch,ngo,BG,\n"
    answer = read(text, as_coordinator)
    assert (answer["created"], answer["updated"], answer["unchanged"]) == (2, 1, 1)
    assert Organisation.objects.active().filter(name__in=["Честен вот", "Old Watch"]).count() == 2


def test_a_name_that_reads_like_another_is_taken_and_told(make, as_coordinator):
    make("Честен вот")
    answer = read("name,kind,country\nČesten vot,ngo,BG\n", as_coordinator)
    assert (answer["created"], [item["row"] for item in answer["look_alikes"]]) == (1, [2])
    assert "Честен вот" in answer["look_alikes"][0]["why"]


def test_the_second_row_may_not_contradict_the_first(as_coordinator, bulgaria):
    answer = read("name,kind,country,contact\nWatch,ngo,BG,Ann\nWatch,media,BG,Bob\n", as_coordinator)
    assert [(item["row"], item["column"]) for item in answer["refused"]] == [(3, "kind")]


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "x.csv"), (b"\n\n", "x.csv"), (b"a,b\n", "x.csv"), (b"\xd0\xcf\x11\xe0old", "x.xls"), (b"PK\x03\x04nothing", "x.xlsx")],
)
def test_files_that_are_no_list(as_coordinator, bulgaria, data, name):
    with pytest.raises(Invalid):
        read(data, as_coordinator, name=name)


def test_a_list_without_rows_and_whoever_may_not(as_coordinator, bulgaria, publisher):
    assert read("name,kind\n", as_coordinator)["refused"][0]["row"] == 1
    with pytest.raises(NotAllowed):
        read("name,kind\nA,ngo\n", user_actor(publisher))
    with pytest.raises(Invalid):
        read("name,kind\nA,ngo\n", as_coordinator, mapping={"kind": "name", "name": "name"})
