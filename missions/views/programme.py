"""The programme: meetings, tracks, releases, invitations, notes."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.rules import sees_all_missions
from core.actors import user_actor
from core.documents import documents_of, request_documents
from core.rights import allowed
from missions.enums import MeetingState, ParticipantAnswer
from missions.forms.programme import CancelForm, MeetingForm, NoteOfMeetingForm, TrackForm
from missions.models import Contact, Meeting, MeetingNote
from missions.services import calendars, clashes, invitations, meetings, notes, releases
from missions.views.base import MissionAction, MissionForm, MissionMixin

LANGUAGES, FORMATS = ("en", "fr", "de"), ("pdf", "docx", "html")


class ProgrammeView(MissionMixin, TemplateView):
    """The programme day by day: the draft for who plans it, the last released version for the delegation."""

    permission = "missions.view_programme"
    template_name = "missions/programme.html"
    active_tab = "programme"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Draft or release, what changed, who has not answered, calendars."""
        mission, by = self.mission, user_actor(self.request.user)
        may_change = allowed(by, "missions.change_programme", mission)
        last = mission.programme_releases.first()
        draft = releases.snapshot(mission) if may_change else None
        content = draft or (last.content if last else {"meetings": [], "zone": mission.zone})
        person = by.person
        versions = list(mission.programme_releases.all()[:2])
        before = versions[1].content if len(versions) > 1 else None
        own = str(person.uuid) if person and not may_change else ""
        changes = releases.changes(before, last.content, person=own) if last and len(versions) > 1 else []
        feed = calendars.feed_for(by=by, mission=mission)
        pending = releases.changes(last.content if last else None, draft) if draft else []
        rows = mission.meetings.all()
        return super().get_context_data(
            days=[(day, list(found)) for day, found in groupby(content["meetings"], key=lambda row: row["start_day"])],
            zone=content["zone"],
            release=last,
            may_change=may_change,
            pending=pending,
            changes=changes,
            unanswered=invitations.unanswered(rows) if may_change else [],
            proposals=invitations.proposals(rows) if may_change else [],
            warnings=clashes.outside_days(mission, sorted({row.start_day for row in rows.standing()})) if may_change else [],
            tracks=mission.tracks.prefetch_related("members__person"),
            documents=documents_of(mission, "missions.programme"),
            feed=calendars.address_of(feed),
            feed_row=feed,
            **kwargs,
        )


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
        may_change = allowed(by, "missions.change_programme", meeting)
        return super().get_context_data(
            people=[row for row in rows if row.assignment_id],
            organisations=[row for row in rows if row.organisation_id],
            contacts=Contact.objects.filter(organisation__participations__meeting=meeting).exclude(email="") if may_change else [],
            notes=MeetingNote.objects.visible_to(self.request.user).filter(meeting=meeting).select_related("author"),
            note_form=NoteOfMeetingForm(),
            cancel_form=CancelForm(),
            may_change=may_change,
            may_see_contacts=allowed(by, "missions.view_contact", meeting),
            may_write=allowed(by, "missions.write_note", meeting),
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
        return meetings.plan_meeting(self.mission, by=self.actor, **form.values())

    def get_success_url(self) -> str:
        """The meeting's page."""
        return self.done.get_absolute_url()


class MeetingEditView(MeetingMixin, MissionForm):
    """Change a meeting; who was invited is told."""

    permission = "missions.change_programme"
    form_class = MeetingForm
    title = gettext_lazy("Change the meeting")
    lead = gettext_lazy("Organisations that were invited are told by mail.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows the meeting."""
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return {**kwargs, "mission": self.mission, "meeting": self.meeting}

    def act(self, form: forms.Form) -> Meeting:
        """Change it."""
        seen = form.cleaned_data.get("seen_sequence")
        return meetings.change_meeting(self.meeting, by=self.actor, seen_sequence=seen, **form.values())


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
        else:
            values = {name: request.POST.get(name, "") for name in ("topic", "text", "access")}
            notes.write_note(self.meeting, by=self.actor, **values)
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


class ProgrammeReleaseView(MissionAction):
    """Release the programme: `note`."""

    permission = "missions.change_programme"

    def act(self, request: HttpRequest) -> str:
        """Release it."""
        release = releases.release_programme(self.mission, by=self.actor, note=request.POST.get("note", ""))
        messages.success(request, _("Version %(version)s of the programme is released.") % {"version": release.version})
        return reverse("missions:programme", args=[self.mission.reference])


class ProgrammeDocumentView(MissionAction):
    """Draw the programme in EN, FR and DE; `outside=1` for readers outside the delegation."""

    permission = "missions.change_programme"

    def act(self, request: HttpRequest) -> str:
        """Start the work and show it."""
        outside = bool(request.POST.get("outside"))
        job = request_documents("missions.programme", self.mission, LANGUAGES, FORMATS, by=self.actor, outside=outside)
        return reverse("core:job", args=[job.uuid])
