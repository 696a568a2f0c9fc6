"""Nominations by the political groups: the coordinator's page, and the secretary's by secure link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import Person
from accounts.services.links import open_link
from core import clock
from core.errors import DomainError, Invalid, NotAllowed
from core.rights import allowed
from missions.views.base import MissionForm
from observers.enums import InterestAnswer
from observers.forms.delegation import NominationRequestForm
from observers.models import Interest, Nomination, PoliticalGroup
from observers.services.candidates import candidates_for
from observers.services.eligibility import mission_days
from observers.services.nominations import (
    ACCEPT_PURPOSE,
    PURPOSE,
    answer_nomination,
    may_be_nominated,
    nominate,
    nominations_of,
    request_nominations,
    set_nominations,
    withdraw_nomination,
)

SHOWN = 12


class NominationsView(MissionForm):
    """Who was nominated by which group, who is asked to nominate; the coordinator enters what came another way."""

    template_name = "observers/nominations.html"
    permission = "observers.view_calls"
    active_tab = "delegation"
    form_class = NominationRequestForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Reading is the secretariat's, acting the coordinator's."""
        super().setup(request, *args, **kwargs)
        if request.method == "POST":
            self.permission = "observers.nominate"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Groups of the mission's first day; the secretary of the earlier letter is offered again."""
        return {**super().get_form_kwargs(), "day": mission_days(self.mission)[0]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nominate, take back, or ask a secretary."""
        act, _sep, uuid = request.POST.get("do", "").partition(":")
        if act == "nominate":
            self._nominate(get_object_or_404(Person, uuid=uuid or None), request.POST.get("note", ""))
        elif act == "withdraw":
            row = get_object_or_404(Nomination, uuid=uuid or None, mission=self.mission)
            withdraw_nomination(row, by=self.actor)
            messages.success(request, _("The nomination of %(name)s is taken back.") % {"name": row.person.name})
        else:
            return super().post(request, *args, **kwargs)
        return redirect(self.get_success_url())

    def _nominate(self, person: Person, note: str) -> None:
        candidate = next(iter(candidates_for(self.mission, only=[person.pk])), None)
        group = PoliticalGroup.objects.filter(code=candidate.group).first() if candidate else None
        if group is None:
            words = {"name": person.name}
            raise Invalid(_("%(name)s is no member of the Congress on the days of the mission.") % words, attr="person")
        nominate(self.mission, person, group, by=self.actor, note=note)
        messages.success(self.request, _("%(name)s is nominated by %(group)s.") % {"name": person.name, "group": group.abbreviation})

    def act(self, form: NominationRequestForm) -> Any:
        """Ask the secretary by mail."""
        data = form.cleaned_data
        done = request_nominations(self.mission, data.pop("group"), by=self.actor, **data)
        messages.success(self.request, _("%(name)s is asked by mail.") % {"name": done.name})
        return done

    def get_success_url(self) -> str:
        """This page."""
        return reverse("observers:nominations", args=[self.mission.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Nominations with what the persons answered; the letters; people found by name."""
        words = self.request.GET.get("q", "").strip()
        people = Person.objects.named(words).values_list("pk", flat=True)[:SHOWN] if words else []
        rows = list(nominations_of(self.mission))
        said = {row.person_id: row for row in Interest.objects.filter(mission=self.mission)}
        for row in rows:
            row.interest = said.get(row.person_id)
        inside = {str(row.person.uuid) for row in rows}
        requests = list(self.mission.nomination_requests.select_related("group"))
        for letter in requests:
            letter.is_over = clock.today() > letter.answer_by
        return super().get_context_data(
            rows=rows,
            requests=requests,
            q=words,
            found=[c for c in candidates_for(self.mission, only=list(people)) if c.uuid not in inside] if words else None,
            may_nominate=allowed(self.actor, "observers.nominate", self.mission),
            **kwargs,
        )


class NominateByLinkView(TemplateView):
    """The page of a group's secretary: members of the group who may go, with a tick for each who is nominated."""

    template_name = "observers/nominate_by_link.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Open the link; one that is not good any more is refused with a sentence."""
        _link, self.by, self.letter = open_link(kwargs["token"], purpose=PURPOSE)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list; nothing of other groups is shown."""
        mission, group = self.letter.mission, self.letter.group
        first, last = mission_days(mission)
        chosen = {str(uuid) for uuid in nominations_of(mission).filter(group=group).values_list("person__uuid", flat=True)}
        rows = [{"candidate": c, "is_nominated": c.uuid in chosen} for c in may_be_nominated(mission, group)]
        return super().get_context_data(
            letter=self.letter,
            mission=mission,
            group=group,
            first=first,
            last=last,
            rows=rows,
            is_over=clock.today() > self.letter.answer_by,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the list as ticked."""
        count = set_nominations(self.letter, by=self.by, persons=request.POST.getlist("person"))
        sentence = ngettext("Thank you: %(count)s member is nominated.", "Thank you: %(count)s members are nominated.", count)
        messages.success(request, sentence % {"count": count})
        return redirect("observers:nominate_by_link", kwargs["token"])


class AcceptByLinkView(TemplateView):
    """The page of somebody who was nominated: do they accept?"""

    template_name = "observers/accept_nomination.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Open the link; one that is not good any more is refused with a sentence."""
        _link, self.by, self.nomination = open_link(kwargs["token"], purpose=ACCEPT_PURPOSE)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The mission in short, the group and what was answered."""
        row = self.nomination
        first, last = mission_days(row.mission)
        said = Interest.objects.filter(mission=row.mission, person=row.person).first()
        typed = self.request.POST if self.request.method == "POST" else None
        return super().get_context_data(
            nomination=row,
            mission=row.mission,
            first=first,
            last=last,
            said=said,
            answers=InterestAnswer.choices,
            answer=typed.get("answer", "") if typed else (said.answer if said else ""),
            note=typed.get("note", "") if typed else (said.note if said else ""),
            form_url=self.request.path,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the answer; what is missing is said beside what was typed."""
        try:
            answer_nomination(self.nomination, by=self.by, answer=request.POST.get("answer", ""), note=request.POST.get("note", ""))
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.render_to_response(self.get_context_data(problem=refusal), status=refusal.status)
        messages.success(request, _("Thank you: your answer has arrived."))
        return redirect(request.path)
