"""A second mission for a second round or a repeat vote, joined to what higher apps hold of the first (observation-rules A9).

    # reports/apps.py, in ready()
    register(join_reports)           # (first, second, *, by) -> None
    register_parting(part_reports)   # the same, taken back

`missions.services.polling.open_second_mission` and `missions.services.families` ask them in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable

from core.actors import Actor
from missions.models import Mission

Joiner = Callable[..., None]
_joiners: dict[str, Joiner] = {}
_parters: dict[str, Joiner] = {}


def register(joiner: Joiner) -> None:
    """Add what an app joins. Safe to repeat."""
    _joiners[f"{joiner.__module__}.{joiner.__qualname__}"] = joiner


def join(first: Mission, second: Mission, *, by: Actor) -> None:
    """Ask every app."""
    for joiner in _joiners.values():
        joiner(first, second, by=by)


def register_parting(parter: Joiner) -> None:
    """Add how an app takes back what it joined. Safe to repeat."""
    _parters[f"{parter.__module__}.{parter.__qualname__}"] = parter


def part(first: Mission, second: Mission, *, by: Actor) -> None:
    """Let every app take back what it joined."""
    for parter in _parters.values():
        parter(first, second, by=by)


def family_of(mission: Mission) -> list[Mission]:
    """The missions that end in one report, the first one first: those neither declined nor cancelled."""
    first = mission
    while first.continues is not None:
        first = first.continues
    found, at = [first], 0
    while at < len(found):
        found += list(found[at].continuations.order_by("pk"))
        at += 1
    return [row for row in found if row.pk == mission.pk or row.state not in {"declined", "cancelled"}]
