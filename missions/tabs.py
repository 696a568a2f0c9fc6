"""Tabs of a mission's pages; higher apps register theirs in `AppConfig.ready()`.

    register_tab("delegation", _("Delegation"), "observers:delegation", order=30, permission="observers.view_delegation")

The page extends `missions/mission_base.html`, fills its block `mission_content` and gives `active_tab` the tab's code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from core.actors import user_actor
from core.rights import allowed
from missions.models import Mission


@dataclass(frozen=True)
class Tab:
    """One tab: its URL takes the mission's `reference`; `permission` is asked on the mission."""

    code: str
    label: Any
    url_name: str
    order: int
    permission: str
    states: frozenset[str] | None = None


_tabs: dict[str, Tab] = {}


def register_tab(
    code: str, label: Any, url_name: str, order: int, permission: str = "missions.view_mission", *, states: Any = None
) -> None:
    """Add a tab; `states`: show it only while the mission is in one of them. Safe to repeat."""
    _tabs[code] = Tab(code, label, url_name, order, permission, frozenset(states) if states else None)


def tab_url(code: str, mission: Mission) -> str:
    """The page behind a tab, so that a lower app can point to it; the mission's own page where nobody registered it."""
    tab = _tabs.get(code)
    return reverse(tab.url_name, args=[mission.reference]) if tab else mission.get_absolute_url()


def tabs_for(mission: Mission, user: Any) -> list[dict[str, Any]]:
    """The tabs this reader sees: code, label, url."""
    by = user_actor(user)
    shown = []
    for tab in sorted(_tabs.values(), key=lambda item: item.order):
        if (tab.states and mission.state not in tab.states) or not allowed(by, tab.permission, mission):
            continue
        try:
            url = reverse(tab.url_name, args=[mission.reference])
        except NoReverseMatch:
            url = reverse(tab.url_name, kwargs={"reference": mission.reference})
        shown.append({"code": tab.code, "label": tab.label, "url": url})
    return shown
