"""Accounts, people, roles, secure links."""

from accounts.models.links import SecureLink
from accounts.models.people import Person, PersonMerge, PersonQuerySet, RoleGrant, User, folded, name_words

__all__ = ["Person", "PersonMerge", "PersonQuerySet", "RoleGrant", "SecureLink", "User", "folded", "name_words"]
