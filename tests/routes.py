"""Every URL of the project, and who may: the table that `test_routes.py` walks.

A row says: who may, how the address is called, by which methods, and to whom the thing behind it is visible at all. Whoever is
not named is refused: a stranger is sent to the sign-in (401 in the API), somebody to whom the thing is invisible gets 404, the
others 403. Adding a URL without saying here who may, or naming one that is gone, fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from core.readers import token_for
from tests.world import PERSONAS, World

EVERYBODY = frozenset(PERSONAS)
SIGNED_IN = EVERYBODY - {"stranger", "phone"}
NOBODY: frozenset[str] = frozenset()
COORDINATOR = frozenset({"coordinator"})
PUBLISHER = frozenset({"publisher"})
ADMINISTRATOR = frozenset({"administrator"})
SECRETARIAT = COORDINATOR | PUBLISHER
DESK = frozenset({"coordinator", "publisher", "auditor", "administrator"})
LEADERS = frozenset({"head", "rapporteur"})
DELEGATION = frozenset({"observer_a", "observer_b"}) | LEADERS
INSIDE = DELEGATION | DESK
"""Who reads what belongs to the mission of the world."""
CALLED = INSIDE | {"invited"}
"""To whom that mission is visible: also who is asked and has not answered."""
PHONE = frozenset({"phone"})


Words = Callable[[World], Any]


@dataclass(frozen=True)
class Route:
    """One address by one method. `seen`: who gets 403 instead of 404 when refused; `data`: what is sent with it."""

    name: str
    method: str
    who: frozenset[str]
    seen: frozenset[str] = SIGNED_IN
    data: Words | dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def rows(who: frozenset[str], names: str, *, methods: str = "GET", seen: frozenset[str] = SIGNED_IN) -> list[Route]:
    """Several addresses with one audience."""
    return [
        Route(name, method, who, seen, DATA.get(name, {}) if method != "GET" or name.startswith("chain-") else {})
        for name in names.split()
        for method in methods.split()
    ]


DATA: dict[str, Words | dict[str, Any]] = {
    # What decides about the right to an act is the service behind the page: send it something to decide about.
    "missions:mission_move": {"action": "debrief"},
    "missions:preparation_act": {"act": "done"},
    "missions:meeting_cancel": {"reason": "Nobody came."},
    "missions:meeting_presence": {"others": "The chair."},
    "missions:meeting_task": {"text": "Send the law."},
    "missions:meeting_note": {"topic": "L01", "text": "They were late.", "access": "team"},
    "missions:note_edit": {"topic": "L01", "text": "They were on time."},
    "missions:note_access": {"access": "public"},
    "observers:person_merge": lambda world: {"other": world.users["invited"].person.uuid},
    "observers:own_page": {"do": "correction", "correction-topic": "other", "correction-text": "My name."},
    "observers:own_page_by_link": {"do": "correction", "correction-topic": "other", "correction-text": "My name."},
    "observers:correction_answer": {"do": "take"},
    "observers:stop": {"do": "record", "outcome": "visited"},
    "observers:team": {"do": "rename", "name": "Team C"},
    "observers:assignment_act": {"reason": "Ill."},
    "observers:replacement": lambda world: {"person": world.person.uuid},
    "observers:call_act": {"reason": "Put off."},
    "observers:nominations": lambda world: {"do": f"withdraw:{world.nomination.uuid}"},
    "observers:compose_adjust": lambda world: {"proposal": world.proposal.uuid},
    "observers:compose_accept": lambda world: {"proposal": world.proposal.uuid},
    "field:rename": {"name": "Blue phone"},
    "field:move_station": lambda world: {"station": world.stations[1].code, "reason": "Typed wrongly."},
    "reports:finding_evidence": lambda world: {"kind": "note", "value": world.note.uuid},
    "reports:finding_move": {"action": "drop", "note": "Wrong."},
    "reports:finding_comment": {"text": "Really?"},
    "reports:recommendation_withdraw": {"reason": "Wrong."},
    "reports:recommendation_assess": {"status": "not_implemented", "basis": "letter"},
    "reports:past_assessment_withdraw": {"reason": "It was another one."},
    "reports:comment_answer": {"answer": "Chapter 4 says so now."},
    "reports:draft_by_link": {"text": "The date of the law is wrong."},
    "reports:assessment_withdraw": {"reason": "It was another one."},
    "reports:section": {"text_en": "More words."},
    "reports:paragraph": {"text_en": "Other words.", "version": "1"},
    "reports:paragraph_remove": {"version": "1"},
    "reports:section_draft": {"language": "en", "text": "Half a sen"},
    "reports:paragraph_draft": {"language": "en", "text": "Half a sen", "version": "1"},
    "reports:paragraph_remark": {"kind": "comment", "language": "en", "text": "Too long."},
    "reports:word_import": {"drop": "1"},
    "reports:remark_decide": {"reject": "1", "answer": "It is short."},
    "reports:remark_reply": {"text": "How so?"},
    "reports:remark_change": {"text": "Much too short."},
    "reports:remark_reopen": {"reason": "It is not."},
    "reports:consultation_extend": {"until": "2031-01-31", "reason": "They asked."},
    "reports:statement": {"languages": ["en"]},
    "reports:version": {"languages": ["en"]},
    "reports:text": {"title_en": "Observers come", "body_en": "They come.", "version": "1"},
    "reports:fixed_words": {"text_contact": "Կապ"},
    "fixed-word-detail": {"text_contact": "Կապ"},
    "translation-list": lambda world: {"mission": world.mission.reference, "language": "fr", "texts": []},
    "report-detail": {"version": 1, "session": "53rd session"},
    "reports:text_move": {"action": "approve"},
    "reports:collected_move": {"action": "check"},
    "reports:practice_move": {"action": "return", "note": "Wrong."},
    "chain-list": lambda world: {"paragraph": str(world.paragraph.uuid)},
    "chain-up": lambda world: {"kind": "meeting", "uuid": str(world.meeting.uuid)},
    "mission-moves": {"action": "debrief"},
    "preparation-list": lambda world: {"mission": world.mission.reference, "title": "Hire a bus"},
    "preparation-detail": {"note": "By bus."},
    "milestone-move": {"to": "2027-01-01", "reason": "Agreed."},
    "meetingnote-list": lambda world: {"meeting": str(world.meeting.uuid), "topic": "L01", "text": "They were late."},
    "meetingnote-detail": {"text": "They were on time."},
    "meetingnote-access": {"access": "public"},
    "meetingtask-list": lambda world: {"meeting": str(world.meeting.uuid), "text": "Send the law."},
    "meeting-presence": {"others": "The chair."},
    "finding-list": lambda world: {"mission": world.mission.reference, "statement": {"en": "Seen."}, "phase": "voting"},
    "finding-detail": {"version": 1, "phase": "voting"},
    "finding-move": {"action": "drop", "note": "Wrong."},
    "finding-reword": {"language": "en", "text": "Seen often.", "version": 1},
    "word-document-list": lambda world: {"report": str(world.report.uuid)},
    "word-document-take": {"decisions": []},
    "bare-share-accept": lambda world: {"mission": world.mission.reference, "sentences": ["0" * 64], "reason": "The law."},
    "recommendation-list": lambda world: {"mission": world.mission.reference, "text": {"en": "ensure secrecy"}},
    "recommendation-detail": {"version": 1, "text": {"en": "ensure secrecy"}},
    "recommendation-assess": {"status": "not_implemented", "basis": "letter"},
    "report-moves": {"action": "submit"},
    "report-extend": {"until": "2031-01-31", "reason": "They asked."},
    "remark-list": lambda world: {"paragraph": str(world.paragraph.uuid), "kind": "comment", "language": "en", "text": "Too long."},
    "remark-detail": {"text": "Much too short."},
    "remark-reply": {"text": "How so?"},
    "remark-reject": {"answer": "It is short."},
    "remark-reopen": {"reason": "It is not."},
    "stop-record": {"outcome": "visited"},
    "assignment-withdraw": {"reason": "Ill."},
    "interest-call-withdraw": {"reason": "Put off."},
    "assignment-answer": {"accept": True},
}

TABLE: list[Route] = [
    # --- the house --------------------------------------------------------------------------------------------------
    *rows(EVERYBODY, "core:healthz core:readyz"),
    *rows(DESK, "core:file", seen=NOBODY),
    *rows(SIGNED_IN, "core:jobs accounts:profile"),
    *rows(COORDINATOR | ADMINISTRATOR, "core:job core:job_status", seen=NOBODY),
    *rows(COORDINATOR | ADMINISTRATOR, "core:job_cancel core:job_retry", methods="POST", seen=NOBODY),
    *rows(frozenset({"auditor", "administrator"}), "core:log accounts:accounts"),
    *rows(
        frozenset({"coordinator", "auditor", "administrator"}),
        "core:outbox core:mail core:suppressed core:reminder_rules core:reminder_plan",
    ),
    *rows(COORDINATOR | ADMINISTRATOR, "core:mail_act core:suppress", methods="POST"),
    *rows(COORDINATOR | ADMINISTRATOR, "core:mail_texts"),
    *rows(COORDINATOR | ADMINISTRATOR, "core:mail_text", methods="GET POST"),
    *rows(SIGNED_IN, "core:inbox"),
    *rows(SIGNED_IN, "core:inbox_act core:push", methods="POST"),
    *rows(EVERYBODY, "core:push_worker"),
    *rows(EVERYBODY, "core:unsubscribe", methods="GET POST"),
    *rows(EVERYBODY, "core:bounces", methods="POST"),
    *rows(ADMINISTRATOR, "core:schedules"),
    *rows(ADMINISTRATOR, "core:reminder_rule", methods="GET POST"),
    *rows(ADMINISTRATOR, "accounts:account_create accounts:account_roles accounts:account_link accounts:account_close", methods="POST"),
    *rows(EVERYBODY, "set_language", methods="POST"),
    *rows(EVERYBODY, "schema docs"),
    # --- doors without an account: who has the address may ----------------------------------------------------------
    *rows(EVERYBODY, "accounts:link missions:calendar"),
    *rows(EVERYBODY, "accounts:password_by_link missions:request_by_link missions:meeting_by_link observers:join", methods="GET POST"),
    *rows(EVERYBODY, "missions:letter_by_link"),
    *rows(EVERYBODY, "observers:call_by_link observers:nominate_by_link observers:accept_nomination_by_link", methods="GET POST"),
    *rows(EVERYBODY, "reports:draft_by_link", methods="GET POST"),
    *rows(EVERYBODY, "reports:draft_pdf_by_link"),
    # --- the public site --------------------------------------------------------------------------------------------
    *rows(
        EVERYBODY,
        """reports:public_home reports:robots reports:public_sitemap reports:public_index reports:public_feed reports:public_report
        reports:public_report_json reports:public_version reports:public_changes reports:public_download reports:public_tracker
        reports:public_tracker_json reports:public_tracker_csv reports:public_recommendation reports:public_countries
        reports:public_country reports:public_picture reports:public_host_report reports:public_host_version
        reports:public_search reports:public_data reports:public_dictionary reports:public_reports_json reports:public_reports_csv
        reports:public_texts reports:public_text reports:public_text_json reports:public_text_version reports:public_text_download
        reports:public_practices reports:public_practices_json reports:public_practices_csv reports:public_practice""",
    ),
    # --- the phone app ----------------------------------------------------------------------------------------------
    *rows(EVERYBODY, "field_app:shell field_app:service_worker field_app:manifest"),
    # --- missions ---------------------------------------------------------------------------------------------------
    *rows(SIGNED_IN, "missions:missions missions:past_missions missions:my_calendar observers:own_missions"),
    *rows(COORDINATOR, "missions:mission_watch missions:request_new missions:request_link", methods="GET POST"),
    *rows(CALLED, "missions:mission", seen=CALLED),
    *rows(SECRETARIAT, "missions:mission_move", methods="POST", seen=CALLED),
    *rows(SECRETARIAT, "missions:mission_convert", methods="GET POST", seen=CALLED),
    *rows(SIGNED_IN, "missions:agenda"),
    *rows(
        COORDINATOR,
        """missions:mission_edit missions:visit_new missions:visit_edit missions:second_mission missions:polling_day
        missions:mission_continue missions:mission_decide
        missions:polling_days missions:mission_copy
        missions:preparation_new missions:preparation""",
        methods="GET POST",
        seen=CALLED,
    ),
    *rows(COORDINATOR, "missions:polling_day_act missions:mission_part missions:preparations_list", methods="POST", seen=CALLED),
    *rows(INSIDE, "missions:timeline missions:preparations", seen=CALLED),
    *rows(COORDINATOR, "missions:preparation_act", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "missions:milestone", methods="POST", seen=CALLED),
    *rows(INSIDE, "missions:programme missions:stations", seen=CALLED),
    *rows(INSIDE, "missions:meeting", seen=CALLED),
    *rows(
        COORDINATOR, "missions:track_new missions:track_edit missions:meeting_new missions:meeting_edit", methods="GET POST", seen=CALLED
    ),
    *rows(
        COORDINATOR,
        """missions:programme_release missions:programme_documents missions:meeting_cancel missions:participant_invite
        missions:participant_answer missions:participant_reply missions:participant_accept_time missions:participant_decline_time
        missions:participant_withdraw missions:stations_upload""",
        methods="POST",
        seen=CALLED,
    ),
    *rows(COORDINATOR | DELEGATION, "missions:meeting_held missions:meeting_note", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "missions:stations_import missions:station_edit", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR | DELEGATION, "missions:meeting_presence missions:meeting_task missions:task_mark", methods="POST", seen=CALLED),
    *rows(INSIDE, "missions:notes", seen=CALLED),
    *rows(frozenset({"observer_a"}), "missions:note_edit", methods="GET POST", seen=INSIDE),
    *rows(COORDINATOR, "missions:note_access", methods="POST", seen=INSIDE),
    *rows(INSIDE, "missions:programme_seen", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "missions:meeting_move missions:meeting_batch missions:travel", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR, "missions:programme_undo", methods="POST", seen=CALLED),
    *rows(DESK, "missions:requests missions:requests_csv missions:organisations missions:organisation"),
    *rows(DESK, "missions:elections missions:elections_ics"),
    *rows(COORDINATOR, "missions:letters"),
    *rows(COORDINATOR, "missions:letter", methods="GET POST"),
    *rows(COORDINATOR, "missions:letter_restore", methods="POST"),
    *rows(DESK, "missions:request", seen=DESK),
    *rows(
        COORDINATOR,
        "missions:request_edit missions:request_split missions:request_note missions:request_decide",
        methods="GET POST",
        seen=DESK,
    ),
    *rows(COORDINATOR, "missions:request_answer", methods="GET POST", seen=DESK),
    *rows(DESK, "missions:request_compare", seen=DESK),
    *rows(COORDINATOR, "missions:request_compare", methods="POST", seen=DESK),
    *rows(
        COORDINATOR,
        """missions:request_register missions:request_polling missions:request_link_revoke missions:request_withdraw missions:request_resend
        missions:request_documents""",
        methods="POST",
        seen=DESK,
    ),
    *rows(COORDINATOR, "missions:organisation_new missions:organisation_edit missions:contact_new", methods="GET POST"),
    *rows(COORDINATOR, "missions:contact_edit missions:organisation_merge missions:organisations_upload", methods="GET POST"),
    *rows(COORDINATOR, "missions:organisations_import", methods="GET POST"),
    *rows(
        COORDINATOR,
        """missions:contact_remove missions:organisation_renew missions:organisation_retire missions:organisation_restore
        missions:organisation_remove missions:merge_undo""",
        methods="POST",
    ),
    *rows(frozenset({"observer_a"}), "missions:calendar_reset", methods="POST", seen=NOBODY),
    # --- people and delegation --------------------------------------------------------------------------------------
    *rows(
        DESK,
        """observers:people observers:person observers:national_delegation observers:national_delegations observers:terms
        observers:renewals observers:corrections""",
    ),
    *rows(COORDINATOR | ADMINISTRATOR, "observers:person_stored"),
    *rows(COORDINATOR, "observers:person_paper"),
    *rows(SECRETARIAT | ADMINISTRATOR, "observers:people_export"),
    *rows(COORDINATOR, "observers:person_merge", methods="GET POST"),
    *rows(COORDINATOR, "observers:person_merge_undo", methods="POST"),
    *rows(SECRETARIAT, "observers:own_link", methods="POST"),
    *rows(COORDINATOR, "observers:correction_answer observers:state_mark_end", methods="POST"),
    *rows(SIGNED_IN, "observers:own_page observers:own_stored", methods="GET"),
    *rows(SIGNED_IN, "observers:own_page", methods="POST"),
    *rows(frozenset({"observer_a"}), "observers:own_paper", seen=NOBODY),
    *rows(EVERYBODY, "observers:own_page_by_link", methods="GET POST"),
    *rows(EVERYBODY, "observers:own_stored_by_link observers:own_paper_by_link"),
    *rows(
        COORDINATOR,
        """observers:person_new observers:people_import observers:person_edit observers:membership_add observers:membership_end
        observers:membership_change observers:membership_credential observers:mandate_add observers:mandate_lose observers:state_mark
        observers:composition_judgement
        observers:renewal_new observers:renewal observers:extension""",
        methods="GET POST",
    ),
    *rows(frozenset({"observer_a"}), "observers:own_assignment observers:own_call", methods="GET POST", seen=NOBODY),
    *rows(DESK, "observers:balance"),
    *rows(DESK, "observers:call observers:nominations", seen=CALLED),
    *rows(COORDINATOR, "observers:call observers:nominations observers:call_act", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "observers:accreditation", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR, "observers:accreditation_list", methods="POST", seen=CALLED),
    *rows(INSIDE, "observers:delegation observers:delegation_list", seen=CALLED),
    *rows(COORDINATOR, "observers:delegation_list", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "observers:invite observers:compose observers:replacement", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR, "observers:compose_candidates", seen=CALLED),
    *rows(
        COORDINATOR,
        """observers:confirm_all observers:override observers:compose_adjust observers:compose_accept observers:decide_interests
        observers:assignment_act""",
        methods="POST",
        seen=CALLED,
    ),
    # --- deployment -------------------------------------------------------------------------------------------------
    *rows(
        INSIDE,
        """observers:deployment observers:deployment_plan observers:deployment_map observers:coverage observers:team
        observers:deployment_workbook observers:deployment_table observers:deployment_contacts observers:team_sheet
        observers:team_sheet_file""",
        seen=CALLED,
    ),
    *rows(
        COORDINATOR,
        "observers:deployment_plan observers:deployment_draw observers:deployment_release observers:team_new observers:team"
        " observers:deployment_move observers:deployment_contacts",
        methods="POST",
        seen=CALLED,
    ),
    *rows(frozenset({"coordinator", "head", "observer_a"}), "observers:stop", methods="POST", seen=CALLED),
    # --- polling day ------------------------------------------------------------------------------------------------
    *rows(
        INSIDE,
        """field:live field:live_content field:live_map field:records field:record field:incident field:figures field:forms field:version
        field:version_file field:version_paper""",
        seen=CALLED,
    ),
    *rows(SECRETARIAT | LEADERS, "field:export field:export_workbook field:feed", seen=CALLED),
    *rows(SECRETARIAT | LEADERS, "field:feed field:feed_end", methods="POST", seen=CALLED),
    *rows(COORDINATOR | LEADERS, "field:review field:decide_conflict field:incident_act", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "field:devices", seen=CALLED),
    *rows(
        COORDINATOR,
        "field:move_station field:upload_form field:version_act field:settings field:enrol field:enrol_collect field:rename field:revoke",
        methods="POST",
        seen=CALLED,
    ),
    *rows(COORDINATOR, "field:builder", seen=CALLED),
    *rows(COORDINATOR, "field:import_records", methods="GET POST", seen=CALLED),
    *rows(
        COORDINATOR,
        "field:builder_start field:builder_country field:builder_country_change field:builder_translate",
        methods="GET POST",
        seen=CALLED,
    ),
    *rows(COORDINATOR, "field:builder_act field:builder_write", methods="POST", seen=CALLED),
    # --- findings and recommendations -------------------------------------------------------------------------------
    *rows(
        INSIDE,
        "reports:findings reports:finding reports:statement reports:uses reports:recommendations reports:recommendation",
        seen=CALLED,
    ),
    *rows(INSIDE, "reports:shares", seen=CALLED),
    *rows(PUBLISHER, "reports:shares reports:share_take_back", methods="POST", seen=CALLED),
    *rows(COORDINATOR | DELEGATION, "reports:finding_add reports:finding_evidence", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR | DELEGATION, "reports:findings_suggest reports:finding_comment", methods="POST", seen=CALLED),
    *rows(COORDINATOR | LEADERS, "reports:finding_change", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR | LEADERS, "reports:finding_move reports:evidence_remove reports:statement", methods="POST", seen=CALLED),
    *rows(
        COORDINATOR | {"rapporteur"},
        "reports:recommendation_add reports:recommendation_change reports:dialogue_add reports:recommendation_assess",
        methods="GET POST",
        seen=CALLED,
    ),
    *rows(
        COORDINATOR | {"rapporteur"},
        "reports:recommendations_order reports:recommendation_withdraw reports:assessment_withdraw reports:recommendation_relate",
        methods="POST",
        seen=CALLED,
    ),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:recommendation_translate", methods="POST", seen=CALLED),
    # --- before Scrutin ---------------------------------------------------------------------------------------------
    *rows(DESK, "reports:past_texts"),
    *rows(DESK, "reports:past_text reports:past_recommendation", seen=DESK),
    *rows(SECRETARIAT, "reports:past_text_add reports:past_upload", methods="GET POST"),
    *rows(COORDINATOR, "reports:past_import", methods="GET POST", seen=SIGNED_IN - PUBLISHER),  # whose file it is
    *rows(
        SECRETARIAT,
        "reports:past_text_change reports:past_recommendation_add reports:past_recommendation_change reports:past_recommendation_assess",
        methods="GET POST",
        seen=DESK,
    ),
    *rows(
        SECRETARIAT,
        """reports:past_text_remove reports:past_recommendation_remove reports:past_recommendation_relate
        reports:past_assessment_withdraw""",
        methods="POST",
        seen=DESK,
    ),
    *rows(PUBLISHER, "reports:past_text_release reports:past_text_take_back", methods="POST", seen=DESK),
    # --- good practice of other collections -------------------------------------------------------------------------
    *rows(DESK, "reports:collected"),
    *rows(DESK, "reports:collected_practice", seen=DESK),
    *rows(SECRETARIAT, "reports:collected_upload", methods="GET POST"),
    *rows(COORDINATOR, "reports:collected_import", methods="GET POST", seen=SIGNED_IN - PUBLISHER),  # whose file it is
    *rows(SECRETARIAT, "reports:collected_move", methods="POST", seen=DESK),
    # --- the report -------------------------------------------------------------------------------------------------
    *rows(INSIDE, "reports:report reports:section reports:paragraph reports:version reports:compare", seen=CALLED),
    *rows(COORDINATOR | {"rapporteur"}, "reports:report_open", methods="POST", seen=CALLED),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:report_cover", methods="GET POST", seen=CALLED),
    *rows(
        SECRETARIAT | {"rapporteur"},
        """reports:section reports:paragraph reports:paragraph_remove reports:report_freeze reports:version reports:section_draft
        reports:paragraph_draft reports:remark_decide""",
        methods="POST",
        seen=CALLED,
    ),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:word reports:word_import", methods="GET POST", seen=CALLED),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:word_file reports:word_draft", seen=CALLED),
    *rows(SECRETARIAT | DELEGATION, "reports:paragraph_remark reports:remark_reply", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "reports:remark_change reports:remark_take_back", methods="POST", seen=CALLED),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:remark_reopen", methods="POST", seen=CALLED),
    *rows(SECRETARIAT, "reports:consultation_extend reports:comment_enter", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR, "reports:report_move", methods="POST", seen=CALLED),
    *rows(INSIDE, "reports:report_move", seen=CALLED),
    *rows(COORDINATOR, "reports:adoption_correct", methods="GET POST", seen=CALLED),
    *rows(PUBLISHER, "reports:publish reports:correct", methods="GET POST", seen=CALLED),
    *rows(SECRETARIAT, "reports:withdraw", methods="GET POST", seen=CALLED),
    *rows(SECRETARIAT, "reports:letter", methods="POST", seen=CALLED),
    *rows(COORDINATOR, "reports:rapporteur_remind reports:consultation_again", methods="POST", seen=CALLED),
    *rows(COORDINATOR | {"rapporteur"}, "reports:comment_answer", methods="POST", seen=CALLED),
    *rows(DESK | LEADERS, "reports:comment_file", seen=CALLED),
    *rows(INSIDE, "reports:texts reports:text reports:practices reports:practice", seen=CALLED),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:text reports:text_compose", methods="POST", seen=CALLED),
    *rows(INSIDE, "reports:translation", seen=CALLED),
    *rows(SECRETARIAT | {"rapporteur"}, "reports:translation", methods="POST", seen=CALLED),
    *rows(DESK, "reports:fixed_words reports:fixed_words_table"),
    *rows(SECRETARIAT, "reports:fixed_words", methods="POST"),
    *rows(COORDINATOR | LEADERS, "reports:text_move", methods="POST", seen=CALLED),
    *rows(PUBLISHER, "reports:text_release", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR | DELEGATION, "reports:practice_add", methods="GET POST", seen=CALLED),
    *rows(SECRETARIAT | LEADERS, "reports:practice_change", methods="GET POST", seen=CALLED),
    *rows(COORDINATOR | LEADERS, "reports:practice_move", methods="POST", seen=CALLED),
    # --- the API: the same rights; a phone has those of its person that were opened to phones ------------------------
    *rows(SIGNED_IN | PHONE, "api-root"),
    *rows(SIGNED_IN, "standard-list standard-detail topic-list topic-detail"),
    *rows(
        SIGNED_IN | PHONE,
        "mission-list station-list meeting-list team-list stop-list observation-list incident-list form-list form-version-list",
    ),
    *rows(
        SIGNED_IN,
        "assignment-list milestone-list finding-list recommendation-list report-list mission-text-list good-practice-list",
    ),
    *rows(SIGNED_IN, "remark-list translation-list bare-share-list word-document-list"),
    *rows(SECRETARIAT | {"rapporteur"}, "translation-list", methods="POST"),
    *rows(DESK, "fixed-word-list fixed-word-detail fixed-word-table"),
    *rows(SECRETARIAT, "fixed-word-detail", methods="PATCH"),
    *rows(SECRETARIAT, "fixed-word-read-in", methods="POST"),
    *rows(CALLED | PHONE, "mission-detail mission-moves mission-history"),
    *rows(INSIDE | PHONE, "form-detail form-version-detail form-version-file"),
    *rows(COORDINATOR, "form-list form-version-publish form-version-close", methods="POST"),
    *rows(SECRETARIAT, "mission-moves", methods="POST"),
    *rows(INSIDE, "mission-timeline preparation-detail"),
    *rows(SIGNED_IN, "preparation-list"),
    *rows(COORDINATOR, "preparation-list preparation-remove preparation-restore preparation-done preparation-reopen", methods="POST"),
    *rows(COORDINATOR, "preparation-detail", methods="PATCH"),
    *rows(COORDINATOR, "milestone-move milestone-done milestone-reopen", methods="POST"),
    *rows(SIGNED_IN | PHONE, "meetingnote-list meetingtask-list"),
    *rows(INSIDE | PHONE, "meetingnote-detail meetingnote-history meetingtask-detail meeting-presence"),
    *rows(
        COORDINATOR | DELEGATION | PHONE,
        "meetingnote-list meetingtask-list meetingtask-done meetingtask-reopen meeting-presence meeting-held",
        methods="POST",
    ),
    *rows(frozenset({"observer_a"}), "meetingnote-detail", methods="PATCH"),
    *rows(COORDINATOR, "meetingnote-access", methods="POST"),
    *rows(INSIDE | PHONE, "station-detail meeting-detail team-detail stop-detail observation-detail incident-detail"),
    *rows(
        INSIDE,
        """assignment-detail mission-figures milestone-detail finding-detail report-detail report-versions report-compare report-files
        report-file
        finding-wordings
        recommendation-detail
        recommendation-chain remark-detail""",
    ),
    *rows(SECRETARIAT | LEADERS, "mission-feed mission-feed-metadata mission-feed-count mission-observation-feed"),
    *rows(INSIDE, "mission-text-detail good-practice-detail chain-list chain-up"),
    *rows(
        DESK,
        """request-list request-detail election-list election-detail organisation-list organisation-detail person-list person-detail
        person-membership""",
    ),
    *rows(SIGNED_IN, "membership-list"),
    *rows(DESK | {"observer_a"}, "membership-detail"),
    *rows(
        DESK,
        """mandate-list mandate-detail national-delegation-list national-delegation-detail renewal-session-list
        renewal-session-detail""",
    ),
    *rows(frozenset({"coordinator", "head", "observer_a", "phone"}), "stop-record", methods="POST"),
    *rows(COORDINATOR, "assignment-confirm assignment-withdraw", methods="POST"),
    *rows(DESK, "interest-call-list interest-call-detail interest-list interest-detail nomination-list nomination-detail"),
    *rows(
        COORDINATOR,
        "interest-call-list interest-call-extend interest-call-withdraw interest-list nomination-list nomination-withdraw",
        methods="POST",
    ),
    *rows(frozenset({"coordinator", "observer_a"}), "assignment-answer", methods="POST"),
    *rows(COORDINATOR | DELEGATION, "finding-list", methods="POST"),
    *rows(COORDINATOR | LEADERS, "finding-detail", methods="PATCH"),
    *rows(COORDINATOR | LEADERS, "finding-move finding-reword", methods="POST"),
    *rows(PUBLISHER, "bare-share-accept", methods="POST"),
    *rows(PUBLISHER, "bare-share-detail", methods="DELETE"),
    *rows(COORDINATOR | {"rapporteur"}, "recommendation-list recommendation-assess", methods="POST"),
    *rows(COORDINATOR | {"rapporteur"}, "recommendation-detail", methods="PATCH"),
    *rows(DESK, "past-text-list past-text-detail"),
    *rows(SECRETARIAT, "good-practice-bring-in", methods="POST"),
    *rows(SECRETARIAT, "past-text-list past-text-recommendations past-text-bring-in", methods="POST"),
    *rows(SECRETARIAT, "past-text-detail past-text-recommendation", methods="PATCH DELETE"),
    *rows(PUBLISHER, "past-text-release past-text-take-back", methods="POST"),
    *rows(SECRETARIAT | {"rapporteur"}, "report-detail", methods="PATCH"),
    *rows(INSIDE, "report-moves"),
    *rows(COORDINATOR, "report-moves", methods="POST"),
    *rows(SECRETARIAT, "report-extend", methods="POST"),
    *rows(SECRETARIAT | {"rapporteur"}, "report-word-draft word-document-detail word-document-document"),
    *rows(
        SECRETARIAT | {"rapporteur"},
        "report-freeze word-document-list word-document-compare word-document-take word-document-put-aside",
        methods="POST",
    ),
    *rows(SECRETARIAT | DELEGATION, "remark-list remark-reply", methods="POST"),
    *rows(COORDINATOR, "remark-detail", methods="PATCH"),
    *rows(COORDINATOR, "remark-take-back", methods="POST"),
    *rows(SECRETARIAT | {"rapporteur"}, "remark-accept remark-reject remark-reopen", methods="POST"),
    # --- phones: a device token and nothing else --------------------------------------------------------------------
    *rows(EVERYBODY, "sync-enrol", methods="POST"),
    *rows(PHONE, "sync-bootstrap sync-changes sync-stations sync-form sync-form-media sync-attachment-file", seen=NOBODY),
    *rows(PHONE, "sync", methods="POST", seen=NOBODY),
    *rows(PHONE, "sync-attachment", methods="GET PUT", seen=NOBODY),
    *rows(PHONE, "sync-device", methods="PATCH DELETE", seen=NOBODY),
    *rows(PHONE, "openrosa:list openrosa:form openrosa:manifest openrosa:media", seen=NOBODY),
    *rows(PHONE, "openrosa:submission", methods="HEAD POST", seen=NOBODY),
]

GROUPS = {
    "account_": "sign-in, by allauth: for strangers, or for one's own account",
    "mfa_": "second factor, by allauth: one's own",
    "prometheus-": "figures of the process for the monitoring; the proxy keeps it from outside",
    "-": "the icon of the house, a redirect",
}
"""Routes of parts that are not ours, by the beginning of their names."""


def _uuid(name: str) -> Words:
    def word(world: World) -> UUID:
        return getattr(world, name).uuid

    return word


UUIDS: dict[str, str] = {
    # route (or the beginning of its name): what of the world its `uuid` names; the longest beginning counts
    "core:job": "job",
    "core:file": "letter",
    "core:mail": "mail",
    "accounts:account": "outsider",
    "missions:request": "request",
    "missions:request_answer": "decided_request",
    "missions:polling_day": "polling_day",
    "missions:second_mission": "polling_day",
    "missions:visit": "visit",
    "missions:preparation": "preparation",
    "missions:milestone": "milestone",
    "missions:meeting": "meeting",
    "missions:participant": "meeting",
    "missions:task": "meeting",
    "missions:note_": "meeting",
    "missions:track": "track",
    "missions:stations_import": "upload",
    "missions:station_edit": "station",
    "missions:organisation": "organisation",
    "missions:organisations_import": "organisation_list",
    "missions:merge_undo": "organisation",
    "missions:contact": "organisation",
    "missions:calendar_reset": "feed",
    "observers:": "person",
    "observers:own_assignment": "assignment",
    "observers:own_paper": "paper",
    "observers:own_paper_by_link": "paper",
    "observers:correction_answer": "correction",
    "observers:state_mark_end": "state_mark",
    "observers:own_call": "recipient",
    "observers:decide_interests": "declaration",
    "observers:replacement": "assignment",
    "observers:assignment_act": "assignment",
    "observers:team": "team",
    "observers:stop": "stop",
    "field:record": "observation",
    "field:review": "observation",
    "field:move_station": "observation",
    "field:decide_conflict": "conflict",
    "field:incident": "incident",
    "field:version": "form_version",
    "field:builder": "design",
    "form-": "form",
    "form-version-": "form_version",
    "field:enrol": "person",
    "field:enrol_collect": "person",
    "field:rename": "device",
    "field:revoke": "device",
    "reports:finding": "finding",
    "reports:evidence": "finding",
    "reports:uses": "observation",
    "reports:recommendation": "recommendation",
    "reports:assessment": "recommendation",
    "reports:paragraph": "paragraph",
    "reports:public_recommendation": "public_recommendation",
    "reports:past_recommendation": "past_recommendation",
    "reports:past_assessment": "past_recommendation",
    "reports:past_import": "organisation_list",
    "past-text-": "past_text",
    "reports:practice": "practice",
    "reports:collected_practice": "collected_practice",
    "reports:collected_move": "collected_practice",
    "reports:collected_import": "organisation_list",
    "reports:public_practice": "public_practice",
    "request-": "request",
    "election-": "election",
    "station-": "station",
    "meeting-": "meeting",
    "milestone-": "milestone",
    "meetingnote-": "own_note",
    "meetingtask-": "task",
    "preparation-": "preparation",
    "organisation-": "organisation",
    "person-": "person",
    "membership-": "membership",
    "mandate-": "mandate",
    "assignment-": "assignment",
    "interest-": "interest",
    "interest-call-": "call",
    "nomination-": "nomination",
    "team-": "team",
    "stop-": "stop",
    "observation-": "observation",
    "incident-": "incident",
    "finding-": "finding",
    "recommendation-": "recommendation",
    "report-": "report",
    "word-document-": "word_import",
    "bare-share-": "accepted_share",
    "reports:share": "accepted_share",
    "remark-": "remark",
    "mission-text-": "mission_text",
    "good-practice-": "practice",
    "sync-attachment": "attachment",
}

WORDS: dict[str, Words] = {
    "text": _uuid("past_text"),
    "reference": lambda world: world.mission.reference,
    "membership": _uuid("membership"),
    "mandate": _uuid("mandate"),
    "paper": _uuid("paper"),
    "opens_on": lambda world: "2031-03-25",
    "opening": lambda world: "2031-03-25",
    "participant": _uuid("participant"),
    "task": _uuid("task"),
    "note": _uuid("own_note"),
    "contact": _uuid("contact"),
    "merge": _uuid("merge"),
    "evidence": _uuid("evidence"),
    "assessment": _uuid("assessment"),
    "comment": _uuid("comment"),
    "remark": _uuid("remark"),
    "document": _uuid("word_import"),
    "invitation": _uuid("invitation"),
    "slug": lambda world: world.publication.slug,
    "number": lambda world: world.version.number,
    "language": lambda world: "en",
    "form_id": lambda world: world.form.form_id,
    "version": lambda world: world.form_version.version,
    "token": lambda world: world.tokens["request"],
    "other": _uuid("decided_request"),
    "action": lambda world: "submit",
    "act": lambda world: "withdraw",
    "code": lambda world: "AM",
    "kind": lambda world: "announcement",
}

SPECIAL: dict[tuple[str, str], Words] = {
    ("core:reminder_rule", "rule"): lambda world: "missions.milestone_due",
    ("core:mail_text", "template"): lambda world: "missions/mail/milestone_due",
    ("core:mail_text", "language"): lambda world: "fr",
    ("core:mail_act", "act"): lambda world: "stop",
    ("core:bounces", "token"): lambda world: settings.SCRUTIN_BOUNCE_TOKEN,
    ("core:unsubscribe", "token"): lambda world: token_for("a@example.org"),
    ("core:file", "name"): lambda world: world.letter.name,
    ("missions:letter_by_link", "token"): lambda world: world.tokens["request"],
    ("missions:letter", "kind"): lambda world: "declined",
    ("missions:letter_restore", "kind"): lambda world: "declined",
    ("accounts:password_by_link", "token"): lambda world: world.tokens["password"],
    ("reports:draft_by_link", "token"): lambda world: world.tokens["draft"],
    ("reports:draft_pdf_by_link", "token"): lambda world: world.tokens["draft"],
    ("missions:meeting_by_link", "token"): lambda world: world.tokens["meeting"],
    ("observers:join", "token"): lambda world: world.tokens["join"],
    ("observers:own_page_by_link", "token"): lambda world: world.tokens["own"],
    ("observers:own_stored_by_link", "token"): lambda world: world.tokens["own"],
    ("observers:own_paper_by_link", "token"): lambda world: world.tokens["own"],
    ("observers:call_by_link", "token"): lambda world: world.tokens["call"],
    ("observers:nominate_by_link", "token"): lambda world: world.tokens["nominate"],
    ("observers:accept_nomination_by_link", "token"): lambda world: world.tokens["accept"],
    ("missions:calendar", "token"): lambda world: world.feed_token,
    ("observers:people_export", "kind"): lambda world: "csv",
    ("observers:person_merge_undo", "merge"): lambda world: world.person_merge.uuid,
    ("observers:national_delegation", "code"): lambda world: "AL",
    ("field:version_file", "kind"): lambda world: "xml",
    ("report-file", "kind"): lambda world: "json",
    ("form-version-file", "kind"): lambda world: "xml",
    ("field:builder_country_change", "code"): lambda world: "X01",
    ("field:builder_translate", "language"): lambda world: "fr",
    ("reports:translation", "language"): lambda world: "fr",
    ("reports:public_host_report", "language"): lambda world: world.host_language,
    ("reports:public_host_version", "language"): lambda world: world.host_language,
    ("reports:public_host_version", "number"): lambda world: world.publication.version.number,
    ("fixed-word-detail", "language"): lambda world: "hy",
    ("fixed-word-table", "language"): lambda world: "hy",
    ("fixed-word-read-in", "language"): lambda world: "hy",
    ("reports:fixed_words", "language"): lambda world: "hy",
    ("reports:fixed_words_table", "language"): lambda world: "hy",
    ("reports:uses", "kind"): lambda world: "answer",
    ("past-text-recommendation", "recommendation"): lambda world: world.past_recommendation.uuid,
    ("reports:past_assessment_withdraw", "assessment"): lambda world: world.past_assessment.uuid,
    ("reports:section", "code"): lambda world: "summary",
    ("reports:section_draft", "code"): lambda world: "summary",
    ("reports:public_version", "number"): lambda world: world.publication.version.number,
    ("reports:public_changes", "number"): lambda world: world.corrected.version.number,
    ("reports:public_changes", "old"): lambda world: world.publication.version.number,
    ("reports:public_download", "number"): lambda world: world.publication.version.number,
    ("reports:public_download", "name"): lambda world: world.download,
    ("reports:public_picture", "number"): lambda world: world.publication.version.number,
    ("reports:public_picture", "name"): lambda world: "map",
    ("reports:public_text", "slug"): lambda world: world.public_text.slug,
    ("reports:public_text_json", "slug"): lambda world: world.public_text.slug,
    ("reports:public_text_version", "slug"): lambda world: world.public_text.slug,
    ("reports:public_text_version", "number"): lambda world: world.public_text.number,
    ("reports:public_text_download", "slug"): lambda world: world.public_text.slug,
    ("reports:public_text_download", "number"): lambda world: world.public_text.number,
    ("reports:public_text_download", "name"): lambda world: world.text_download,
    ("standard-detail", "code"): lambda world: "COGP-I.4",
    ("topic-detail", "code"): lambda world: "L01",
    ("sync-form-media", "name"): lambda world: "stations.csv",
    ("openrosa:media", "name"): lambda world: "stations.csv",
}


def words_of(name: str, wanted: list[str], world: World) -> dict[str, Any]:
    """The words of an address that name things of the world."""
    words = {}
    for word in wanted:
        if (name, word) in SPECIAL:
            words[word] = SPECIAL[name, word](world)
        elif word == "uuid":
            begin = max((key for key in UUIDS if name.startswith(key)), key=len)
            words[word] = getattr(world, UUIDS[begin]).uuid
        else:
            words[word] = WORDS[word](world)
    return words
