"""The programme: meetings, tracks, releases, invitations, notes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.rules import sees_all_missions
from core.actors import user_actor
from core.documents import documents_of, request_documents
from core.errors import DomainError, Stale
from core.rights import allowed
from missions.enums import AssignmentRole, MeetingState, ParticipantAnswer, Rating
from missions.forms import versions
from missions.forms.meetings import PresenceForm, TaskForm
from missions.forms.programme import CancelForm, MeetingForm, NoteOfMeetingForm, TrackForm
from missions.models import Contact, Meeting, MeetingNote, Track
from missions.services import calendars, cautions, clashes, invitations, meetings, notes, releases
from missions.views import timetable
from missions.views.base import MissionAction, MissionForm, MissionMixin, note_rights

LANGUAGES, FORMATS = ("en", "fr", "de"), ("pdf", "docx", "html")


class ProgrammeView(MissionMixin, TemplateView):
    """The programme day by day: the draft for who plans it, the last released version for the delegation."""

    permission = "missions.view_programme"
    template_name = "missions/programme.html"
    active_tab = "programme"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Draft or release, what changed, who has not answered, what to think of, calendars."""
        mission, by = self.mission, user_actor(self.request.user)
        may_change = allowed(by, "missions.change_programme", mission)
        last = mission.programme_releases.first()
        draft = releases.snapshot(mission) if may_change else None
        content = draft or (last.content if last else {"meetings": [], "zone": mission.zone, "tracks": []})
        shown = timetable.rows_of(mission, content, self.request.GET, person=by.person, may_change=may_change)
        feed = calendars.feed_for(by=by, mission=mission)
        return super().get_context_data(
            days=timetable.by_day(shown),
            n_shown=len(shown),
            n_all=len(content["meetings"]),
            zone=content["zone"],
            own_zone=timetable.other_zone(by.person, mission) if any(row["own"] for row in shown) else "",
            track_names=content["tracks"],
            release=last,
            may_change=may_change,
            undo=timetable.last_move(self.request, mission, {row["uuid"]: row["sequence"] for row in content["meetings"]})
            if may_change
            else None,
            documents=documents_of(mission, "missions.programme"),
            feed=calendars.address_of(feed),
            feed_row=feed,
            **(self._for_planners(last, draft) if draft else self._for_readers(last, by.person)),
            **kwargs,
        )

    def _for_planners(self, last: Any, draft: dict[str, Any]) -> dict[str, Any]:
        """What is not released yet, what the last version changed, who has not answered, what to think of."""
        mission = self.mission
        before = mission.programme_releases.all()[1:2]
        return {
            "pending": releases.changes(last.content if last else None, draft),
            "changes": releases.changes(before[0].content, last.content) if before else [],
            "unanswered": invitations.unanswered(mission.meetings.all()),
            "proposals": invitations.proposals(mission.meetings.all()),
            "cautions": cautions.cautions_of(mission),
            "tracks": mission.tracks.prefetch_related("members__person"),
        }

    def _for_readers(self, last: Any, person: Any) -> dict[str, Any]:
        """What is new for this reader since the version they saw."""
        seen, news = releases.news_for(self.mission, person)
        return {"news": news, "seen_version": seen, "may_mark_seen": bool(last and person)}


