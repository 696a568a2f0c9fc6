"""Finding people by their names, in any script, and languages with their levels."""

import pytest

from accounts.models import Person
from accounts.services.people import change_person, create_person, refresh_search
from accounts.validators import NotALanguage, parse_spoken, write_spoken
from config.demo.congress import member_states
from core.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "family", "words"),
    [
        ("Élodie", "Éclair", "elodie ECLAIR"),
        ("Bülent", "Işık", "bulent ISIK"),
        ("İpek", "Çelik", "ipek celik"),
        ("ilhan", "Irmak", "İLHAN ırmak"),
        ("Жанна", "Цветкова", "Zhanna Tsvetkova"),
        ("Жанна", "Цветкова", "Žana Cvetkova"),
        ("Yuriy", "Shevchuk", "Юрій Шевчук"),
        ("გიორგი", "წერეთელი", "Giorgi Tsereteli"),
        ("Nino", "Kharadze", "ნინო ხარაძე"),
        ("Արամ", "Խաչատրյան", "Aram Khachatryan"),
        ("Ani", "Grigoryan", "Անի Գրիգորյան"),
        ("Γιώργος", "Παπαδόπουλος", "giorgos papadopoulos"),
        ("Eleni", "Theodorou", "Ελένη Θεοδώρου"),
        ("Jörg", "Weiß", "jorg WEISS"),
        ("Jürgen", "Müller", "juergen mueller"),
        ("Juergen", "Mueller", "jürgen müller"),
        ("Олег", "Щербаков", "Oleg Ščerbakov"),
        ("Oleg", "Shcherbakov", "Олег Щербаков"),
        ("Francesco", "Boscolo", "francesco bosc"),
        ("Łucja", "Żółć", "lucja zolc"),
    ],
)
def test_a_name_is_found_in_any_script_case_and_without_accents(make_person, given, family, words):
    person = make_person(given, family, email="")
    make_person("Nobody", "Else")
    assert list(Person.objects.named(words)) == [person]
    assert list(Person.objects.named(f"{words} nobody")) == []


def test_a_name_in_another_script_is_found_and_follows_a_change():
    person = create_person(by=SYSTEM, given_name="Ana", family_name="Berg", other_name="Ана Бергова")
    assert list(Person.objects.named("bergova")) == [person] == list(Person.objects.named("Бергова"))
    change_person(person, by=SYSTEM, other_name="Ана Планинска")
    assert not Person.objects.named("bergova").exists() and Person.objects.named("planinska").exists()


def test_search_words_of_before_are_refreshed_once(make_person):
    person = make_person("Жанна", "Цветкова")
    Person.objects.filter(pk=person.pk).update(search="old")
    assert refresh_search()["updated"] == 1
    assert refresh_search() == {"created": 0, "updated": 0, "unchanged": 1}
    assert Person.objects.named("tsvetkova").exists()


@pytest.mark.parametrize(
    ("text", "codes", "levels"),
    [
        ("en C1, fr (B2); bg native", ["en", "fr", "bg"], {"en": "C1", "fr": "B2", "bg": "native"}),
        ("en", ["en"], {}),
        ("English C2 / français: b1", ["en", "fr"], {"en": "C2", "fr": "B1"}),
        ("Deutsch Muttersprache, fr", ["de", "fr"], {"de": "native"}),
        ("norwegian bokmål A2", ["nb"], {"nb": "A2"}),
        ("cnr native, Montenegrin", ["cnr"], {"cnr": "native"}),
        ("", [], {}),
    ],
)
def test_languages_with_levels_are_understood(text, codes, levels):
    assert parse_spoken(text) == (codes, levels)
    assert parse_spoken(write_spoken(codes, levels)) == (codes, levels)


@pytest.mark.parametrize(("text", "word"), [("en, klingonish", "klingonish"), ("en D7", "D7"), ("xq", "xq")])
def test_what_is_no_language_or_level_is_named(text, word):
    with pytest.raises(NotALanguage, match=word):
        parse_spoken(text)


def test_every_official_language_of_a_member_state_is_one():
    spoken = {code for state in member_states() for code in state.languages}
    assert set(parse_spoken(", ".join(sorted(spoken)))[0]) == spoken
