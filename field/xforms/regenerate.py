"""From an XForm back to an XLSForm that pyxform compiles to the same questions, conditions and languages.

Order is the instance's. Absolute paths become `${code}` where the code is unique and no repeat stands between; everything
else stays XPath, which an XLSForm may hold as well. `regenerate` compiles what it wrote and compares: a workbook that would
ask something else is never handed out.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from field.xforms.compile import compile_form
from field.xforms.definition import INSTANCE, ITEXT, FormDefinition, child, local, read_xform
from field.xforms.refusals import FormRefused, refusal
from field.xforms.workbook import write_workbook

Row = dict[str, str]
TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"| ?(?<![\w\])./])((?:/[^\W\d][\w.\-]*)+) ?")
PREFIXES = {
    "http://openrosa.org/javarosa": "jr",
    "http://openrosa.org/xforms": "orx",
    "http://www.opendatakit.org/xforms": "odk",
}
PRELOADS = {
    ("timestamp", "start"): "start", ("timestamp", "end"): "end", ("date", "today"): "today", ("property", "deviceid"): "deviceid",
    ("property", "username"): "username", ("property", "email"): "email", ("property", "phonenumber"): "phonenumber",
    ("property", "simserial"): "simserial", ("property", "subscriberid"): "subscriberid",
}  # fmt: skip
INPUTS = {
    "string": "text", "int": "integer", "decimal": "decimal", "date": "date", "time": "time", "dateTime": "dateTime",
    "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "barcode": "barcode",
}  # fmt: skip
SELECTS = {"select1": "select_one", "select": "select_multiple", "rank": "rank"}
BIND_COLUMNS = {"relevant": "relevant", "constraint": "constraint", "calculate": "calculation"}
MESSAGES = {"constraintMsg": "constraint_message", "requiredMsg": "required_message"}
KNOWN_BIND = {"nodeset", "type", "relevant", "required", "readonly", "constraint", "calculate", "preload", "preloadParams", *MESSAGES}
KNOWN_BODY = {"ref", "nodeset", "appearance", "mediatype", "start", "end", "step", "count", "noAddRemove"}
CONTROLS = {"input", "select1", "select", "upload", "trigger", "range", "rank"}
COMPARED = ("relevant", "required", "constraint", "calculate")


def regenerate(xform: str, *, standards: dict[str, list[str]] | None = None) -> bytes:
    """The .xlsx of an XForm. Raises FormRefused naming what an XLSForm cannot carry over."""
    rows = _Writer(xform, standards or {}).build()
    content = write_workbook(*rows)
    again = compile_form(content, name="form.xlsx", validate=False).definition
    if lost := differences(read_xform(xform), again):
        raise FormRefused(*(refusal(_("An XLSForm cannot carry over: %(what)s") % {"what": what}) for what in lost[:10]))
    return content


def differences(one: FormDefinition, two: FormDefinition) -> list[str]:
    """What two forms ask differently: questions, kinds, wordings, options, conditions, languages."""
    found = [f"{name}: {getattr(one, name)} / {getattr(two, name)}" for name in ("form_id", "version", "languages", "repeats")
             if getattr(one, name) != getattr(two, name)]  # fmt: skip
    first, second = ({question["path"]: _plain(question) for question in form.questions} for form in (one, two))
    found += [path for path in dict.fromkeys([*first, *second]) if first.get(path) != second.get(path)]
    binds = [{path: [" ".join(getattr(bind, key).split()) for key in COMPARED] for path, bind in form.binds.items()} for form in (one, two)]
    found += [path for path in dict.fromkeys([*binds[0], *binds[1]]) if binds[0].get(path) != binds[1].get(path)]
    return list(dict.fromkeys(found))


def _plain(question: dict[str, Any]) -> dict[str, Any]:
    """A question without what means the same: blanks in XPath, languages that pyxform fills with a dash."""

    def words(label: dict[str, str]) -> dict[str, str]:
        return {code: " ".join(text.split()) for code, text in label.items() if text not in {"", "-"}}

    plain = {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in question.items()}
    plain |= {key: words(question.get(key) or {}) for key in ("label", "hint", "section")}
    plain["options"] = [(option["name"], words(option["label"])) for option in question.get("options", [])]
    return plain


class _Writer:
    def __init__(self, xform: str, standards: dict[str, list[str]]) -> None:
        self.standards = standards
        tree = fromstring(xform.encode(), forbid_dtd=True)
        head = child(tree, "head")
        assert head is not None
        self.title = "".join(found.itertext()) if (found := child(head, "title")) is not None else ""
        self.model, self.body = child(head, "model"), child(tree, "body")
        assert self.model is not None and self.body is not None
        self.root = self._primary()
        self.base = f"/{local(self.root.tag)}"
        self.binds = {node.get("nodeset") or "": node for node in self.model if local(node.tag) == "bind"}
        self.texts: dict[str, dict[str, dict[str, str]]] = {}
        self.default_language = ""
        self.lists: dict[str, Element] = {}
        self.sources: dict[str, str] = {}
        self.controls: dict[str, Element] = {}
        self.groups: dict[str, Element] = {}
        self.repeats: dict[str, Element] = {}
        self.triggers: dict[str, list[tuple[str, str]]] = {}
        self.survey: list[Row] = []
        self.choices: dict[str, list[Row]] = {}
        self.used: set[str] = set()
        self.codes: dict[str, list[str]] = {}
        self._read()

    # reading ----------------------------------------------------------------------------------------------------

    def _primary(self) -> Element:
        assert self.model is not None
        return next(node[0] for node in self.model if local(node.tag) == "instance" and not node.get("id") and not node.get("src"))

    def _read(self) -> None:
        assert self.model is not None and self.body is not None
        self._names(self.root, self.base)
        self._walk(self.body)
        itext = child(self.model, "itext")
        for translation in itext if itext is not None else ():
            language = translation.get("lang") or ""
            if translation.get("default"):
                self.default_language = language
            for text in translation:
                for value in text:
                    forms = self.texts.setdefault(text.get("id") or "", {}).setdefault(value.get("form") or "", {})
                    forms[language] = self._content(value)
        for node in self.model:
            if local(node.tag) == "instance" and node.get("id"):
                if node.get("src"):
                    self.sources[node.get("id") or ""] = node.get("src") or ""
                elif len(node):
                    self.lists[node.get("id") or ""] = node[0]

    def _names(self, node: Element, path: str) -> None:
        for item in node:
            here = f"{path}/{local(item.tag)}"
            paths = self.codes.setdefault(local(item.tag), [])
            if here not in paths:
                paths.append(here)
                self._names(item, here)

    def _walk(self, node: Element) -> None:
        for item in node:
            name = local(item.tag)
            if name == "group":
                if item.get("ref"):
                    self.groups[item.get("ref") or ""] = item
                self._walk(item)
            elif name == "repeat":
                self.repeats[item.get("nodeset") or ""] = item
                self._walk(item)
            elif name in CONTROLS and item.get("ref"):
                self.controls[item.get("ref") or ""] = item
                for inner in item:
                    if local(inner.tag) == "setvalue":
                        value = inner.get("value") or ""
                        self.triggers.setdefault(inner.get("ref") or "", []).append((item.get("ref") or "", value))

    # writing ----------------------------------------------------------------------------------------------------

    def build(self) -> tuple[list[Row], list[Row], Row]:
        """Rows of the three sheets."""
        self._nodes(self.root, self.base)
        self._tables()
        settings: Row = {"form_title": self.title, "form_id": self.root.get("id") or "", "version": self.root.get("version") or "1"}
        if self.base != "/data":
            settings["name"] = self.base[1:]
        if self.default_language not in {"", "default"}:
            settings["default_language"] = self.default_language
        name = self.binds.get(f"{self.base}/meta/instanceName")
        if name is not None and name.get("calculate"):
            settings["instance_name"] = self._xpath(name.get("calculate") or "", "")
        assert self.body is not None
        if self.body.get("class"):
            settings["style"] = self.body.get("class") or ""
        if any(len({row["name"] for row in rows}) < len(rows) for rows in self.choices.values()):
            settings["allow_choice_duplicates"] = "yes"
        return self.survey, [row for rows in self.choices.values() for row in rows], settings

    def _nodes(self, node: Element, path: str) -> None:
        done: set[str] = set()
        for item in node:
            name = local(item.tag)
            here = f"{path}/{name}"
            if name in done or (path == self.base and name == "meta"):
                continue
            done.add(name)
            if here in self.repeats or here in self.groups or len(item):
                self._group(item, here)
            else:
                self._question(item, here)

    def _group(self, node: Element, path: str) -> None:
        group, repeat = self.groups.get(path), self.repeats.get(path)
        kind = "repeat" if repeat is not None else "group"
        row: Row = {"type": f"begin {kind}", "name": local(node.tag)} | self._bind(path)
        if group is not None:
            row |= self._text(child(group, "label"), "label") | self._text(child(group, "hint"), "hint") | self._body(group, path)
        if repeat is not None:
            row |= self._body(repeat, path)
            count = next((value for key, value in repeat.attrib.items() if local(key) == "count"), "")
            row |= {"repeat_count": self._xpath(count, "")} if count else {}
        self.survey.append(row)
        self._nodes(node, path)
        self.survey.append({"type": f"end {kind}", "name": ""})

    def _question(self, node: Element, path: str) -> None:
        name, control = local(node.tag), self.controls.get(path)
        row: Row = {"type": "", "name": name} | self._bind(path)
        if control is None:
            row["type"] = self._hidden(path, row)
        else:
            row |= self._text(child(control, "label"), "label") | self._text(child(control, "hint"), "hint") | self._body(control, path)
            row |= self._control(control, path, row)
        row |= self._given(node, path)
        if name in self.standards:
            row["standards"] = " ".join(self.standards[name])
        self.survey.append(row)

    def _hidden(self, path: str, row: Row) -> str:
        bind = self.binds.get(path)
        said = {local(key): value for key, value in bind.attrib.items()} if bind is not None else {}
        if preload := PRELOADS.get((said.get("preload", ""), said.get("preloadParams", ""))):
            row.pop("read_only", None)
            return preload
        assert self.model is not None
        for action in self.model:
            if action.get("ref") == path and local(action.tag) in {"setgeopoint", "recordaudio"}:
                return "start-geopoint" if local(action.tag) == "setgeopoint" else "background-audio"
        kind = said.get("type") or "string"
        if kind.rpartition(":")[2] != "string":
            row["bind::type"] = kind
        return "calculate" if row.get("calculation") or path in self.triggers else "hidden"

    def _control(self, control: Element, path: str, row: Row) -> Row:
        name, bind = local(control.tag), self.binds.get(path)
        kind = (bind.get("type") if bind is not None else "") or "string"
        if name in SELECTS:
            return self._select(control, path, SELECTS[name])
        if name == "upload":
            kind = (control.get("mediatype") or "").partition("/")[0]
            return {"type": kind if kind in {"image", "audio", "video"} else "file"}
        if name == "trigger":
            return {"type": "acknowledge"}
        if name == "range":
            parts = [f"{key}={control.get(key)}" for key in ("start", "end", "step") if control.get(key)]
            return {"type": "range", "parameters": " ".join(parts)}
        if row.get("read_only") == "yes" and kind == "string" and "calculation" not in row:
            row.pop("read_only")
            return {"type": "note"}
        return {"type": INPUTS.get(kind.rpartition(":")[2], "text")}

    def _select(self, control: Element, path: str, kind: str) -> Row:
        itemset = child(control, "itemset")
        if itemset is None:
            name = f"list_{path.rpartition('/')[2]}"
            items = [item for item in control if local(item.tag) == "item"]
            self.choices[name] = [
                {"list_name": name, "name": "".join(child(item, "value").itertext())} | self._text(child(item, "label"), "label")  # type: ignore[union-attr]
                for item in items
            ]
            return {"type": f"{kind} {name}"}
        nodeset, parameters = itemset.get("nodeset") or "", []
        if match := re.fullmatch(r"\s*randomize\((.*?)(?:,\s*([^,]+))?\)\s*", nodeset):
            nodeset, seed = match[1], match[2]
            parameters += ["randomize=true"] + ([f"seed={self._xpath(seed, path).strip()}"] if seed else [])
        source = INSTANCE.search(nodeset)
        condition = re.search(r"\[(.*)\]\s*$", nodeset.strip(), re.DOTALL)
        row: Row = {"choice_filter": self._xpath(condition[1], path)} if condition and source else {}
        value, label = ((found.get("ref") or "") if (found := child(itemset, key)) is not None else "" for key in ("value", "label"))
        if source is None:
            row["type"] = f"{kind} ${{{value.rpartition('/')[2]}}}"
        elif source[1] in self.sources:
            self.used.add(source[1])
            file = self.sources[source[1]].rpartition("/")[2]
            parameters += [f"value={value}"] * (value != "name") + [f"label={label}"] * (label != "label")
            row["type"] = f"{kind}_from_file {file}"
        else:
            self._list(source[1])
            row["type"] = f"{kind} {source[1]}"
        return row | ({"parameters": " ".join(parameters)} if parameters else {})

    def _list(self, name: str) -> None:
        if name in self.choices or name not in self.lists:
            return
        self.choices[name] = []
        for item in self.lists[name]:
            cells = {local(cell.tag): (cell.text or "") for cell in item}
            row = {"list_name": name, "name": cells.pop("name", "")}
            if text := cells.pop("itextId", ""):
                row |= self._columns(text, "label")
            self.choices[name].append(row | cells)

    def _tables(self) -> None:
        """Tables that neither a choice nor pulldata() brings back by itself."""
        written = " ".join(value for row in self.survey for value in row.values())
        for name, source in self.sources.items():
            if name not in self.used and not re.search(rf"pulldata\(\s*['\"]{re.escape(name)}['\"]", written):
                self.survey.append({"type": "xml-external" if source.endswith(".xml") else "csv-external", "name": name})

    # cells ------------------------------------------------------------------------------------------------------

    def _bind(self, path: str) -> Row:
        bind, row = self.binds.get(path), Row()
        for key, value in bind.attrib.items() if bind is not None else ():
            name = local(key)
            if name in BIND_COLUMNS:
                row[BIND_COLUMNS[name]] = self._xpath(value, path)
            elif name in {"required", "readonly"}:
                column = "required" if name == "required" else "read_only"
                row |= {} if value == "false()" else {column: "yes" if value == "true()" else self._xpath(value, path)}
            elif name in MESSAGES:
                match = ITEXT.search(value)
                row |= self._columns(match[1], MESSAGES[name]) if match else {MESSAGES[name]: value}
            elif name not in KNOWN_BIND:
                prefix = PREFIXES.get(key.partition("}")[0].lstrip("{"), "")
                row[f"bind::{prefix}:{name}" if prefix else f"bind::{name}"] = value
        return row

    def _body(self, item: Element, path: str) -> Row:
        row = {f"body::{key}": self._xpath(value, path) for key, value in item.attrib.items() if key not in KNOWN_BODY and "}" not in key}
        return row | ({"appearance": item.get("appearance") or ""} if item.get("appearance") else {})

    def _given(self, node: Element, path: str) -> Row:
        """Defaults, and calculations that only a change of another answer triggers."""
        assert self.model is not None
        text = (node.text or "").strip()
        row: Row = {"default": text} if text else {}
        actions = [item for item in self.model.iter() if local(item.tag) == "setvalue"]
        actions += [item for repeat in self.repeats.values() for item in repeat if local(item.tag) == "setvalue"]
        for action in actions:
            if action.get("ref") == path and "first-load" in (action.get("event") or ""):
                row["default"] = self._xpath(action.get("value") or "", path)
        if found := self.triggers.get(path):
            row["trigger"] = ", ".join(dict.fromkeys(self._xpath(ref, "") for ref, _value in found))
            row["calculation"] = self._xpath(found[0][1], path)
        return row

    def _text(self, node: Element | None, column: str) -> Row:
        if node is None:
            return {}
        match = ITEXT.search(node.get("ref") or "")
        if match:
            return self._columns(match[1], column)
        text = self._content(node)
        return {column: text} if text else {}

    def _columns(self, text_id: str, column: str) -> Row:
        """One text in all languages and media."""
        row: Row = {}
        for form, texts in self.texts.get(text_id, {}).items():
            name = {"": column, "guidance": "guidance_hint"}.get(form, f"media::{form}")
            for language, text in texts.items():
                value = text.rpartition("/")[2] if name.startswith("media::") else text
                if value not in {"", "-"}:
                    row[name if language == "default" else f"{name}::{language}"] = value
        return row

    def _content(self, node: Element) -> str:
        """Text with `<output value="/data/a"/>` as `${a}`."""
        parts = [node.text or ""]
        for item in node:
            parts += [self._xpath(item.get("value") or "", "").strip() if local(item.tag) == "output" else "".join(item.itertext())]
            parts.append(item.tail or "")
        return "".join(parts).strip()

    def _xpath(self, text: str, here: str) -> str:
        """Paths as `${code}` where that means the same."""
        return TOKEN.sub(lambda match: self._reference(match[0], match[1], here), text).strip()

    def _reference(self, token: str, path: str | None, here: str) -> str:
        """pyxform puts a blank on both sides of what stands for `${code}`: they go with the path."""
        name = (path or "").rpartition("/")[2]
        if not path or self.codes.get(name) != [path]:
            return token
        inside = [repeat for repeat in self.repeats if path.startswith(f"{repeat}/") and here.startswith(f"{repeat}/")]
        return token if inside else f"${{{name}}}"
