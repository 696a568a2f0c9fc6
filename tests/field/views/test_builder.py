"""Pages of the form builder and of forms on paper."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actors import user_actor
from field.documents.paper_form.build import build_paper_form
from field.models import FormDesign, FormVersion
from field.services import builder
from tests.core.documents.test_pdf import check_ua1

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(polling, coordinator):
    return builder.start_design(
        polling, by=user_actor(coordinator), code="B", stage="voting", title="Voting", base="B", languages=["fr", "de", "bg"]
    )


@pytest.fixture
def act(client_for, coordinator, design):
    def post(what: str, **values):
        row = FormDesign.objects.get(pk=design.pk)
        url = reverse("field:builder_act", args=[design.mission.reference, design.uuid])
        return client_for(coordinator).post(url, {"act": what, "revision": row.revision} | values, follow=True)

    return post


def codes(design) -> list[str]:
    return [item["code"] for item in FormDesign.objects.get(pk=design.pk).content["items"]]


def test_begins_a_form(client_for, coordinator, polling):
    client, url = client_for(coordinator), reverse("field:builder_start", args=[polling.reference])
    assert client.get(url).status_code == 200
    given = {"base": "A", "title": "Opening in Plovdiv", "code": "A", "stage": "opening", "languages": ["bg"]}
    response = client.post(url, given | {"stage": "voting"})
    assert (response.status_code, b"another stage" in response.content) == (400, True)
    assert client.post(url, given).status_code == 302
    made = FormDesign.objects.get()
    assert (made.code, made.content["languages"], len(made.content["items"])) == ("A", ["en", "bg"], 26)
    assert made.get_absolute_url() in client.get(reverse("field:forms", args=[polling.reference])).content.decode()


def test_the_focus_stays_where_one_works(act, design):
    body = act("down:B01").content.decode()
    assert codes(design)[:2] == ["B02", "B01"]
    (focused,) = re.findall(r'<button[^>]*value="([\w:]+)"[^>]* autofocus', body)
    assert focused == "down:B01"
    body = act("add", question="A19").content.decode()
    assert "A19 is added." in body
    assert re.findall(r'value="([\w:]+)"[^>]* autofocus', body) == ["down:A19"]
    act("remove:A19")
    assert "A19" not in codes(design)


def test_a_change_from_an_old_page_is_refused(act, design):
    act("down:B01")
    body = act("down:B01", revision="1").content.decode()
    assert "Somebody else changed this form" in body
    assert codes(design)[:2] == ["B02", "B01"]


def test_a_country_question_is_added_and_changed(client_for, coordinator, design):
    client = client_for(coordinator)
    url = reverse("field:builder_country", args=[design.mission.reference, design.uuid])
    given = {"question": "Which pen?", "kind": "one", "options": "blue = Blue\nblack = Black", "required": "on"}
    given |= {"flag": "blue", "severity": "1", "standards": "COGP-I.4, CPH-7.4"}
    response = client.post(url, given | {"flag": "green"})
    assert (response.status_code, "these can: black, blue" in response.content.decode()) == (400, True)
    assert client.post(url, given).url.endswith("?at=X01&did=edit")
    change = reverse("field:builder_country_change", args=[design.mission.reference, design.uuid, "X01"])
    body = client.get(change).content.decode()
    assert all(text in body for text in ("Which pen?", "blue = Blue", "COGP-I.4, CPH-7.4"))
    client.post(change, given | {"question": "Which pen was used?", "flag": "", "severity": ""})
    row = FormDesign.objects.get()
    assert row.content["texts"]["question:X01"] == {"en": "Which pen was used?"}
    assert [item for item in row.content["items"] if item["code"] == "X01"][0]["flag"] == []


def test_translates_side_by_side_and_previews(client_for, coordinator, design):
    client = client_for(coordinator)
    url = reverse("field:builder_translate", args=[design.mission.reference, design.uuid, "bg"])
    assert "Campaign material or campaigning" in client.get(url).content.decode()
    client.post(url, {"revision": 1, "text:question:B01": "Агитация?", "checked": "on"})
    body = client.get(design.get_absolute_url(), {"language": "bg"}).content.decode()
    assert 'class="phone-screen" lang="bg"' in body
    assert "Агитация?" in body
    assert "checked by a person" not in body  # texts are missing still
    stale = client.post(url, {"revision": 1, "text:question:B02": "Мой текст"})
    assert (stale.status_code, "Мой текст" in stale.content.decode()) == (409, True)
    assert client.get(reverse("field:builder_translate", args=[design.mission.reference, design.uuid, "en"])).status_code == 302


def test_writes_the_form(client_for, coordinator, design, monkeypatch):
    monkeypatch.setattr("field.xforms.compile.shutil.which", lambda name: None)
    client, row = client_for(coordinator), design
    url = reverse("field:builder_write", args=[design.mission.reference, design.uuid])
    response = client.post(url, {"revision": row.revision}, follow=True)
    version = FormVersion.objects.get(form__mission=design.mission)
    assert response.redirect_chain[-1][0] == reverse("field:version", args=[design.mission.reference, version.uuid])
    assert "Java is not installed" in response.content.decode()
    builder.remove_question(row, by=user_actor(coordinator), revision=1, code="B17")
    body = client.post(url, {"revision": 2}, follow=True).content.decode()
    assert "B18 depends on B17" in body


def test_who_may_not(client_for, outsider, team, design):
    observer = team.members.get().person.user
    names = {"builder": [], "builder_country": [], "builder_translate": ["fr"]}
    for name, more in names.items():
        url = reverse(f"field:{name}", args=[design.mission.reference, design.uuid, *more])
        assert [client_for(user).get(url).status_code for user in (None, outsider, observer)] == [302, 404, 403]
    for name in ("builder_act", "builder_write"):
        url = reverse(f"field:{name}", args=[design.mission.reference, design.uuid])
        assert [client_for(user).post(url, {"revision": 1}).status_code for user in (None, outsider, observer)] == [302, 404, 403]
    assert design.version is None


def test_the_list_asks_no_more_for_more_forms(client_for, coordinator, polling, forms):
    client, url, counts = client_for(coordinator), reverse("field:forms", args=[polling.reference]), []
    client.get(url)
    for number in range(3):
        builder.start_design(polling, by=user_actor(coordinator), code=f"M{number}", stage="other", title="More")
        if number in {0, 2}:
            with CaptureQueriesContext(connection) as found:
                assert client.get(url).status_code == 200
            counts.append(len(found))
    assert counts[0] == counts[1]


def text_of(pdf: bytes) -> tuple[str, int]:
    """Language and number of pages."""
    with pikepdf.open(io.BytesIO(pdf)) as book:
        return str(book.Root.Lang), len(book.pages)


@pytest.mark.parametrize("code", list("ABCDI"))
def test_standard_forms_on_paper(client_for, team, polling, forms, code):
    """Every standard form in its three languages passes PDF/UA-1 and has a readable length."""
    client = client_for(team.members.get().person.user)
    for language in ("en", "fr", "de"):
        response = client.get(reverse("field:version_paper", args=[polling.reference, forms[code].uuid, language]))
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        check_ua1(response.content)
        said, pages = text_of(response.content)
        assert (said, pages <= 5) == (language, True)


def test_paper_in_other_languages(client_for, coordinator, outsider, design):
    by = user_actor(coordinator)
    row = builder.translate_design(design, by=by, revision=1, language="bg", texts={"question:B01": "Агитация?"})
    version = builder.write_design(row, by=by, revision=row.revision).version
    url = reverse("field:version_paper", args=[design.mission.reference, version.uuid, "bg"])
    response = client_for(coordinator).get(url)
    assert text_of(response.content)[0] == "bg"
    check_ua1(response.content)
    assert client_for(coordinator).get(url.replace("/bg/", "/xx/")).status_code == 404
    assert client_for(outsider).get(url).status_code == 404


def test_a_refused_upload_names_every_place(client_for, coordinator, polling):
    from tests.field.xforms.test_ugly import form

    bad = SimpleUploadedFile("form.xlsx", form(["text", "A1", "One", "${A9} = 1"], ["begin group", "g", "G"], ["end group"]))
    response = client_for(coordinator).post(reverse("field:upload_form", args=[polling.reference]), {"file": bad, "stage": "voting"})
    body = response.content.decode()
    assert response.status_code == 400
    assert "Sheet survey, row 2, column relevant:" in body
    assert "Sheet survey, row 3, column type:" in body


def test_paper_has_places_for_the_day_where_a_day_is_asked(forms):
    """An incident asks for day and time: boxes for the time alone leave nowhere to write the day."""
    content = build_paper_form(forms["I"], "en")
    sizes = [row[1] for block in content["blocks"] if block["type"] == "facts" for row in block["rows"]]
    assert "datetime" in sizes and "time" not in sizes
    opening = build_paper_form(forms["A"], "en")
    assert "time" in [row[1] for block in opening["blocks"] if block["type"] == "facts" for row in block["rows"]]
    starred = [block["runs"] if "runs" in block else block["text"] for block in content["blocks"] if block["type"] == "paragraph"]
    assert "\u00a0*" in str(starred).replace("\\xa0", "\u00a0"), "the star stays with the last word of the question"
