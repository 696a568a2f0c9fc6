"""The secretariat of the demonstration: one account per role, with a password that everybody may know.

Such accounts are made only where `SCRUTIN_DEMO=1`: their password is printed at every start.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from accounts.enums import Gender, GlobalRole
from accounts.models import Person, User
from accounts.services.people import create_person, ensure_user, grant_role
from config.demo.congress import phone_of
from core.actors import SYSTEM, Actor, user_actor

PASSWORD = "green linden, blue river"
DOMAIN = "example.org"
STAFF = {
    GlobalRole.COORDINATOR: ("Hazel", "Amberfield", "en"),
    GlobalRole.PUBLISHER: ("Sapin", "Clairvallon", "fr"),
    GlobalRole.AUDITOR: ("Kiefer", "Silbersee", "de"),
    GlobalRole.ADMINISTRATOR: ("Willow", "Stonebridge", "en"),
}
EXPERT = ("Juniper", "Whitecliff", "expert")
DRIVERS = (
    ("Yasen", "Belogor", Gender.MAN), ("Bor", "Sinevir", Gender.MAN), ("Breza", "Polyanska", Gender.WOMAN),
    ("Klen", "Zlatopol", Gender.MAN), ("Lipa", "Cherveni", Gender.WOMAN), ("Dren", "Gorovod", Gender.MAN),
)  # fmt: skip
PHONES_FROM = 9900
ON_MISSION = {"head": "Head of delegation of the mission on its polling day", "observer": "Observer in a team of that mission"}


@dataclass(frozen=True)
class SignIn:
    """A line of what `make run` prints."""

    role: str
    email: str
    password: str
    note: str = ""


def address_of(name: str) -> str:
    """The address of a role: `coordinator@example.org`."""
    return f"{name}@{DOMAIN}"


def make_staff() -> dict[str, Actor]:
    """The accounts of the secretariat, made where they are missing; their actors by role. Refuses outside a demonstration."""
    if not settings.SCRUTIN_DEMO:
        raise RuntimeError("Accounts with a known password are made only where SCRUTIN_DEMO=1.")
    return {
        role.value: user_actor(_account(given, family, role.value, language, role)) for role, (given, family, language) in STAFF.items()
    }


def make_expert() -> Person:
    """The expert of the mission: somebody who is no member of the Congress."""
    given, family, name = EXPERT
    return person_at(address_of(name)) or create_person(
        by=SYSTEM,
        given_name=given,
        family_name=family,
        email=address_of(name),
        language="en",
        gender=Gender.WOMAN,
        languages=["en", "fr"],
        phone=phone_of(PHONES_FROM + 10),
    )


def make_drivers() -> list[Person]:
    """The drivers that a mission hires, one for each team of the demonstration."""
    return [
        person_at(address_of(f"driver-{number}"))
        or create_person(
            by=SYSTEM,
            given_name=given,
            family_name=family,
            email=address_of(f"driver-{number}"),
            language="en",
            gender=gender,
            languages=["bg", "en"],
            phone=phone_of(PHONES_FROM + 20 + number),
        )
        for number, (given, family, gender) in enumerate(DRIVERS, start=1)
    ]


def open_desk(person: Person) -> User:
    """Give somebody of the delegation the demonstration's password, so that the desk can be seen with their rights."""
    if not settings.SCRUTIN_DEMO:
        raise RuntimeError("Accounts with a known password are made only where SCRUTIN_DEMO=1.")
    user = ensure_user(person, by=SYSTEM)
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
        user.save_changes("password")
    return user


def person_at(email: str) -> Person | None:
    """Who has this address."""
    return Person.objects.filter(email=email).first()


def sign_ins() -> list[SignIn]:
    """Every sign-in that works here: nothing outside a demonstration."""
    if not settings.SCRUTIN_DEMO:
        return []
    wanted = [*(role.value for role in STAFF), *ON_MISSION]
    known = set(User.objects.filter(email__in=[address_of(name) for name in wanted], is_active=True).values_list("email", flat=True))
    return [SignIn(name, address_of(name), PASSWORD, ON_MISSION.get(name, "")) for name in wanted if address_of(name) in known]


def _account(given: str, family: str, name: str, language: str, role: str) -> User:
    person = person_at(address_of(name)) or create_person(
        by=SYSTEM,
        given_name=given,
        family_name=family,
        email=address_of(name),
        language=language,
        languages=["en", "fr"],
        phone=phone_of(PHONES_FROM + list(STAFF).index(GlobalRole(role))),
    )
    user = open_desk(person)
    grant_role(user, role, by=SYSTEM)
    return User.objects.select_related("person").get(pk=user.pk)
