"""Reads an XForm: its model, binds, questions, choices and languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

LANGUAGE = re.compile(r"\(([A-Za-z]{2,3})(?:[-_]\w+)?\)\s*$")
ITEXT = re.compile(r"jr:itext\(\s*['\"](.+?)['\"]\s*\)")
INSTANCE = re.compile(r"instance\(\s*['\"](.+?)['\"]\s*\)")
CONTROLS = {"input", "select1", "select", "upload", "trigger", "range", "rank"}
KINDS = {
    "int": "int",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
    "geopoint": "geopoint",
    "binary": "file",
}


class BadForm(ValueError):
    """The XForm cannot be used; says why."""


@dataclass(slots=True)
class Bind:
    """What the model says about one node."""

    path: str
    type: str = "string"
    calculate: str = ""
    relevant: str = ""
    required: str = ""
    constraint: str = ""
    preload: str = ""


@dataclass(slots=True)
class FormDefinition:
    """An XForm as data."""

    form_id: str
    version: str
    title: str
    root: str
    binds: dict[str, Bind]
    nodes: list[str]
    questions: list[dict[str, Any]]
    repeats: frozenset[str]
    languages: list[str]
    files: list[str] = field(default_factory=list)
    empty_groups: list[str] = field(default_factory=list)


def local(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2]


def child(node: Element, name: str) -> Element | None:
    """The first child of that name in any namespace."""
    return next((item for item in node if local(item.tag) == name), None)


def wording(node: Element) -> str:
    """A text in which `${code}` stands where the phone puts in an answer."""
    parts = [node.text or ""]
    for item in node:
        value = (item.get("value") or "").strip()
        parts += [f"${{{value.rpartition('/')[2]}}}" if value else "".join(item.itertext()), item.tail or ""]
    return "".join(parts).strip()


def language_code(name: str) -> str:
    """`French (fr)` -> `fr`; a name without a code stays as it is."""
    match = LANGUAGE.search(name)
    return match[1].lower() if match else name


def read_xform(text: str | bytes) -> FormDefinition:
    """Read an XForm. Raises BadForm with a sentence."""
    try:
        tree = fromstring(text if isinstance(text, bytes) else text.encode(), forbid_dtd=True)
    except Exception as error:
        raise BadForm("The file is not well-formed XML, or declares a document type.") from error
    head, body = child(tree, "head"), child(tree, "body")
    model = child(head, "model") if head is not None else None
    if head is None or model is None or body is None:
        raise BadForm("The file is not an XForm: it has no model or no body.")
    return _Reader(head, model, body).read()


class _Reader:
    def __init__(self, head: Element, model: Element, body: Element) -> None:
        self.head, self.model, self.body = head, model, body
        self.texts: dict[str, dict[str, str]] = {}
        self.languages: list[str] = []
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.files: list[str] = []
        self.binds: dict[str, Bind] = {}
        self.nodes: list[str] = []
        self.repeats: set[str] = set()
        self.questions: list[dict[str, Any]] = []
        self.bare_groups: list[str] = []

    def read(self) -> FormDefinition:
        self._itext()
        root = self._instances()
        for node in self.model:
            if local(node.tag) == "bind":
                self._bind(node)
        self._controls(self.body, {})
        asked = {question["path"] for question in self.questions}
        for path in self.nodes:
            bind = self.binds.get(path)
            if bind and bind.calculate and path not in asked and not path.startswith(f"/{local(root.tag)}/meta"):
                self.questions.append(self._question(path, "calculate", {}))
        order = {path: index for index, path in enumerate(self.nodes)}
        self.questions.sort(key=lambda question: order.get(question["path"], 1_000_000))
        title = child(self.head, "title")
        return FormDefinition(
            form_id=root.get("id") or "",
            version=root.get("version") or "",
            title=(title.text or "") if title is not None else "",
            root=local(root.tag),
            binds=self.binds,
            nodes=self.nodes,
            questions=self.questions,
            repeats=frozenset(self.repeats),
            languages=self.languages,
            files=self.files,
            empty_groups=[path for path in self.bare_groups if not any(node.startswith(f"{path}/") for node in self.nodes)],
        )

    def _itext(self) -> None:
        itext = child(self.model, "itext")
        for translation in itext if itext is not None else ():
            code = language_code(translation.get("lang") or "")
            self.languages.append(code)
            for text in translation:
                plain = [value for value in text if local(value.tag) == "value" and not value.get("form")]
                if plain:
                    self.texts.setdefault(text.get("id") or "", {})[code] = wording(plain[0])

    def _instances(self) -> Element:
        primary: Element | None = None
        for instance in self.model:
            if local(instance.tag) != "instance":
                continue
            source, name = instance.get("src"), instance.get("id") or ""
            if source:
                self.files.append(source.rpartition("/")[2])
            elif primary is None and not name:
                primary = next(iter(instance), None)
            elif len(instance):
                self.lists[name] = [self._choice(item) for item in instance[0]]
        if primary is None:
            raise BadForm("The XForm has no primary instance.")
        if not primary.get("id"):
            raise BadForm("The form has no form_id: the root of its instance needs the attribute id.")
        self._paths(primary, f"/{local(primary.tag)}")
        return primary

    def _paths(self, node: Element, path: str) -> None:
        for item in node:
            here = f"{path}/{local(item.tag)}"
            if here not in self.nodes:
                self.nodes.append(here)
            self._paths(item, here)

    def _choice(self, item: Element) -> dict[str, Any]:
        values = {local(cell.tag): (cell.text or "") for cell in item}
        label = self.texts.get(values.get("itextId", ""), {}) or {"": values.get("label", "")}
        return {"name": values.get("name", ""), "label": label}

    def _bind(self, node: Element) -> None:
        path = node.get("nodeset") or ""
        get = {local(key): value for key, value in node.attrib.items()}.get
        self.binds[path] = Bind(
            path,
            type=(get("type") or "string").rpartition(":")[2],
            calculate=get("calculate") or "",
            relevant=get("relevant") or "",
            required=get("required") or "",
            constraint=get("constraint") or "",
            preload=get("preload") or "",
        )

    def _controls(self, node: Element, section: dict[str, str]) -> None:
        for item in node:
            name = local(item.tag)
            if name == "group":
                if all(local(inner.tag) in {"label", "hint"} for inner in item):
                    self.bare_groups.append(item.get("ref") or "")
                self._controls(item, self._label(item) or section)
            elif name == "repeat":
                self.repeats.add(item.get("nodeset") or "")
                self._controls(item, section)
            elif name in CONTROLS and item.get("ref"):
                self.questions.append(self._control(name, item, section))

    def _control(self, name: str, item: Element, section: dict[str, str]) -> dict[str, Any]:
        path = item.get("ref") or ""
        bind = self.binds.get(path) or Bind(path)
        if name == "select1":
            kind = "single"
        elif name in {"select", "rank"}:
            kind = "multi"
        elif name == "upload":
            kind = "file"
        elif name == "trigger":
            kind = "trigger"
        else:
            kind = KINDS.get(bind.type, "text")
        question = self._question(path, kind, section)
        question["label"], question["hint"] = self._label(item), self._label(item, "hint")
        options, source = self._options(item)
        if options:
            question["options"] = options
        if source:
            question["source"] = source
        note = kind == "text" and "readonly" in {local(key) for key in self._raw_bind(path)} and not bind.calculate
        if note:
            question["kind"] = "note"
        return question

    def _raw_bind(self, path: str) -> dict[str, str]:
        return next((bind.attrib for bind in self.model if local(bind.tag) == "bind" and bind.get("nodeset") == path), {})

    def _question(self, path: str, kind: str, section: dict[str, str]) -> dict[str, Any]:
        bind = self.binds.get(path) or Bind(path)
        question: dict[str, Any] = {"code": path.rpartition("/")[2], "path": path, "kind": kind, "section": section}
        repeat = next((repeat for repeat in self.repeats if path.startswith(repeat + "/")), "")
        if repeat:
            question["repeat"] = repeat
        for key in ("relevant", "required", "constraint", "calculate"):
            if getattr(bind, key):
                question[key] = getattr(bind, key)
        return question

    def _label(self, item: Element, name: str = "label") -> dict[str, str]:
        node = child(item, name)
        if node is None:
            return {}
        match = ITEXT.search(node.get("ref") or "")
        return self.texts.get(match[1], {}) if match else {"": wording(node)}

    def _options(self, item: Element) -> tuple[list[dict[str, Any]], str]:
        itemset = child(item, "itemset")
        if itemset is not None:
            match = INSTANCE.search(itemset.get("nodeset") or "")
            name = match[1] if match else ""
            return self.lists.get(name, []), "" if name in self.lists else name
        options = []
        for choice in item:
            if local(choice.tag) == "item":
                value = child(choice, "value")
                options.append({"name": (value.text or "") if value is not None else "", "label": self._label(choice)})
        return options, ""
