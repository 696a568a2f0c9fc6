"""The fixed words of a text in Armenian: told where they lack, in English and marked until then, frozen with what is released."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from lxml import etree, html

from core.documents import freeze, html_body, preview, render
from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from core.documents.services import snapshot_of
from core.errors import Invalid, NotAllowed
from core.models import AuditEntry
from missions.models import Country
from observers.services.reference import load_reference
from reports.documents.mission_text.build import build
from reports.models import FixedWord, MissionTextVersion
from reports.services import fixed_words
from reports.services.mission_text_release import contents_of, release_text
from reports.services.mission_texts import change_text, compose_text, move_text
from tests.reports.papers import AT, check_paper

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SOME = {"page.page": "Էջ", "page.of": "/", "text_contact": "Կապ", "announcement": "Հայտարարություն"}
MEMBERS = {
    "appendix_delegation": "Պատվիրակություն", "col_name": "Անուն", "col_country": "Երկիր", "col_role": "Դեր", "role_head": "Ղեկավար",
    "role_deputy": "Փոխղեկավար", "role_rapporteur": "Զեկուցող", "role_observer": "Դիտորդ", "role_expert": "Փորձագետ",
}  # fmt: skip


@pytest.fixture
def armenian(drafting, make_assignment, as_coordinator):
    """An approved announcement in English and Armenian."""
    load_reference()
    Country.objects.filter(pk=drafting.country_id).update(languages=["hy"])
    drafting.country.refresh_from_db()
    make_assignment(drafting, "head", "Hedda", "Head")
    text = compose_text(drafting, "announcement", by=as_coordinator)
    words = {"title": {"hy": "Դիտորդներ"}, "body": {"hy": "Պատվիրակությունը ժամանում է։"}}
    return change_text(text, version=text.version, by=as_coordinator, contact="Press service", checked={"hy"}, **words)


def drawn(text):
    """The Armenian text as it would be drawn now: content, and the paper's words in Word and on the web."""
    contents, _unchecked = contents_of(text, ["hy"])
    content = build(MissionTextVersion(text=text, number=1, content={"languages": contents}, unchecked={}), "hy")
    return content, check_paper(content | {"draft": True})


def english(content):
    """What stands on the page marked as English."""
    page = html.fromstring(html_body(prepare(content)))
    return {node.text_content().strip() for node in page.iter() if node.get("lang") == "en"}


def test_words_that_lack_are_marked_and_a_table_without_words_is_left_out(armenian, as_coordinator):
    content, (word, web) = drawn(armenian)
    old, _unchecked = contents_of(armenian, ["hy"])
    del old["hy"]["fixed"], old["hy"]["langs"]
    before = build(MissionTextVersion(text=armenian, number=1, content={"languages": old}, unchecked={}), "hy")
    assert "Announcement" in english(before), "released before words could be translated"
    marked = english(content)
    assert {"Announcement", "Contact", "Congress of Local and Regional Authorities of the Council of Europe"} <= marked
    assert "Contact" in word and "Contact" in web and "Hedda Head" not in word, "no table without its words"
    fixed_words.save_words("hy", SOME, by=as_coordinator)
    content, (word, _web) = drawn(armenian)
    assert "Կապ" in word and "Հայտարարություն" in word and "Contact" not in word
    assert not {"Announcement", "Contact"} & english(content)
    assert [block["type"] for block in content["blocks"]] == ["paragraph", "heading", "paragraph"]
    fixed_words.save_words("hy", MEMBERS, by=as_coordinator)
    content, (_word, web) = drawn(armenian)
    table = next(block for block in content["blocks"] if block["type"] == "table")
    assert table["head"] == ["Անուն", "Երկիր", "Դեր"] and table["rows"][0][0::2] == ["Hedda Head", "Ղեկավար"]
    assert "Պատվիրակություն" in web and "Table" in english(content), "the engine's word for the table still lacks"


def test_each_format_marks_the_language_of_what_stands_in_english(armenian, as_coordinator):
    fixed_words.save_words("hy", {"page.page": "Էջ"}, by=as_coordinator)
    content = prepare(drawn(armenian)[0] | {"draft": True})
    assert content["words"] == {"page": "Էջ"} and content["langs"] == {"kind_line": "en", "institution": "en"}
    with pikepdf.open(io.BytesIO(render_content(Snapshot(content=content, frozen_at=AT), "pdf"))) as pdf:
        marks = [ops.operands[1] for page in pdf.pages for ops in pikepdf.parse_content_stream(page) if str(ops.operator) == "BDC"]
        assert "en" in {str(mark.get("/Lang")) for mark in marks} and str(pdf.Root.Lang) == "hy"
    with zipfile.ZipFile(io.BytesIO(render_content(Snapshot(content=content, frozen_at=AT), "docx"))) as file:
        runs = [run for name in ("word/document.xml", "word/footer2.xml") for run in etree.fromstring(file.read(name)).iter(f"{W}r")]
    said = {"".join(run.itertext()).strip(): mark.get(f"{W}val") for run in runs if (mark := run.find(f"{W}rPr/{W}lang")) is not None}
    whole = "".join("".join(run.itertext()) for run in runs)
    assert said["Announcement"] == said["Contact"] == said["of"] == "en-GB" and "Էջ" in whole and "Էջ" not in said
    assert said["This is a draft. It is not a position of the institution."] == "en-GB"


