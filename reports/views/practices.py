"""Good practice of civil participation at the desk: from a note of a meeting to the public collection."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import translations
from core.actors import Actor
from core.enums import Language
from core.rights import allowed
from missions.enums import MeetingKind
from missions.models import Meeting, MeetingNote
from reports.enums import PracticeActor, PracticeState
from reports.forms_texts import PracticeForm, PracticePublishForm
from reports.lifecycle import PRACTICE_MOVES
from reports.models import GoodPractice
from reports.services import practices
from reports.views.base import MissionPage

CIVIL = (MeetingKind.NGO, MeetingKind.CITIZEN_OBSERVERS)


class PracticesView(MissionPage):
    """The good practices of a mission, and the notes from which another may be written."""

    template_name = "reports/practices.html"
    permission = "reports.view_practice"
    active_tab = "texts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Practices with their titles; notes of meetings with civil society that the reader may read and nobody has used."""
        rows = list(GoodPractice.objects.visible_to(self.request.user).filter(mission=self.mission).select_related("mission"))
        titles = translations.texts_of_many(rows, "title")
        notes = MeetingNote.objects.visible_to(self.request.user).filter(meeting__mission=self.mission, meeting__kind__in=CIVIL)
        used = [row.note_id for row in rows if row.note_id]
        may_add = self.may("reports.add_practice")
        return super().get_context_data(**kwargs) | {
            "items": [(row, translations.best_text(titles[row.uuid], self.language, row.authentic_language)) for row in rows],
            "notes": list(notes.exclude(pk__in=used).select_related("meeting")) if may_add else [],
            "may_add": may_add,
        }


class PracticePage(MissionPage):
    """A page or act about one good practice."""

    permission = "reports.view_practice"
    active_tab = "texts"

    @cached_property
    def practice(self) -> GoodPractice:
        """The practice of the address."""
        rows = GoodPractice.objects.visible_to(self.request.user).select_related("mission", "country", "meeting__mission", "note")
        return get_object_or_404(rows, mission=self.mission, uuid=self.kwargs["uuid"])

    def readable_note(self, note: MeetingNote | None) -> MeetingNote | None:
        """The note, if this reader may read it."""
        return MeetingNote.objects.visible_to(self.request.user).select_related("meeting").filter(pk=note.pk).first() if note else None


class PracticeView(PracticePage):
    """One practice: its texts, facts, moves; where it was heard, for who may know it."""

    template_name = "reports/practice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about it that this reader may see."""
        row = self.practice
        hidden = row.note_id and self.readable_note(row.note) is None
        source = None if hidden else Meeting.objects.visible_to(self.request.user).filter(pk=row.meeting_id).first()
        return super().get_context_data(**kwargs) | about_practice(row, self.actor) | {"source": source}


def about_practice(row: GoodPractice, actor: Actor) -> dict[str, Any]:
    """What the desk shows of a practice: texts, facts, what it lacks, and the moves that `actor` may make."""
    rows = {name: translations.texts(row, name) for name in practices.TEXTS}
    texts = [
        {"code": code, "name": label, "state": rows["text"][code].state, "state_label": rows["text"][code].get_state_display()}
        | {name: rows[name][code].text if code in rows[name] else "" for name in practices.TEXTS}
        for code, label in Language.choices
        if code in rows["text"] and rows["text"][code].text or code == row.authentic_language and code in rows["text"]
    ]
    may_change = row.mission is not None and row.state == PracticeState.DRAFT
    return {
        "practice": row,
        "texts": texts,
        "actors": [PracticeActor(code).label for code in row.actors],
        "code_url": practices.CODE_URL,
        "lacking": practices.missing_for_checking(row) + practices.missing_for_publishing(row) if row.state == "draft" else [],
        "moves": [
            (name, move) for name, move in PRACTICE_MOVES.items() if row.state in move.sources and allowed(actor, move.permission, row)
        ],
        "bare": practices.bare_shares_of(row, by=actor) if row.state == PracticeState.CHECKED else [],
        "publish_form": PracticePublishForm(),
        "may_change": may_change and allowed(actor, "reports.change_practice", row),
    }


class PracticeFormView(PracticePage):
    """Write down or change a practice."""

    template_name = "reports/practice_form.html"

    @property
    def permission(self) -> str:  # type: ignore[override]
        """Writing one is everybody's, changing one is not."""
        return "reports.change_practice" if "uuid" in self.kwargs else "reports.add_practice"

    @cached_property
    def note(self) -> MeetingNote | None:
        """The note it is written from: of the practice, or of the address; only one that the reader may read."""
        if "uuid" in self.kwargs:
            return self.readable_note(self.practice.note)
        wanted = self.request.POST.get("note") or self.request.GET.get("note")
        if not wanted:
            return None
        rows = MeetingNote.objects.visible_to(self.request.user).filter(meeting__mission=self.mission).select_related("meeting")
        return next((row for row in rows if str(row.uuid) == wanted), None)

    def get_form(self) -> PracticeForm:
        """The form, filled with what is there."""
        if self.request.method == "POST":
            return PracticeForm(self.request.POST)
        if "uuid" not in self.kwargs:
            return PracticeForm(initial={"note": self.note.uuid if self.note else None})
        row = self.practice
        initial: dict[str, Any] = {name: getattr(row, name) for name in (*practices.FIELDS, "version")}
        for name in practices.TEXTS:
            initial |= {f"{name}_{code}": text.text for code, text in translations.texts(row, name).items()}
        return PracticeForm(initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Form, practice, note."""
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or self.get_form(),
            "practice": self.practice if "uuid" in self.kwargs else None,
            "note": self.note,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = self.get_form()
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        values = {name: data[name] for name in practices.FIELDS}
        if "uuid" not in self.kwargs:
            row = practices.add_practice(mission=self.mission, texts=form.texts(), note=self.note, by=self.actor, **values)
            messages.success(request, _("%(label)s is written down.") % {"label": row.label})
        else:
            row = practices.change_practice(
                self.practice, version=data["version"] or 0, texts=form.texts(), checked=data["checked"], by=self.actor, **values
            )
            messages.success(request, _("Saved."))
        return redirect(row)


class PracticeMoveView(PracticePage):
    """Mark as checked, return, publish, take back, withdraw."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move it."""
        row = move_by_form(self.practice, request, self.actor)
        return redirect(row)


def move_by_form(row: GoodPractice, request: HttpRequest, actor: Actor) -> GoodPractice:
    """Move a practice as its page asks: `action`, `note`, `languages`, `unchecked_accepted`."""
    action = request.POST.get("action", "")
    if action not in PRACTICE_MOVES:
        raise Http404
    return practices.move_practice(
        row,
        action,
        by=actor,
        note=request.POST.get("note", ""),
        languages=request.POST.getlist("languages"),
        unchecked_accepted=request.POST.getlist("unchecked_accepted"),
        shares_reason=request.POST.get("shares_reason", ""),
    )
