"""The builder: questions of the library, country questions, languages, and the XLSForm that comes of it."""

from __future__ import annotations

import io
import shutil

import openpyxl
import pytest

from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow, Stale
from core.models import AuditEntry
from field.enums import VersionState
from field.models import Form, FormDesign
from field.services import builder
from field.services.forms import publish_version, standard_workbook
from field.xforms.compile import ACCEPTED, compile_form
from field.xforms.designed import DesignedForm, fresh_content, library, parse_options
from field.xforms.evaluate import CompiledForm
from field.xforms.standard import STAGES, read_questions

pytestmark = pytest.mark.django_db
HAS_JAVA = shutil.which("java") is not None


@pytest.fixture
def by(coordinator):
    return user_actor(coordinator)


@pytest.fixture
def start(polling, by):
    def make(base="B", code="B", stage="voting", languages=("fr", "de")):
        return builder.start_design(polling, by=by, code=code, stage=stage, title="Voting", base=base, languages=languages)

    return make


def codes(design):
    return [item["code"] for item in design.content["items"]]


def ink(design, by, **values):
    given = {
        "question": "Was ink used?",
        "kind": "yn",
        "flag": ["no"],
        "severity": 2,
        "standards": ["COGP-I.3.2"],
        "required": True,
    } | values
    return builder.set_country_question(design, by=by, revision=design.revision, **given)


@pytest.mark.parametrize("code", list(STAGES))
def test_a_design_that_changes_nothing_asks_what_the_standard_form_asks(code):
    content = fresh_content(code, "Title", ["fr", "de"])
    form = DesignedForm(content, code=code, stage=STAGES[code], form_id=f"scrutin-{code}", version="2026.1")
    assert form.problems() == []
    survey, choices, settings = form.rows
    sheet = {
        page.title: [list(row) for row in page.iter_rows(values_only=True)]
        for page in openpyxl.load_workbook(io.BytesIO(standard_workbook(code)))
    }
    assert [row["name"] or None for row in survey] == [row[1] for row in sheet["survey"][1:]]
    assert len(choices) == len(sheet["choices"]) - 1
    assert [row.get("label::Deutsch (de)") for row in survey] == [
        row[sheet["survey"][0].index("label::Deutsch (de)")] for row in sheet["survey"][1:]
    ]
    assert settings["form_title"] == f"{code} – Title"


def test_the_whole_way_to_a_published_form(start, by, polling):
    design = start(languages=("fr", "de", "bg"))
    design = builder.add_question(design, by=by, revision=design.revision, code="A19")
    design = ink(design, by)
    design = ink(
        design, by, question="Which pen?", kind="one", options="blue = Blue pen\nBlack pen", flag=["blue"], severity=1, hint="Look at it."
    )
    design = builder.translate_design(
        design,
        by=by,
        revision=design.revision,
        language="bg",
        texts={"question:X01": "Имаше ли мастило?", "option:yes": "Да"},
        is_checked=True,
    )
    answer = builder.write_design(design, by=by, revision=design.revision)
    assert answer.refused == []
    version = answer.version
    assert (version.version, version.state, version.form.code, version.form.stage) == ("1", "draft", "B", "voting")
    assert version.validation == (ACCEPTED if HAS_JAVA else version.validation)
    assert version.languages == ["en", "fr", "de", "bg"]
    assert version.unchecked_languages == ["fr", "de"]
    asked = {question["code"]: question for question in version.questions}
    assert asked["X01"]["label"] == dict.fromkeys(["en", "fr", "de"], "Was ink used?") | {"bg": "Имаше ли мастило?"}
    assert asked["X01"]["section"]["fr"] == "Questions propres au pays"
    assert asked["X01"]["standards"] == ["COGP-I.3.2"]
    assert [option["name"] for option in asked["X02"]["options"]] == ["blue", "black_pen"]
    assert "flag_X01" in asked["flags_all"]["calculate"]
    assert asked["X01"]["options"][0]["label"]["bg"] == "Да"
    order = [question["code"] for question in version.questions]
    assert order.index("A19") < order.index("X01") < order.index("B34")
    assert CompiledForm(compile_form(version.xform.encode(), name="a.xml", validate=False).definition).not_evaluated == []
    publish_version(version, by=by)
    assert [form.form_id for form in Form.objects.for_mission(polling) if form.code == "B"] == [f"{polling.reference}-b".lower()]
    design = builder.remove_question(FormDesign.objects.get(), by=by, revision=design.revision, code="X02")
    second = builder.write_design(design, by=by, revision=design.revision)
    assert (second.version.version, second.version.form) == ("2", version.form)
    version.refresh_from_db()
    assert version.state == VersionState.PUBLISHED
    again = builder.write_design(FormDesign.objects.get(), by=by, revision=design.revision)
    assert (again.version.pk, again.unchanged) == (second.version.pk, 1)
    done = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"field.design_started", "field.design_changed", "field.form_stored", "field.form_published"} <= done


def test_four_country_questions_at_most(start, by):
    design = start()
    for _number in range(4):
        design = ink(design, by)
    assert [code for code in codes(design) if code[0] == "X"] == ["X01", "X02", "X03", "X04"]
    with pytest.raises(NotNow, match="four country questions"):
        ink(design, by)
    design = builder.remove_question(design, by=by, revision=design.revision, code="X02")
    assert "question:X02" not in design.content["texts"]
    design = ink(design, by, question="The new second?")
    assert design.content["texts"]["question:X02"]["en"] == "The new second?"


