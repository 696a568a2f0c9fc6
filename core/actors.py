"""Who acts. Every service takes `by: Actor`; `None` is never an actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts.

    kind: `user`, `device`, `link` or `system`. label: what the log prints (`user:<uuid>`, `device:<uuid>`,
    `link:<uuid>`, `system`): no name of a person. user: the account behind a user or a device. grants: for a link,
    the permissions it carries; subject: the one object a link is about.
    """

    kind: str
    label: str
    user: Any = None
    grants: frozenset[str] = field(default_factory=frozenset)
    subject: Any = None

    def __str__(self) -> str:
        return self.label

    @property
    def person(self) -> Any:
        """The person behind the account, or None."""
        return getattr(self.user, "person", None)


SYSTEM = Actor(kind="system", label="system")


def user_actor(user: Any) -> Actor:
    """The actor of a signed-in account."""
    return Actor(kind="user", label=f"user:{user.uuid}", user=user)


def link_actor(link: Any, *, grants: frozenset[str], subject: Any) -> Actor:
    """The actor of an opened secure link: it may do what `grants` names, on `subject` only."""
    return Actor(kind="link", label=f"link:{link.uuid}", grants=grants, subject=subject)


def device_actor(device: Any, *, user: Any) -> Actor:
    """The actor of an enrolled phone: its person's rights, cut to what was registered by `rights.device_may`."""
    return Actor(kind="device", label=f"device:{device.uuid}", user=user)
