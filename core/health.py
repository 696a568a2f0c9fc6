"""Is every part of the house alive? Answers `/readyz` and the desk's warning line."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from core import clock
from core.late import Late
from core.models import Heartbeat

if TYPE_CHECKING:
    import redis
else:
    redis = Late("redis")

QUIET_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class PartHealth:
    """One part: its name, whether it answers, and what it said where it does not."""

    part: str
    ok: bool
    why: str = ""


def seen(part: str) -> None:
    """Note that `part` is alive now."""
    Heartbeat.objects.update_or_create(part=part, defaults={"seen_at": clock.real_now()})


def check_all() -> list[PartHealth]:
    """Ask database, cache, broker, storage, worker and scheduler."""
    probes: dict[str, Callable[[], str]] = {
        "database": _database,
        "cache": _cache,
        "broker": _broker,
        "storage": _storage,
        "worker": lambda: _heard("worker"),
        "scheduler": lambda: _heard("scheduler"),
    }
    return [_ask(part, probe) for part, probe in probes.items()]


def silent_parts() -> list[str]:
    """Of worker and scheduler, those not heard of for two minutes: the desk shows them."""
    since = clock.real_now() - QUIET_FOR
    heard = set(Heartbeat.objects.filter(seen_at__gte=since).values_list("part", flat=True))
    return [part for part in ("worker", "scheduler") if part not in heard]


def _ask(part: str, probe: Callable[[], str]) -> PartHealth:
    try:
        why = probe()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"[:200]
    return PartHealth(part, not why, why)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return "" if cursor.fetchone() == (1,) else "no answer"


def _cache() -> str:
    key = f"health:{uuid.uuid4()}"
    cache.set(key, "1", 5)
    return "" if cache.get(key) == "1" else "what was written is not there"


def _broker() -> str:
    from django.conf import settings

    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2) as broker:
            return "" if broker.ping() else "no answer"
    except redis.RedisError as error:
        return type(error).__name__


def _storage() -> str:
    name = default_storage.save(f"health/{uuid.uuid4()}", ContentFile(b"ok"))
    default_storage.delete(name)
    return ""


def _heard(part: str) -> str:
    beat = Heartbeat.objects.filter(part=part).first()
    if beat is None:
        return "never seen"
    silence = clock.real_now() - beat.seen_at
    return "" if silence <= QUIET_FOR else f"silent for {int(silence.total_seconds())} s"
