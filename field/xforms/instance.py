"""The one parser of submitted instances. Sync, OpenRosa and imports all come through here.

Markup from outside: a document type, an entity or too much depth is refused. Where the text holds no `<!DOCTYPE`, no
entity can be declared and the C parser of the standard library reads it in one go; anything else goes to defusedxml,
whose pure Python parser costs ten times as much and refuses what it should.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID
from xml.etree import ElementTree

import defusedxml
from defusedxml.ElementTree import fromstring as careful

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 20_000


class Unreadable(ValueError):
    """The instance cannot be read or placed; `code` is one of docs/sync.md 4."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(slots=True)
class Instance:
    """A read instance: values by absolute path, rows of repeats by the repeat's path."""

    raw: str
    root: str
    form_id: str
    version: str
    uuid: UUID
    replaces: UUID | None
    values: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)


def parse_instance(raw: str | bytes, *, repeats: frozenset[str] = frozenset()) -> Instance:
    """Read an instance. Raises Unreadable with a code and a plain reason."""
    if len(raw) > MAX_BYTES:
        raise Unreadable("too_large", f"The form is larger than {MAX_BYTES} bytes.")
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw.lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable("xml", "The form is not text in UTF-8.") from error
    if "\x00" in text:
        raise Unreadable("xml", "The form holds a null character.")
    tree = _tree(text)
    root = _local(tree.tag)
    instance = Instance(text, root, tree.get("id") or "", tree.get("version") or "", UUID(int=0), None)
    _walk(tree, f"/{root}", instance.values, instance.rows, repeats)
    instance.uuid = _identity(instance)
    return instance


def _tree(text: str) -> ElementTree.Element:
    try:
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            return careful(text, forbid_dtd=True)
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, defusedxml.DefusedXmlException, LookupError) as error:
        raise Unreadable("xml", "The form is not well-formed XML, or declares a document type.") from error


def _local(tag: str) -> str:
    return tag[tag.rfind("}") + 1 :]


def _walk(tree: ElementTree.Element, path: str, values: dict[str, str], rows: dict, repeats: frozenset[str]) -> None:
    stack = [(tree, path, values, 1)]
    seen = 0
    while stack:
        node, above, target, depth = stack.pop()
        below = []
        for child in node:
            seen += 1
            if depth > MAX_DEPTH or seen > MAX_NODES:
                raise Unreadable("xml", "The form is nested too deep or has too many answers.")
            tag = child.tag
            here = f"{above}/{tag[tag.rfind('}') + 1 :] if tag[0] == '{' else tag}"
            into = target
            if here in repeats:
                into = {}
                rows.setdefault(here, []).append(into)
            if len(child):
                below.append((child, here, into, depth + 1))
            elif child.text:
                into[here] = child.text
        stack.extend(reversed(below))


def _identity(instance: Instance) -> UUID:
    if not instance.form_id:
        raise Unreadable("form", "The form does not say which form it is (attribute id).")
    meta = f"/{instance.root}/meta/"
    given = instance.values.get(meta + "instanceID", "").strip()
    if not given:
        raise Unreadable("instance_id", "The form has no instanceID.")
    replaced = instance.values.get(meta + "deprecatedID", "").strip()
    uuid = _uuid(given)
    instance.replaces = _uuid(replaced) if replaced else None
    if instance.replaces == uuid:  # some clients name the record itself: it corrects nothing
        instance.replaces = None
    return uuid


def _uuid(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("uuid:"))
    except ValueError as error:
        raise Unreadable("uuid", "The instanceID is not a UUID.") from error
