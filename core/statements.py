"""Ready statements, for what is asked each time a form comes in: what the database and the driver need not do anew.

On PostgreSQL a form's cost is mostly the number of times that two processes wait for each other, and planning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")


@contextmanager
def prepared() -> Iterator[Any]:
    """A cursor whose statements PostgreSQL parses and plans once for each connection; elsewhere an ordinary one.

    Its values travel beside the statement, so the same words must be used each time: no list of changing length.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    here: Any = connection
    here.close_if_health_check_failed()
    here.ensure_connection()
    bare = ServerBindingCursor(here.connection)  # type: ignore[call-arg]
    with here.make_debug_cursor(bare) if here.queries_logged else here.make_cursor(bare) as cursor:
        yield cursor


def first_question(ask: Callable[[], T]) -> T:
    """The first question of a request, which only reads: asked at once, and again on a new connection if the kept one is gone.

    Django asks before each request whether the connection still lives; that is one question in five at the door of forms.
    """
    here: Any = connection
    if here.in_atomic_block:
        return ask()
    here.health_check_done = True
    try:
        return ask()
    except (OperationalError, InterfaceError):
        here.close()
        return ask()