def test_what_is_released_keeps_the_words_it_was_drawn_with(armenian, as_coordinator, as_publisher):
    fixed_words.save_words("hy", SOME, by=as_coordinator)
    move_text(armenian, "approve", by=as_coordinator)
    version, _job = release_text(armenian, by=as_publisher, languages=["en", "hy"], unchecked_accepted=["en", "hy"])
    document = freeze("reports.mission_text", version, "hy", by=as_publisher)
    before, first = snapshot_of(document), preview("reports.mission_text", version, "hy", "html", by=as_publisher)
    fixed_words.save_words("hy", SOME | MEMBERS | {"text_contact": "Հասցե"}, by=as_coordinator)
    again = freeze("reports.mission_text", version, "hy", by=as_publisher)
    assert again.checksum == document.checksum and snapshot_of(again).content == before.content
    assert preview("reports.mission_text", version, "hy", "html", by=as_publisher) == first
    page = render(again, "html").file.read().decode()
    assert "Կապ" in page and "Հասցե" not in page
    assert "words" not in freeze("reports.mission_text", version, "en", by=as_publisher).content, "ours keep their shape"


def test_saving_is_all_or_nothing_and_names_the_word(armenian, as_coordinator, as_rapporteur):
    total = len(fixed_words.TEXT_KEYS)
    assert [(one.missing, one.total) for one in fixed_words.lacks(["en", "hy"])] == [(total, total)]
    for texts, said in (
        ({"text_contact": "Կապ", "embargo_line": "Էմբարգո"}, "{day}, {time}"),
        ({"page.draft": "ա" * 25}, "24"),
        ({"text_press_title": "x"}, "text_press_title"),
        ({"text_corrected": "{number} {old} {note} {"}, "{number}"),
    ):
        with pytest.raises(Invalid) as refused:
            fixed_words.save_words("hy", texts, by=as_coordinator)
        assert said in str(refused.value.sentence) and not FixedWord.objects.exists()
    with pytest.raises(Invalid):
        fixed_words.save_words("fr", {"text_contact": "x"}, by=as_coordinator)
    with pytest.raises(NotAllowed):
        fixed_words.save_words("hy", {"text_contact": "x"}, by=as_rapporteur)
    assert fixed_words.save_words("hy", {"text_contact": " Կապ ", "text_who": "Ով"}, by=as_coordinator) == 2
    assert fixed_words.save_words("hy", {"text_contact": "Կապ", "text_who": ""}, by=as_coordinator) == 1
    assert [(one.missing, one.total) for one in fixed_words.lacks(["hy"])] == [(total - 1, total)]
    entry = AuditEntry.objects.filter(action="reports.words_translated").order_by("-pk").first()
    assert (entry.fields, entry.data) == (["text_who"], {"language": "hy"})
    FixedWord.objects.update(source="Contacts")
    assert [row.key for row in fixed_words.entries("hy") if row.is_old] == ["text_contact"]


def test_the_table_goes_out_and_comes_back(armenian, as_coordinator):
    fixed_words.save_words("hy", {"text_contact": "=Կապ"}, by=as_coordinator)
    table = "".join(fixed_words.as_csv("hy"))
    assert "text_contact,Contact,Contact,'=Կապ" in table and "embargo_line" in table
    back = table.replace("text_who,Who,Qui,", "text_who,Who,Qui,Ով").encode()
    assert fixed_words.read_csv("hy", back) == {"text_contact": "=Կապ", "text_who": "Ով"}
    assert fixed_words.save_words("hy", fixed_words.read_csv("hy", back), by=as_coordinator) == 1
    large = b"x" * (fixed_words.MAX_BYTES + 1)
    wrong = ((b"key,en\r\n", "“hy”"), (b"key,hy\r\nx,\xff", "UTF-8"), (large, "too large"), (b"x" * 200_001, "“hy”"))
    for data, said in wrong:
        with pytest.raises(Invalid) as refused:
            fixed_words.read_csv("hy", data)
        assert said in str(refused.value.sentence)
