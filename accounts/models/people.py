"""People, their accounts and their global roles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.enums import Gender, GlobalRole, level_label
from core import clock
from core.enums import Language
from core.models.base import Record
from core.romanisation import folded, loosened, romanised


def name_words(*names: str) -> str:
    """What somebody is found by: the names folded, in Latin letters, and as all standards of transliteration agree."""
    plain = folded(" ".join(name for name in names if name))
    return " ".join(dict.fromkeys([plain, romanised(plain), loosened(plain)]))


class PersonQuerySet(models.QuerySet["Person"]):
    """Questions about people."""

    def standing(self) -> PersonQuerySet:
        """Without those who were merged into somebody else."""
        return self.filter(merged_into=None)

    def named(self, words: str) -> PersonQuerySet:
        """Those whose names contain every one of the words, in any case and script, without accents.

        Somebody is found by the names of those who were merged into them as well.
        """
        wanted = models.Q()
        for word in folded(words).split():
            wanted &= models.Q(search__contains=word) | models.Q(search__contains=loosened(word))
        if not wanted:
            return self
        merged = self.model._default_manager.filter(wanted, merged_into__isnull=False)
        return self.filter(wanted | models.Q(pk__in=merged.values("merged_into")))


class Person(Record):
    """Somebody the Congress works with: names, address, language, zone. An account is a separate matter.

    `languages` are codes in the order given; `language_levels` says how well, by code, where it was said. Somebody who was
    merged into another person stays as a name that leads there.
    """

    given_name = models.CharField(max_length=120)
    family_name = models.CharField(max_length=120)
    other_name = models.CharField(max_length=200, blank=True, help_text="The name in another script or spelling, to find it by.")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, choices=Language, default=Language.EN)
    zone = models.CharField(max_length=60, default=clock.STRASBOURG)
    gender = models.CharField(max_length=12, choices=Gender, default=Gender.NOT_STATED)
    languages = models.JSONField(default=list, blank=True)
    language_levels = models.JSONField(default=dict, blank=True, help_text="Level by code of a language: A1 to C2, or native.")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_people")
    search = models.TextField(editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.UniqueConstraint(models.functions.Lower("email"), condition=~models.Q(email=""), name="one_person_per_address")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search words in step with the names."""
        self.search = name_words(self.given_name, self.family_name, self.other_name)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """Codes of the languages with the level where it was said, in the order given."""
        return [(code, str(self.language_levels.get(code, ""))) for code in self.languages]

    @property
    def spoken_words(self) -> str:
        """The languages as lists print them: `en (C1), fr`."""
        return ", ".join(f"{code} ({level_label(level)})" if level else code for code, level in self.spoken)

    def get_absolute_url(self) -> str:
        """The person's page on the desk."""
        return reverse("observers:person", args=[self.uuid])


class PersonMerge(Record):
    """Two rows that were one person: what was moved to `kept`, so that it can be taken back."""

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=80)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-merged_at", "-id"]

    def __str__(self) -> str:
        return f"{self.merged_id} > {self.kept_id}"


class UserManager(BaseUserManager["User"]):
    """Makes accounts; passwords are optional."""

    def create_user(self, email: str, password: str | None = None, **values: Any) -> User:
        """An account with this address; without a password it cannot sign in at a desk."""
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Addresses are compared in lower case."""
        return self.get(email=(username or "").lower())


class User(Record, AbstractBaseUser):
    """An account. Every confirmed person has one, with or without a password (DESIGN 3, "Devices")."""

    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="user")
    language = models.CharField(max_length=5, choices=Language, blank=True)
    is_active = models.BooleanField(default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of the global roles held, read once per request."""
        return frozenset(self.grants.values_list("role", flat=True))

    @property
    def name(self) -> str:
        """The person's name, or the address."""
        return self.person.name if self.person else self.email

    def has_role(self, *roles: str) -> bool:
        """Does the account hold any of these global roles?"""
        return bool(self.roles & set(roles))

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Ask the rules (STYLE, "Permissions")."""
        from core.actors import user_actor
        from core.rights import allowed

        return self.is_active and allowed(user_actor(self), permission, obj)

    def get_absolute_url(self) -> str:
        """One's own account page."""
        return reverse("accounts:profile")


class RoleGrant(Record):
    """A global role given to an account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=GlobalRole)
    given_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_grant_per_role")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
