"""Pages of the missions app: one address per act."""

from django.urls import path

from missions.views import (
    batches,
    calendars,
    elections,
    families,
    letters,
    links,
    meeting_notes,
    missions,
    moves,
    organisation_import,
    organisations,
    participants,
    planning,
    polling,
    programme,
    register,
    requests,
    stations,
)

app_name = "missions"

_mission = "missions/<str:reference>/"
_meeting = _mission + "meetings/<uuid:uuid>/"
_request = "requests/<uuid:uuid>/"
_organisation = "organisations/<uuid:uuid>/"

urlpatterns = [
    path("", missions.MissionListView.as_view(), name="missions"),
    path("missions/new/", missions.MissionWatchView.as_view(), name="mission_watch"),
    path("missions/past/", missions.PastMissionListView.as_view(), name="past_missions"),
    path("missions/calendar/", planning.AgendaView.as_view(), name="agenda"),
    path(_mission, missions.MissionView.as_view(), name="mission"),
    path(_mission + "edit/", missions.MissionEditView.as_view(), name="mission_edit"),
    path(_mission + "move/", missions.MissionMoveView.as_view(), name="mission_move"),
    path(_mission + "convert/", missions.MissionConvertView.as_view(), name="mission_convert"),
    path(_mission + "continues/", families.MissionContinueView.as_view(), name="mission_continue"),
    path(_mission + "decide/", families.MissionDecideView.as_view(), name="mission_decide"),
    path(_mission + "continues/part/", families.MissionPartView.as_view(), name="mission_part"),
    path(_mission + "visits/new/", missions.VisitCreateView.as_view(), name="visit_new"),
    path(_mission + "visits/<uuid:uuid>/", missions.VisitEditView.as_view(), name="visit_edit"),
    path(_mission + "polling-days/", polling.PollingDaysView.as_view(), name="polling_days"),
    path(_mission + "polling-days/<uuid:uuid>/", polling.PollingDayView.as_view(), name="polling_day"),
    path(_mission + "polling-days/<uuid:uuid>/second/", polling.SecondMissionView.as_view(), name="second_mission"),
    path(_mission + "polling-days/<uuid:uuid>/act/", polling.PollingDayActView.as_view(), name="polling_day_act"),
    path(_mission + "milestones/<uuid:uuid>/", missions.MilestoneView.as_view(), name="milestone"),
    path(_mission + "timeline/", planning.TimelineView.as_view(), name="timeline"),
    path(_mission + "copy/", planning.MissionCopyView.as_view(), name="mission_copy"),
    path(_mission + "preparations/", planning.PreparationsView.as_view(), name="preparations"),
    path(_mission + "preparations/list/", planning.PreparationListView.as_view(), name="preparations_list"),
    path(_mission + "preparations/new/", planning.PreparationNewView.as_view(), name="preparation_new"),
    path(_mission + "preparations/<uuid:uuid>/", planning.PreparationEditView.as_view(), name="preparation"),
    path(_mission + "preparations/<uuid:uuid>/act/", planning.PreparationActView.as_view(), name="preparation_act"),
    path(_mission + "programme/", programme.ProgrammeView.as_view(), name="programme"),
    path(_mission + "programme/release/", programme.ProgrammeReleaseView.as_view(), name="programme_release"),
    path(_mission + "programme/seen/", programme.ProgrammeSeenView.as_view(), name="programme_seen"),
    path(_mission + "programme/undo/", moves.ProgrammeUndoView.as_view(), name="programme_undo"),
    path(_mission + "programme/travel/", batches.TravelView.as_view(), name="travel"),
    path(_mission + "programme/notes/", meeting_notes.NotesView.as_view(), name="notes"),
    path(_mission + "programme/documents/", programme.ProgrammeDocumentView.as_view(), name="programme_documents"),
    path(_mission + "programme/tracks/new/", programme.TrackNewView.as_view(), name="track_new"),
    path(_mission + "programme/tracks/<uuid:uuid>/", programme.TrackEditView.as_view(), name="track_edit"),
    path(_mission + "meetings/new/", programme.MeetingNewView.as_view(), name="meeting_new"),
    path(_mission + "meetings/batch/", batches.MeetingBatchView.as_view(), name="meeting_batch"),
    path(_meeting, programme.MeetingView.as_view(), name="meeting"),
    path(_meeting + "edit/", programme.MeetingEditView.as_view(), name="meeting_edit"),
    path(_meeting + "move/", moves.MeetingMoveView.as_view(), name="meeting_move"),
    path(_meeting + "presence/", meeting_notes.MeetingPresenceView.as_view(), name="meeting_presence"),
    path(_meeting + "tasks/", meeting_notes.MeetingTaskView.as_view(), name="meeting_task"),
    path(_meeting + "notes/<uuid:note>/", meeting_notes.NoteEditView.as_view(), name="note_edit"),
    path(_meeting + "notes/<uuid:note>/access/", meeting_notes.NoteAccessView.as_view(), name="note_access"),
    path(_meeting + "tasks/<uuid:task>/", meeting_notes.TaskMarkView.as_view(), name="task_mark"),
    *[
        path(_meeting + f"{action}/", programme.MeetingActionView.as_view(), {"action": action}, name=f"meeting_{action}")
        for action in ("cancel", "held", "note")
    ],
    *[
        path(
            _meeting + f"participants/<uuid:participant>/{action}/",
            participants.ParticipantActionView.as_view(),
            {"action": action},
            name=f"participant_{action}",
        )
        for action in ("invite", "answer", "reply", "accept_time", "decline_time", "withdraw")
    ],
    path(_mission + "stations/", stations.StationListView.as_view(), name="stations"),
    path(_mission + "stations/upload/", stations.StationUploadView.as_view(), name="stations_upload"),
    path(_mission + "stations/import/<uuid:uuid>/", stations.StationImportView.as_view(), name="stations_import"),
    path(_mission + "stations/<uuid:uuid>/edit/", stations.StationEditView.as_view(), name="station_edit"),
    path("requests/", register.RequestListView.as_view(), name="requests"),
    path("requests/new/", requests.RequestNewView.as_view(), name="request_new"),
    path("requests/link/", requests.RequestLinkView.as_view(), name="request_link"),
    path("requests/letters/", letters.LetterListView.as_view(), name="letters"),
    path("requests/letters/<str:kind>/<str:language>/", letters.LetterView.as_view(), name="letter"),
    path("requests/letters/<str:kind>/<str:language>/restore/", letters.LetterRestoreView.as_view(), name="letter_restore"),
    path("elections/", elections.ElectionListView.as_view(), name="elections"),
    path("elections/elections.ics", elections.ElectionCalendarView.as_view(), name="elections_ics"),
    path("requests/register.csv", register.RequestCsvView.as_view(), name="requests_csv"),
    path(_request, requests.RequestView.as_view(), name="request"),
    path(_request + "edit/", requests.RequestEditView.as_view(), name="request_edit"),
    path(_request + "register/", requests.RequestRegisterView.as_view(), name="request_register"),
    path(_request + "split/", register.RequestSplitView.as_view(), name="request_split"),
    path(_request + "compare/<uuid:other>/", register.RequestCompareView.as_view(), name="request_compare"),
    path(_request + "polling-days/", requests.RequestPollingView.as_view(), name="request_polling"),
    path(_request + "withdraw/", requests.RequestWithdrawView.as_view(), name="request_withdraw"),
    path(_request + "resend/", requests.RequestResendView.as_view(), name="request_resend"),
    path(_request + "link/revoke/", requests.RequestLinkRevokeView.as_view(), name="request_link_revoke"),
    path(_request + "note/", requests.RequestNoteView.as_view(), name="request_note"),
    path(_request + "decide/", requests.RequestDecideView.as_view(), name="request_decide"),
    path(_request + "answer/", requests.RequestAnswerView.as_view(), name="request_answer"),
    path(_request + "documents/", requests.RequestDocumentView.as_view(), name="request_documents"),
    path("organisations/", organisations.OrganisationListView.as_view(), name="organisations"),
    path("organisations/new/", organisations.OrganisationNewView.as_view(), name="organisation_new"),
    path("organisations/import/", organisation_import.UploadView.as_view(), name="organisations_upload"),
    path("organisations/import/<uuid:uuid>/", organisation_import.ImportView.as_view(), name="organisations_import"),
    path(_organisation, organisations.OrganisationView.as_view(), name="organisation"),
    path(_organisation + "edit/", organisations.OrganisationEditView.as_view(), name="organisation_edit"),
    path(_organisation + "merge/", organisations.OrganisationMergeView.as_view(), name="organisation_merge"),
    path(_organisation + "merges/<uuid:merge>/undo/", organisations.MergeUndoView.as_view(), name="merge_undo"),
    *[
        path(
            _organisation + f"{action}/", organisations.OrganisationActionView.as_view(), {"action": action}, name=f"organisation_{action}"
        )
        for action in ("renew", "retire", "restore", "remove")
    ],
    path(_organisation + "contacts/<uuid:contact>/edit/", organisations.ContactEditView.as_view(), name="contact_edit"),
    path(_organisation + "contacts/new/", organisations.ContactNewView.as_view(), name="contact_new"),
    path(_organisation + "contacts/<uuid:contact>/remove/", organisations.ContactRemoveView.as_view(), name="contact_remove"),
    path("link/<str:token>/request/", links.RequestByLinkView.as_view(), name="request_by_link"),
    path("link/<str:token>/request/letter/", links.LetterByLinkView.as_view(), name="letter_by_link"),
    path("link/<str:token>/meeting/", links.MeetingByLinkView.as_view(), name="meeting_by_link"),
    path("calendar/", calendars.CalendarView.as_view(), name="my_calendar"),
    path("calendar/<uuid:uuid>/reset/", calendars.CalendarResetView.as_view(), name="calendar_reset"),
    path("calendar/<str:token>.ics", calendars.feed, name="calendar"),
]
