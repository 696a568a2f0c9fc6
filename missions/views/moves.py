"""Moving meetings in the programme, and taking the last move back."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError, Invalid, NotAllowed, NotNow
from missions.forms.meetings import MoveForm
from missions.models import Meeting
from missions.services import cautions, moves
from missions.views.base import MissionAction, MissionForm
from missions.views.programme import MeetingMixin
from missions.views.timetable import KEPT


class MeetingMoveView(MeetingMixin, MissionForm):
    """Move a meeting: `minutes` (earlier or later), or a form with day and start. Refusals name what it clashes with.

    Asked for JSON, it answers `{sentence}` or, refused, `{sentence, missing: [{sentence, url}]}`.
    """

    permission = "missions.change_programme"
    form_class = MoveForm
    title = gettext_lazy("Move the meeting")
    lead = gettext_lazy("It lasts as long as before. Organisations that were invited are told by mail.")
    submit_label = gettext_lazy("Move it")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows where the meeting is."""
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return {**kwargs, "meeting": self.meeting}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A step, or the form."""
        if "minutes" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.act_by(lambda: self._shift(request))
        except NotAllowed:
            raise
        except DomainError as refusal:
            meeting = self.meeting
            shown = {"start_day": meeting.start_day.isoformat(), "start_time": meeting.start_time.strftime("%H:%M")}
            form = MoveForm({**shown, "start_fold": meeting.start_fold, "seen_sequence": meeting.sequence}, meeting=meeting)
            return self.refuse(form, refusal)
        return redirect(self.get_success_url())

    def act(self, form: forms.Form) -> Meeting:
        """Move it to what the form says."""
        data = form.cleaned_data
        return self.act_by(
            lambda: moves.move_meeting(
                self.meeting,
                by=self.actor,
                day=data["start_day"],
                start=data["start_time"],
                fold=data.get("start_fold"),
                seen_sequence=data["seen_sequence"],
            )
        )

    def act_by(self, move: Any) -> Meeting:
        """Move, remember where it was, and say it with what is to be thought of now."""
        before = moves.Place.of(self.meeting)
        meeting = move()
        if meeting.sequence != self.meeting.sequence:
            _remember(self.request, meeting, before)
            messages.success(self.request, moved_sentence(meeting))
            for caution in cautions.cautions_of(self.mission, only=meeting):
                messages.warning(self.request, caution.sentence)
        return meeting

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """As every form; for the page's script in JSON."""
        response = super().form_valid(form)
        if response.status_code == 302 and _wants_json(self.request):
            return JsonResponse({"sentence": moved_sentence(self.done)})
        return response

    def refuse(self, form: forms.Form, refusal: DomainError) -> HttpResponse:
        """The form with the refusal, or the refusal as JSON."""
        if _wants_json(self.request):
            missing = [{"sentence": item.sentence, "url": item.url} for item in refusal.missing]
            return JsonResponse({"sentence": str(refusal.sentence), "missing": missing}, status=refusal.status)
        return super().refuse(form, refusal)

    def get_success_url(self) -> str:
        """Back to the programme, where the meeting stands now."""
        return f"{reverse('missions:programme', args=[self.mission.reference])}#meeting-{self.meeting.uuid}"

    def _shift(self, request: HttpRequest) -> Meeting:
        minutes, seen = (_number(request.POST.get(name) or request.GET.get(name)) for name in ("minutes", "seen_sequence"))
        if minutes is None:
            raise Invalid(_("A meeting is moved by some minutes, at most by seven days."), attr="minutes")
        return moves.shift_meeting(self.meeting, by=self.actor, minutes=minutes, seen_sequence=seen)


class ProgrammeUndoView(MissionAction):
    """Take back the last move that this reader made, unless the meeting was changed since."""

    permission = "missions.change_programme"

    def act(self, request: HttpRequest) -> str:
        """Move it back."""
        kept = request.session.get(KEPT) or {}
        if kept.get("mission") != self.mission.reference:
            raise NotNow(_("There is no move to take back."), code="nothing_to_undo")
        meeting = get_object_or_404(Meeting, mission=self.mission, uuid=kept["meeting"])
        back = moves.move_meeting(
            meeting,
            by=self.actor,
            day=date.fromisoformat(kept["day"]),
            start=time.fromisoformat(kept["time"]),
            fold=kept["fold"],
            seen_sequence=kept["sequence"],
        )
        del request.session[KEPT]
        messages.success(request, moved_sentence(back))
        return f"{reverse('missions:programme', args=[self.mission.reference])}#meeting-{back.uuid}"


def moved_sentence(meeting: Meeting) -> str:
    """Where a meeting stands now."""
    values = {"meeting": meeting.title, "day": formats.date_format(meeting.start_day), "start": meeting.start_time.strftime("%H:%M")}
    return _("“%(meeting)s” is now on %(day)s at %(start)s.") % values


def _remember(request: HttpRequest, meeting: Meeting, before: moves.Place) -> None:
    request.session[KEPT] = {
        "mission": meeting.mission.reference,
        "meeting": str(meeting.uuid),
        "title": meeting.title,
        "day": before.day.isoformat(),
        "time": before.time.isoformat(),
        "fold": before.fold,
        "sequence": meeting.sequence,
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _number(value: str | None) -> int | None:
    try:
        return int(value or "")
    except ValueError:
        return None
