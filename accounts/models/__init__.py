"""Accounts, people, roles, secure links."""

from accounts.models.links import SecureLink
from accounts.models.people import Person, PersonQuerySet, RoleGrant, User, folded

__all__ = ["Person", "PersonQuerySet", "RoleGrant", "SecureLink", "User", "folded"]
