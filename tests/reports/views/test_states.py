"""The whole line of a report by clicking: draft, agreed, consultation, committee, amended, adopted, under embargo, corrected, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from reports.models import ConsultationComment, DraftInvitation, Publication, Report, ReportParagraph

pytestmark = pytest.mark.django_db


@pytest.fixture
def clicks(drafting, make_report, figures, client_for, coordinator, publisher, make_assignment):
    """`clicks(reader, "move", "agree", note="…")`: send the form behind a button, then read the state on the report's page."""
    report = make_report(drafting)
    rapporteur = make_assignment(drafting, "rapporteur", "Rita", "Reporter").person.user
    readers = {"coordinator": coordinator, "publisher": publisher, "rapporteur": rapporteur}

    def go(reader: str, name: str, *parts: object, **data: object) -> str:
        url = reverse(f"reports:{name}", args=[drafting.reference, *parts])
        client = client_for(readers[reader])  # a sign-in does not last over an embargo
        assert client.get(url).status_code in {200, 302, 405}, url
        answer = client.post(url, data)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        page = client.get(reverse("reports:report", args=[drafting.reference])).content.decode()
        report.refresh_from_db()
        assert report.state == "withdrawn" or f'aria-current="step">{report.get_state_display()}' in page
        return report.state

    return go


def test_a_report_walks_its_whole_line(clicks, drafting, time_machine):
    today = clock.today()
    until = today + timedelta(days=7)
    assert clicks("rapporteur", "report_move", "agree") == "agreed"
    assert clicks("coordinator", "report_move", "return", note="A sentence is wrong.") == "draft"
    paragraph = ReportParagraph.objects.get(section__code="summary")
    assert clicks("rapporteur", "paragraph", paragraph.uuid, language="en", version="1", text="A better summary.") == "draft"
    assert clicks("rapporteur", "report_move", "agree") == "agreed"
    assert clicks("coordinator", "report_move", "consult", until=until.isoformat()) == "consultation"
    invitation = DraftInvitation.objects.get()
    ConsultationComment.objects.create(report=invitation.report, invitation=invitation, author="M", text="Hm.", received_at=clock.now())
    comment = ConsultationComment.objects.get()
    assert clicks("coordinator", "comment_answer", comment.uuid, answer="Noted.") == "consultation"
    assert clicks("rapporteur", "report_move", "agree", note="They are content.") == "agreed"
    assert clicks("coordinator", "report_move", "submit") == "committee"
    assert clicks("coordinator", "report_move", "amend", note="An amendment was tabled.") == "amended"
    paragraph.refresh_from_db()
    text = {"language": "en", "version": str(paragraph.version), "text": "An amended summary."}
    assert clicks("coordinator", "paragraph", paragraph.uuid, **text) == "amended"
    assert clicks("coordinator", "report_move", "settle") == "approved"
    numbers = {"number": "CPL(2027)52-03", "recommendation_number": "Recommendation 601 (2027)"}
    assert clicks("coordinator", "report_move", "adopt", adopted_on=today.isoformat(), **numbers) == "adopted"

    end = (clock.now().astimezone(ZoneInfo(clock.STRASBOURG)) + timedelta(days=1)).replace(second=0, microsecond=0)
    embargo = {"day": end.date().isoformat(), "time": f"{end:%H:%M}"}
    yes = {"unchecked_accepted": ["fr"], "findings_accepted": "on"}
    assert clicks("publisher", "publish", languages=["en", "fr"], **embargo, **yes) == "published"
    slug = Publication.objects.get().slug
    public = f"/published/en/reports/{slug}/"
    assert Client().get(public).status_code == 404, "under embargo"
    time_machine.move_to(end)
    assert "An amended summary." in Client().get(public).content.decode()
    given = {f"p_{paragraph.uuid}_en": "A corrected summary.", "note_en": "One word.", **yes}
    assert clicks("publisher", "correct", **given) == "published"
    assert "A corrected summary." in Client().get(public).content.decode()
    assert "An amended summary." in Client().get(f"{public}v{Publication.objects.earliest('pk').version.number}/").content.decode()
    assert clicks("coordinator", "report_move", "transmit", transmitted_on=clock.today().isoformat()) == "transmitted"
    assert clicks("publisher", "withdraw", notice_en="Published by mistake.") == "withdrawn"
    gone = Client().get(public)
    assert gone.status_code == 410 and "Published by mistake." in gone.content.decode()
    assert [move.target for move in Report.objects.get().moves.all()] == [
        "agreed", "draft", "agreed", "consultation", "agreed", "committee", "amended", "approved", "adopted", "published", "transmitted",
        "withdrawn",
    ]  # fmt: skip


def test_a_draft_is_withdrawn_with_a_reason_alone(clicks, drafting, client_for, coordinator):
    form = client_for(coordinator).get(reverse("reports:withdraw", args=[drafting.reference])).content.decode()
    assert 'name="note"' in form and "notice_en" not in form
    assert clicks("coordinator", "withdraw", note="The wrong mission.") == "withdrawn"
    assert Report.objects.get().moves.get().note == "The wrong mission."
