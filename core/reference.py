"""Reference data: each app registers loaders that are safe to run again; `manage.py load_reference` runs them in order."""

from __future__ import annotations

from collections.abc import Callable

Loader = Callable[[], dict]
loaders: dict[str, tuple[int, Loader]] = {}


def register(order: int, name: str, loader: Loader) -> None:
    """Add a loader; lower orders run first. It returns `{"created", "updated", "unchanged"}`. Safe to repeat."""
    loaders[name] = (order, loader)


def load_all() -> dict[str, dict]:
    """Run every loader; the answer of each, by name."""
    return {name: loader() for name, (_order, loader) in sorted(loaders.items(), key=lambda item: item[1][0])}
