"""Large libraries are loaded where they are first used: most processes never do, and each costs time and memory at the start."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """A module that is loaded when something of it is first asked for: `np = Late("numpy")`.

    For types, import it under `TYPE_CHECKING` beside it. `tests/infra/test_start.py` says which ones a start must not load.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["_late_name"] = name

    def __getattr__(self, name: str) -> Any:
        """Load the module, keep what is in it, and give what was asked for."""
        module = import_module(self.__dict__["_late_name"])
        self.__dict__.update({key: value for key, value in vars(module).items() if not key.startswith("__")})
        return getattr(module, name)
