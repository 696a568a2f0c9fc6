"""Forms of a mission's own, copied to another mission."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM, user_actor
from core.errors import NotAllowed
from core.files import store_file
from field.enums import VersionState
from field.models import Form, FormVersion
from missions.services import templates

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(mission):
    form = Form.objects.create(mission=mission, code="B", form_id="bg-B", stage="voting", title_en="Voting in Bulgaria", title_fr="Vote")
    book = store_file(b"workbook", name="bg-B.xlsx", by=SYSTEM, mime="application/octet-stream")
    old = {"form": form, "xform": "<old/>", "md5": "1" * 32, "state": VersionState.CLOSED}
    FormVersion.objects.create(version="1", **old)
    published = {"state": VersionState.PUBLISHED, "published_at": mission.created_at, "xlsform": book, "questions": [{"code": "B01"}]}
    FormVersion.objects.create(form=form, version="2", xform="<new/>", md5="2" * 32, **published)
    Form.objects.create(mission=mission, code="X", form_id="empty", title_en="Without a version")
    return mission


def test_own_forms_come_with_their_newest_version(source, make_mission, as_coordinator):
    target = make_mission()
    parts = {part.code: part.lines for part in templates.plan_copy(target, source, by=as_coordinator)}
    assert parts["forms"] == ["B: Voting in Bulgaria"]
    (result,) = templates.copy_from(target, source, by=as_coordinator, parts=["forms"])
    assert result.made == 1
    form = Form.objects.get(mission=target)
    assert (form.code, form.form_id, form.title_fr) == ("B", "bg-B", "Vote")
    version = form.versions.get()
    assert (version.version, version.xform, version.state) == ("2", "<new/>", VersionState.PUBLISHED)
    assert version.questions == [{"code": "B01"}]
    assert version.xlsform.read() == b"workbook"
    assert source.forms.count() == 2


def test_twice_does_not_double_and_own_forms_stay(source, make_mission, as_coordinator):
    target = make_mission()
    own = Form.objects.create(mission=target, code="B", form_id="own-B", title_en="Ours")
    (result,) = templates.copy_from(target, source, by=as_coordinator, parts=["forms"])
    assert result.made == 0
    own.delete()
    templates.copy_from(target, source, by=as_coordinator, parts=["forms"])
    templates.copy_from(target, source, by=as_coordinator, parts=["forms"])
    assert Form.objects.filter(mission=target).count() == 1


def test_not_theirs(source, make_mission, observer_a):
    with pytest.raises(NotAllowed):
        templates.copy_from(make_mission(), source, by=user_actor(observer_a), parts=["forms"])
