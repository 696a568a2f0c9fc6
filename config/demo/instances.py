"""XForm instances as a phone serialises them: the form's own primary instance, filled in by question code."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lxml import etree

XFORMS = "{http://www.w3.org/2002/xforms}"
OPENROSA = "{http://openrosa.org/xforms}"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)


class Blank:
    """An empty instance of one form version; `fill` makes submissions of it."""

    def __init__(self, xform: str) -> None:
        model = etree.fromstring(xform.encode(), PARSER)
        found = model.find(f".//{XFORMS}model/{XFORMS}instance/*")
        if found is None:
            raise ValueError("The form has no primary instance.")
        self._tree = found
        self.form_id, self.version = found.get("id", ""), found.get("version", "")

    def fill(self, answers: Mapping[str, Any], *, uuid: UUID, started: datetime, finished: datetime, replaces: UUID | None = None) -> str:
        """The submission as text. Times are aware; what the form does not ask is left out; lists are joined by spaces."""
        tree = copy.deepcopy(self._tree)
        nodes = {etree.QName(node).localname: node for node in tree.iter(etree.Element) if len(node) == 0}
        for name, value in {"start": started.isoformat(), "end": finished.isoformat(), **answers}.items():
            if name in nodes and value is not None:
                nodes[name].text = " ".join(value) if isinstance(value, (list, tuple)) else str(value)
        self._name(tree, uuid, replaces)
        etree.cleanup_namespaces(tree)
        return etree.tostring(tree, encoding="unicode")

    def _name(self, tree: etree._Element, uuid: UUID, replaces: UUID | None) -> None:
        meta = next((node for node in tree if etree.QName(node).localname == "meta"), None)
        if meta is None:
            meta = etree.SubElement(tree, "meta")
        self._set(meta, "instanceID", f"uuid:{uuid}")
        if replaces:
            self._set(meta, "deprecatedID", f"uuid:{replaces}")

    def _set(self, meta: etree._Element, name: str, text: str) -> None:
        node = next((child for child in meta if etree.QName(child).localname == name), None)
        if node is None:
            node = etree.SubElement(meta, f"{{{etree.QName(meta).namespace}}}{name}" if etree.QName(meta).namespace else name)
        node.text = text