def test_order(start, by):
    design = start()
    design = builder.move_question(design, by=by, revision=design.revision, code="B02", steps=-1)
    assert codes(design)[:2] == ["B02", "B01"]
    design = builder.move_question(design, by=by, revision=design.revision, code="B02", steps=-5)
    design = builder.move_question(design, by=by, revision=design.revision, code="B01", steps=1000)
    assert (codes(design)[0], codes(design)[-1]) == ("B02", "B01")


def test_a_question_that_depends_on_another_is_named(start, by):
    design = start()
    design = builder.remove_question(design, by=by, revision=design.revision, code="B17")
    with pytest.raises(NotNow) as refused:
        builder.write_design(design, by=by, revision=design.revision)
    assert [item.sentence for item in refused.value.missing] == ["B18 depends on B17: add B17, or take B18 out."]


@pytest.mark.parametrize("code", [code for code in library() if code[0] != "I"])
def test_every_question_of_the_library_can_stand_alone_or_says_what_it_needs(code):
    content = fresh_content("", "One", [])
    content["items"] = [{"code": code}]
    form = DesignedForm(content, code="M1", stage="voting")
    needs = {"B18": "B17", "D16": "D15", "A03": "A02", "C21": "C20", "C22": "C21", "C23": "C21", "D11": "D10"}
    problems = form.problems()
    assert bool(problems) == (code in needs), problems
    if problems:
        assert needs[code] in problems[0]


def test_a_form_of_its_own_without_a_station(start, by):
    design = start(base="", code="M1", stage="other", languages=())
    with pytest.raises(NotNow):
        builder.write_design(design, by=by, revision=1)
    design = ink(design, by)
    answer = builder.write_design(design, by=by, revision=design.revision)
    assert answer.refused == []
    assert "H01" not in [question["code"] for question in answer.version.questions]


def test_an_incident_form_keeps_its_warning(start, by):
    design = ink(start(base="I", code="I", stage="incident"), by)
    answer = builder.write_design(design, by=by, revision=design.revision)
    assert answer.refused == []
    assert {"warn_danger", "X01", "flag_X01"} <= {question["code"] for question in answer.version.questions}


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"question": " "}, "question"), ({"kind": "poem"}, "kind"), ({"kind": "one", "options": "only"}, "options"),
        ({"kind": "one", "options": "a = A\na = B"}, "options"), ({"kind": "one", "options": "Да = Yes\nНе"}, "options"),
        ({"flag": ["perhaps"]}, "flag"), ({"severity": None}, "severity"), ({"code": "X03"}, "code"), ({"code": "B01"}, "code"),
    ],
)  # fmt: skip
def test_a_country_question_is_refused_at_its_field(start, by, values, attr):
    design = start()
    with pytest.raises(Invalid) as refused:
        ink(design, by, **values)
    assert refused.value.attr == attr
    assert codes(FormDesign.objects.get()) == codes(design)


def test_other_refusals(start, by, polling, outsider):
    design = start()
    with pytest.raises(Invalid, match="already has a form"):
        start(code="b")
    with pytest.raises(Invalid, match="short code"):
        start(code="Б1")
    with pytest.raises(Invalid, match="another stage"):
        start(base="A", code="Z")
    with pytest.raises(Invalid, match="no language"):
        start(code="Z", languages=("xx",))
    with pytest.raises(Invalid, match="already"):
        builder.add_question(design, by=by, revision=1, code="B01")
    with pytest.raises(Invalid, match="no question"):
        builder.add_question(design, by=by, revision=1, code="H01")
    with pytest.raises(Stale):
        builder.add_question(design, by=by, revision=7, code="A01")
    with pytest.raises(Invalid, match="not in this language"):
        builder.translate_design(design, by=by, revision=1, language="bg", texts={})
    with pytest.raises(NotAllowed):
        builder.move_question(design, by=user_actor(outsider), revision=1, code="B01", steps=1)
    with pytest.raises(NotAllowed):
        builder.start_design(polling, by=user_actor(outsider), code="Y", stage="voting", title="Y")


def test_an_uploaded_form_is_not_written_over(start, by, polling):
    Form.objects.create(mission=polling, code="B", form_id="mine", title_en="Mine")
    with pytest.raises(NotNow, match="does not write over"):
        builder.write_design(start(), by=by, revision=1)


def test_translations(start, by):
    design = start()
    form = builder.designed(design)
    rows = {key: (source, text) for key, source, text in form.translatable("fr")}
    assert rows["question:B01"][1].startswith("Matériel")
    assert form.missing("fr") == 0
    texts = {"question:B01": "Autre texte", "question:B02": rows["question:B02"][1], "question:NO": "x", "question:B03": ""}
    design = builder.translate_design(design, by=by, revision=1, language="fr", texts=texts)
    assert design.content["texts"] == {"question:B01": {"fr": "Autre texte"}}
    design = builder.set_languages(design, by=by, revision=design.revision, languages=["bg"])
    assert design.content["languages"] == ["en", "bg"]
    assert builder.designed(design).missing("bg") > 100
    design = builder.set_languages(design, by=by, revision=design.revision, languages=["fr"])
    assert "Autre texte" in str(builder.designed(design).rows[0])


def test_options():
    assert parse_options("blue = Blue pen\n\nBlack pen\nЧерна") == [("blue", "Blue pen"), ("black_pen", "Black pen"), ("option_4", "Черна")]


def test_the_preview_shows_each_language(start):
    form = builder.designed(start())
    sections = form.preview("de")
    assert [question.code for _label, questions in sections for question in questions if question.code[0] == "B"] == [
        row["code"] for row in read_questions() if row["form"] == "B"
    ]
    assert "Wahlwerbung" in str(sections)
    assert "Wahlwerbung" not in str(form.preview("en"))
