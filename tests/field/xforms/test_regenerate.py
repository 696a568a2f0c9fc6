"""An XLSForm made from a published version asks the same: pyxform and ODK Validate (JavaRosa, a second parser) open it."""

from __future__ import annotations

import io
import shutil

import openpyxl
import pytest
from lxml import etree

from field.xforms.compile import ACCEPTED, FormRefused, compile_form
from field.xforms.definition import read_xform
from field.xforms.regenerate import differences, regenerate
from field.xforms.standard import STAGES
from tests.field.xforms.test_forms import TUTORIAL, build, workbook

HAS_JAVA = shutil.which("java") is not None

COLUMNS = {
    "en": "label::English (en)",
    "bg": "label::Български (bg)",
    "hint": "hint::English (en)",
    "message": "required_message::English (en)",
    "wrong": "constraint_message::English (en)",
    "image": "media::image::English (en)",
    "guidance": "guidance_hint::English (en)",
}
ROWS = [
    {"type": "start", "name": "start"},
    {"type": "today", "name": "today"},
    {"type": "deviceid", "name": "deviceid"},
    {"type": "calculate", "name": "n", "calculation": "2 + 1"},
    {"type": "text", "name": "who", "en": "Who?", "bg": "Кой?", "hint": "A name", "required": "yes", "message": "Please.",
     "default": "somebody"},
    {"type": "select_one yn", "name": "again", "en": "Again, ${who}?", "bg": "Пак, ${who}?", "relevant": "${who} != 'nobody'"},
    {"type": "select_multiple colour", "name": "colours", "en": "Colours", "bg": "Цветове", "relevant": "${again} = 'yes'",
     "required": "${again} = 'yes'", "appearance": "columns"},
    {"type": "select_one town", "name": "town", "en": "Town", "bg": "Град", "appearance": "minimal", "choice_filter": "colour = ${again}",
     "parameters": "randomize=true seed=42"},
    {"type": "begin repeat", "name": "person", "en": "Person", "bg": "Човек", "repeat_count": "3"},
    {"type": "integer", "name": "age", "en": "Age", "bg": "Възраст", "constraint": ". < 120", "wrong": "Too old."},
    {"type": "text", "name": "school", "en": "School", "bg": "Училище", "relevant": "${age} < 18 and ${who} != ''"},
    {"type": "end repeat"},
    {"type": "calculate", "name": "sum", "calculation": "sum(${age})"},
    {"type": "begin group", "name": "g", "en": "Group", "bg": "Група", "relevant": "${sum} > 10", "appearance": "field-list"},
    {"type": "note", "name": "look", "en": "Look: ${sum}", "bg": "Виж: ${sum}", "image": "look.png"},
    {"type": "text", "name": "fixed", "en": "Fixed", "bg": "Точно", "default": "once('a')", "read_only": "yes"},
    {"type": "date", "name": "day", "en": "Day", "bg": "Ден", "default": "today()"},
    {"type": "text", "name": "echo", "en": "Echo", "bg": "Ехо", "calculation": "concat(${who}, '!')", "trigger": "${who}"},
    {"type": "image", "name": "photo", "en": "Photo", "bg": "Снимка", "parameters": "max-pixels=1000"},
    {"type": "range", "name": "scale", "en": "Scale", "bg": "Скала", "parameters": "start=1 end=10 step=1"},
    {"type": "geopoint", "name": "place", "en": "Place", "bg": "Място"},
    {"type": "acknowledge", "name": "ok", "en": "OK", "bg": "Добре", "guidance": "Only if true."},
    {"type": "select_one_from_file stations.csv", "name": "station", "en": "Station", "bg": "Секция", "choice_filter": "town = ${town}"},
    {"type": "end group"},
    {"type": "calculate", "name": "hours", "calculation": "pulldata('mission', 'opens_min', 'name', ${today})"},
]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Български (bg)", "colour"],
    ["yn", "yes", "Yes", "Да"], ["yn", "no", "No", "Не"],
    ["colour", "red", "Red", "Червено"], ["colour", "blue", "Blue", None],
    ["town", "a", "Town A", "Град А", "yes"], ["town", "b", "Town B", "Град Б", "no"],
]  # fmt: skip
SETTINGS = [
    ["form_title", "form_id", "version", "default_language", "instance_name", "style"],
    ["Rich", "rich", "7", "English (en)", "concat(${who}, '-', ${n})", "pages"],
]


def rich() -> str:
    """The XForm of a form with a bit of everything that an XLSForm knows."""
    heads = list(dict.fromkeys(["type", "name", *COLUMNS.values(), *(COLUMNS.get(key, key) for row in ROWS for key in row)]))
    survey = [heads, *([({COLUMNS.get(key, key): value for key, value in row.items()}).get(head) for head in heads] for row in ROWS)]
    content = workbook(survey=survey, choices=CHOICES, settings=SETTINGS)
    return compile_form(content, name="rich.xlsx", validate=False).xform


def same(one: str, two: str) -> bool:
    """Equal as XML, where neither the order of binds, texts and tables nor a blank around a path makes a difference."""

    def canonical(text: str) -> list[str]:
        tree = etree.fromstring(text.encode())
        for node in tree.iter():
            node.attrib.update({key: " ".join(value.split()) for key, value in node.attrib.items()})
        return sorted(etree.tostring(node, method="c14n").decode() for node in tree.iter() if not len(node))

    return canonical(one) == canonical(two)


@pytest.mark.parametrize("code", list(STAGES))
def test_the_standard_forms_come_back(code: str) -> None:
    first = compile_form(build(code), name="a.xlsx", validate=False)
    standards = {row["code"]: row["standards"] for row in first.questions if row.get("standards")}
    again = compile_form(regenerate(first.xform, standards=standards), name="again.xlsx", validate=HAS_JAVA)
    assert same(first.xform, again.xform)
    assert first.questions == again.questions
    assert again.validation == (ACCEPTED if HAS_JAVA else "")


def test_a_rich_form_comes_back() -> None:
    first = rich()
    content = regenerate(first)
    again = compile_form(content, name="again.xlsx", validate=HAS_JAVA)
    assert same(first, again.xform)
    assert differences(read_xform(first), again.definition) == []
    assert again.definition.languages == ["en", "bg"]
    assert regenerate(first) == content
    cells = {row[1].value: row for row in openpyxl.load_workbook(io.BytesIO(content))["survey"].iter_rows()}
    assert "${who} != 'nobody'" in [cell.value for cell in cells["again"]]
    assert "${age} < 18" not in str([cell.value for cell in cells["school"]])  # inside a repeat a path stays a path


@pytest.mark.skipif(not TUTORIAL.exists(), reason="the sample is not beside this checkout")
def test_an_old_workbook_comes_back() -> None:
    first = compile_form(TUTORIAL.read_bytes(), name="a.xls", validate=False).xform
    again = compile_form(regenerate(first), name="a.xlsx", validate=HAS_JAVA)
    assert differences(read_xform(first), again.definition) == []


def test_what_cannot_be_carried_over_is_refused() -> None:
    broken = rich().replace('<bind nodeset="/data/sum"', '<bind nodeset="/data/nowhere" relevant="1 = 2"/><bind nodeset="/data/sum"')
    with pytest.raises(FormRefused, match="/data/nowhere"):
        regenerate(broken)


def test_differences_are_seen() -> None:
    one = rich()
    for old, new in [
        ("Възраст", "Age"),
        ("&lt; 120", "&lt; 121"),
        ("<name>blue</name>", "<name>green</name>"),
        ('version="7"', 'version="8"'),
    ]:
        assert differences(read_xform(one), read_xform(one.replace(old, new))), old
