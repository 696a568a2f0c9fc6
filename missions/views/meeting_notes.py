"""During and after a meeting: who was present, what was promised, and all notes of a mission by topic."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.actors import user_actor
from core.errors import DomainError, Invalid, Stale
from core.rights import allowed
from missions.enums import Rating
from missions.forms.meetings import PresenceForm, TaskForm
from missions.forms.programme import CorrectNoteForm
from missions.forms.programme import topics as topics_of_the_house
from missions.models import Meeting, MeetingNote, MeetingTask
from missions.services import notes
from missions.views.base import MissionAction, MissionForm, MissionMixin, note_rights
from missions.views.programme import MeetingMixin


class NoteMixin(MeetingMixin):
    """A note that the reader may read."""

    permission = "missions.correct_note"

    @cached_property
    def note(self) -> MeetingNote:
        """The note of the address."""
        return get_object_or_404(MeetingNote.objects.visible_to(self.request.user), meeting=self.meeting, uuid=self.kwargs["note"])

    def get_right_object(self) -> MeetingNote:
        """Rights are asked about the note."""
        return self.note


class NoteEditView(NoteMixin, MissionForm):
    """Correct one's own note; the earlier version stays readable."""

    form_class = CorrectNoteForm
    title = gettext_lazy("Correct the note")
    lead = gettext_lazy("The earlier version stays readable for those who could read it.")

    def get_initial(self) -> dict[str, Any]:
        """The note as it is."""
        names = ("topic", "rating", "text")
        return {**{name: getattr(self.note, name) for name in names}, "seen_version": self.note.version}

    def act(self, form: forms.Form) -> MeetingNote:
        """Correct it."""
        note = notes.correct_note(self.note, by=self.actor, **form.cleaned_data)
        messages.success(self.request, _("The note is corrected."))
        return note

    def refuse(self, form: forms.Form, refusal: DomainError) -> HttpResponse:
        """What was typed stays; if the note was corrected meanwhile, the page shows it as it is now, and saving goes on top of that."""
        if isinstance(refusal, Stale):
            form.data = {**form.data.dict(), "seen_version": str(self.note.version)}
            messages.warning(self.request, _("The note says now: %(text)s") % {"text": self.note.text})
        return super().refuse(form, refusal)


class NoteAccessView(NoteMixin, MissionAction):
    """Who may read a note: `access`."""

    permission = "missions.classify_note"

    def act(self, request: HttpRequest) -> str:
        """Set it."""
        note = notes.classify_note(self.note, by=self.actor, access=request.POST.get("access", ""))
        messages.success(request, _("Who may read the note now: %(access)s.") % {"access": note.get_access_display()})
        if request.POST.get("next") == "notes":
            return reverse("missions:notes", args=[self.mission.reference])
        return self.meeting.get_absolute_url()


class MeetingPresenceView(MeetingMixin, MissionAction):
    """Note who was present: `present` (uuids of assignments) and `others`."""

    permission = "missions.write_note"

    def act(self, request: HttpRequest) -> str:
        """Note it."""
        data = _valid(PresenceForm(request.POST, meeting=self.meeting))
        notes.note_presence(self.meeting, by=self.actor, present=data["present"], others=data["others"])
        messages.success(request, _("Who was present is noted."))
        return self.meeting.get_absolute_url()


class MeetingTaskView(MeetingMixin, MissionAction):
    """Add a follow-up task: `text`, `assignment`, `due_on`."""

    permission = "missions.write_note"

    def act(self, request: HttpRequest) -> str:
        """Add it."""
        notes.add_task(self.meeting, by=self.actor, **_valid(TaskForm(request.POST, meeting=self.meeting)))
        messages.success(request, _("The task is added."))
        return self.meeting.get_absolute_url()


class TaskMarkView(MeetingMixin, MissionAction):
    """Mark a task as done, or with `open=1` open it again; `next=notes` goes back to the notes of the mission."""

    permission = "missions.write_note"

    def act(self, request: HttpRequest) -> str:
        """Mark it."""
        task = get_object_or_404(MeetingTask, meeting=self.meeting, uuid=self.kwargs["task"])
        notes.mark_task(task, by=self.actor, done=not request.POST.get("open"))
        if request.POST.get("next") == "notes":
            return reverse("missions:notes", args=[self.mission.reference])
        return self.meeting.get_absolute_url()


class NotesView(MissionMixin, TemplateView):
    """All notes of a mission that the reader may read, by topic with their ratings; open tasks; what no meeting spoke about."""

    permission = "missions.view_programme"
    template_name = "missions/notes.html"
    active_tab = "programme"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Topics with their notes, those without, tasks."""
        user = self.request.user
        rows = MeetingNote.objects.visible_to(user).filter(meeting__mission=self.mission).select_related("meeting", "author")
        rating = self.request.GET.get("rating", "")
        if rating in Rating.values:
            rows = rows.filter(rating=rating)
        by_topic: dict[str, list[MeetingNote]] = {}
        for note in notes.with_history(rows.order_by("meeting__starts_at", "created_at"), user):
            by_topic.setdefault(note.topic, []).append(note)
        topics = [(code, label, by_topic.get(code, [])) for code, label in topics_of_the_house()]
        seen = Meeting.objects.visible_to(user).filter(mission=self.mission)
        tasks = MeetingTask.objects.filter(meeting__in=seen).select_related("meeting__mission", "assignment__person")
        return super().get_context_data(
            topics=[row for row in topics if row[2]],
            silent=[] if rating else [label for _code, label, found in topics if not found],
            ratings=Rating.choices,
            rating=rating,
            open_tasks=[task for task in tasks if not task.done_at],
            done_tasks=[task for task in tasks if task.done_at],
            may_write=allowed(user_actor(user), "missions.write_note", self.mission),
            **note_rights(user, self.mission),
            **kwargs,
        )


def _valid(form: forms.Form) -> dict[str, Any]:
    """What the form says, or the first thing that is wrong with it."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise Invalid(_("%(field)s: %(error)s") % {"field": label, "error": errors[0]}, attr=name)
    return form.cleaned_data
