"""Refusals. A service raises one of these; pages show the sentence, the API answers with `status` and `code`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way of an act: a stable code, a sentence, and the page where it is mended."""

    code: str
    sentence: str
    url: str = ""


class DomainError(Exception):
    """A refusal with a stable `code` and a translatable `sentence`.

    `missing` lists everything that stands in the way, so that all is told at once; `attr` names the field at fault.
    """

    code = "refused"
    status = 409

    def __init__(self, sentence: str, *, code: str | None = None, attr: str | None = None, missing: Iterable[Missing] = ()) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code or self.code
        self.attr = attr
        self.missing = list(missing)


class NotNow(DomainError):
    """The object is in a state in which this cannot be done, or something is missing for it."""

    code = "not_now"


class Stale(DomainError):
    """Somebody else changed the object meanwhile."""

    code = "stale"


class Invalid(DomainError):
    """The input is wrong; `attr` names the field, the sentence says what would be right."""

    code = "invalid"
    status = 400


class NotAllowed(DomainError):
    """The actor may see the object but not do this."""

    code = "not_allowed"
    status = 403
