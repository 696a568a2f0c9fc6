"""The desk's main menu: each app registers its entries in `AppConfig.ready()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.actors import user_actor
from core.rights import allowed


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, and which permission shows it (empty: everybody who is signed in)."""

    order: int
    label: Any
    url_name: str
    icon: str
    permission: str = ""
    prefix: str = ""


HOUSE_KEEPING = 80  # entries from this order on keep the house itself: they share one drop-down, so that the menu stays one line

_entries: dict[str, Entry] = {}


def register_entry(order: int, label: Any, url_name: str, *, icon: str, permission: str = "", prefix: str = "") -> None:
    """Add an entry to the main menu. `prefix`: paths under which it is shown as current. Safe to repeat."""
    _entries[url_name] = Entry(order, label, url_name, icon, permission, prefix)


def entries_for(user: Any, path: str) -> list[dict[str, Any]]:
    """The entries this account sees, in order, the current one marked."""
    actor = user_actor(user)
    shown = [entry for entry in _entries.values() if not entry.permission or allowed(actor, entry.permission)]
    answers = []
    for entry in sorted(shown, key=lambda item: item.order):
        url = reverse(entry.url_name)
        current = path == url or bool(entry.prefix and path.startswith(entry.prefix))
        answers.append({"label": entry.label, "url": url, "icon": entry.icon, "current": current, "is_house": entry.order >= HOUSE_KEEPING})
    return answers