class MeetingMixin(MissionMixin):
    """A page of one meeting."""

    permission = "missions.view_programme"
    active_tab = "programme"

    @cached_property
    def meeting(self) -> Meeting:
        """The meeting of the address, if the reader may know of it; for the delegation as it was released."""
        rows = Meeting.objects.visible_to(self.request.user).filter(mission=self.mission).select_related("track", "mission")
        row = get_object_or_404(rows, uuid=self.kwargs["uuid"])
        release = None if sees_all_missions(self.request.user) else self.mission.programme_releases.first()
        return releases.as_released(row, release.content) if release else row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The meeting."""
        return super().get_context_data(meeting=self.meeting, **kwargs)

    def get_success_url(self) -> str:
        """Back to the meeting."""
        return self.meeting.get_absolute_url()


class MeetingView(MeetingMixin, TemplateView):
    """One meeting: when, where, with whom, answers, papers, notes."""

    template_name = "missions/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Participants, notes that this reader may read, what may be done."""
        by, meeting = user_actor(self.request.user), self.meeting
        rows = meeting.participants.select_related("assignment__person", "organisation", "contact", "paper")
        may_change, may_write = (allowed(by, f"missions.{act}", meeting) for act in ("change_programme", "write_note"))
        prefetch_related_objects([meeting], "participants__assignment__person")
        expected = clashes.assignments_in(meeting)
        return super().get_context_data(
            people=[row for row in rows if row.assignment_id],
            organisations=[row for row in rows if row.organisation_id],
            own_times=timetable.own_times_of(meeting, by.person),
            cautions=cautions.cautions_of(self.mission, only=meeting) if may_change else [],
            interpreters=[row for row in expected if row.role == AssignmentRole.INTERPRETER],
            language_names=[cautions.language_name(code) for code in meeting.languages],
            present=list(meeting.present.select_related("person")) if meeting.presence_at else [],
            tasks=meeting.tasks.select_related("assignment__person"),
            presence_form=PresenceForm(meeting=meeting, expected=[row.uuid for row in expected], auto_id="presence_%s")
            if may_write
            else None,
            task_form=TaskForm(meeting=meeting, auto_id="task_%s") if may_write else None,
            contacts=Contact.objects.filter(organisation__participations__meeting=meeting).exclude(email="") if may_change else [],
            notes=notes.with_history(
                MeetingNote.objects.visible_to(self.request.user).filter(meeting=meeting).select_related("author", "meeting"),
                self.request.user,
            ),
            note_form=NoteOfMeetingForm(),
            **note_rights(self.request.user, self.mission),
            cancel_form=CancelForm(),
            may_change=may_change,
            may_see_contacts=allowed(by, "missions.view_contact", meeting),
            may_write=may_write,
            is_planned=meeting.state == MeetingState.PLANNED,
            answers=ParticipantAnswer,
            **kwargs,
        )


class MeetingNewView(MissionForm):
    """Plan a meeting."""

    permission = "missions.change_programme"
    form_class = MeetingForm
    active_tab = "programme"
    title = gettext_lazy("Plan a meeting")
    submit_label = gettext_lazy("Plan it")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows the mission; the day may come with the address."""
        kwargs = super().get_form_kwargs()
        initial = {"start_day": self.request.GET.get("day") or self.mission.first_day, "is_for_all": True}
        return {**kwargs, "mission": self.mission, "initial": initial}

    def act(self, form: forms.Form) -> Meeting:
        """Plan it."""
        meeting = meetings.plan_meeting(self.mission, by=self.actor, **form.values())
        messages.success(self.request, _("The meeting “%(title)s” is planned.") % {"title": meeting.title})
        for caution in cautions.cautions_of(self.mission, only=meeting):
            messages.warning(self.request, caution.sentence)
        return meeting

    def get_success_url(self) -> str:
        """The meeting's page."""
        return self.done.get_absolute_url()


