"""Actors of the log and of histories in words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import SecureLink, User


def names_of(labels: Iterable[str]) -> dict[str, str]:
    """The names behind what `str(actor)` wrote (`user:<uuid>`, `link:<uuid>`, `device:<uuid>`, `system`), in two queries.

    An account that is gone, or a label that names nobody, is told as such; nothing is refused.
    """
    wanted = {label: label.partition(":") for label in labels}
    users = {str(row.uuid): row.name for row in User.objects.filter(uuid__in=_uuids(wanted, "user")).select_related("person")}
    link_uuids = _uuids(wanted, "link")
    links = dict(SecureLink.objects.filter(uuid__in=link_uuids).values_list("uuid", "name")) if link_uuids else {}
    by_link = {str(uuid): name for uuid, name in links.items()}
    found = {}
    for label, (kind, _colon, uuid) in wanted.items():
        if kind == "system":
            found[label] = _("Scrutin, by itself")
        elif kind == "user":
            found[label] = users.get(uuid) or _("an account that is gone")
        elif kind == "link":
            found[label] = _("%(name)s, by secure link") % {"name": by_link[uuid]} if by_link.get(uuid) else _("a secure link")
        else:
            found[label] = _("a phone") if kind == "device" else label
    return found


def _uuids(wanted: dict[str, tuple[str, str, str]], kind: str) -> list[str]:
    return [uuid for found, _colon, uuid in wanted.values() if found == kind and _is_uuid(uuid)]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