class MeetingEditView(MeetingMixin, MissionForm):
    """Change a meeting; who was invited is told. Where somebody was faster, both versions stand side by side."""

    permission = "missions.change_programme"
    form_class = MeetingForm
    template_name = "missions/meeting_edit.html"
    title = gettext_lazy("Change the meeting")
    lead = gettext_lazy("Organisations that were invited are told by mail.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows the meeting; saved values are taken where the editor chose them."""
        kwargs = super().get_form_kwargs()
        kwargs["initial"] = {"seen_values": versions.seen_values(self.meeting)}
        if "data" in kwargs:
            kwargs["data"] = versions.with_theirs(kwargs["data"], self.meeting)
        return {**kwargs, "mission": self.mission, "meeting": self.meeting}

    def act(self, form: forms.Form) -> Meeting:
        """Change it."""
        seen = form.cleaned_data.get("seen_sequence")
        meeting = meetings.change_meeting(self.meeting, by=self.actor, seen_sequence=seen, **form.values())
        messages.success(self.request, _("The meeting “%(title)s” is saved.") % {"title": meeting.title})
        return meeting

    def refuse(self, form: forms.Form, refusal: DomainError) -> HttpResponse:
        """The form with what was typed; if the meeting changed meanwhile, beside what is saved by now."""
        if not isinstance(refusal, Stale):
            return super().refuse(form, refusal)
        meeting = self.meeting
        found = versions.differences(form, meeting)
        versions.show_current(form, meeting)
        return self.render_to_response(self.get_context_data(form=form, stale=refusal, differences=found), status=refusal.status)


class MeetingActionView(MeetingMixin, MissionAction):
    """`cancel` (with `reason`), `held`, `note` (with `topic`, `text`, `access`)."""

    def act(self, request: HttpRequest) -> str:
        """Do it."""
        wanted = self.kwargs["action"]
        if wanted == "cancel":
            meetings.cancel_meeting(self.meeting, by=self.actor, reason=request.POST.get("reason", ""))
            messages.success(request, _("The meeting is cancelled; who was invited is told."))
        elif wanted == "held":
            meetings.hold_meeting(self.meeting, by=self.actor)
            messages.success(request, _("The meeting is marked as held."))
        else:
            values = {name: request.POST.get(name, "") for name in ("topic", "text", "access")}
            rating = request.POST.get("rating") or Rating.NOT_ASSESSED
            notes.write_note(self.meeting, by=self.actor, rating=rating, **values)
            messages.success(request, _("The note is saved."))
        return self.meeting.get_absolute_url()


class TrackNewView(MissionForm):
    """Add a track."""

    permission = "missions.change_programme"
    form_class = TrackForm
    active_tab = "programme"
    title = gettext_lazy("A track for a part of the delegation")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows the mission."""
        return {**super().get_form_kwargs(), "mission": self.mission}

    def act(self, form: forms.Form) -> Any:
        """Add it."""
        return meetings.create_track(self.mission, by=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        """The programme."""
        return reverse("missions:programme", args=[self.mission.reference])


class TrackEditView(TrackNewView):
    """Change a track and who belongs to it."""

    title = gettext_lazy("Change the track")

    @cached_property
    def track(self) -> Track:
        """The track of the address."""
        return get_object_or_404(Track, mission=self.mission, uuid=self.kwargs["uuid"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows the track."""
        return {**super().get_form_kwargs(), "track": self.track}

    def act(self, form: forms.Form) -> Any:
        """Change it."""
        return meetings.change_track(self.track, by=self.actor, **form.cleaned_data)


class ProgrammeReleaseView(MissionAction):
    """Release the programme: `note`."""

    permission = "missions.change_programme"

    def act(self, request: HttpRequest) -> str:
        """Release it."""
        release = releases.release_programme(self.mission, by=self.actor, note=request.POST.get("note", ""))
        messages.success(request, _("Version %(version)s of the programme is released.") % {"version": release.version})
        return reverse("missions:programme", args=[self.mission.reference])


class ProgrammeSeenView(MissionAction):
    """The reader has seen a version: `version`."""

    permission = "missions.view_programme"

    def act(self, request: HttpRequest) -> str:
        """Remember it."""
        version = request.POST.get("version", "")
        releases.mark_seen(self.mission, by=self.actor, version=int(version) if version.isdecimal() else 0)
        return reverse("missions:programme", args=[self.mission.reference])


class ProgrammeDocumentView(MissionAction):
    """Draw the programme in EN, FR and DE; `outside=1` for readers outside the delegation."""

    permission = "missions.change_programme"

    def act(self, request: HttpRequest) -> str:
        """Start the work and show it."""
        outside = bool(request.POST.get("outside"))
        job = request_documents("missions.programme", self.mission, LANGUAGES, FORMATS, by=self.actor, outside=outside)
        return reverse("core:job", args=[job.uuid])
