"""The call for interest: preview, letters, answers; and the page where somebody answers, by link or signed in."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import Person
from accounts.services.links import open_link
from core import clock
from core.actors import Actor
from core.errors import DomainError, Invalid, NotAllowed
from core.rights import allowed
from core.views import RightMixin
from missions.views.base import MissionAction, MissionForm
from observers.enums import InterestAnswer
from observers.forms.delegation import CallForm
from observers.models import CallRecipient, Interest, Membership, membership_on
from observers.services.calls import (
    PURPOSE,
    answer_call,
    extend_call,
    open_call,
    preview_call,
    record_interest,
    remind_call,
    running_call,
    withdraw_call,
)
from observers.services.eligibility import mission_days
from observers.views.delegation import answer_by_of

OPEN = "open"
PER_PAGE = 50


class CallView(MissionForm):
    """Before a call: who would be asked, who not and why. While it runs: the answers, with what can be done."""

    template_name = "observers/call.html"
    permission = "observers.view_calls"
    active_tab = "delegation"
    form_class = CallForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Reading is the secretariat's, acting the coordinator's."""
        super().setup(request, *args, **kwargs)
        if request.method == "POST":
            self.permission = "observers.call_interest"

    def act(self, form: CallForm) -> Any:
        """Open the call; the letters go out in the background."""
        done = open_call(self.mission, by=self.actor, **form.cleaned_data)
        count = done.recipients.count()
        sentence = ngettext(
            "The call is open: %(count)s person is written to.", "The call is open: %(count)s persons are written to.", count
        )
        messages.success(self.request, sentence % {"count": count})
        return done

    def get_success_url(self) -> str:
        """This page."""
        return reverse("observers:call", args=[self.mission.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The running call with its answers, or the preview."""
        call = running_call(self.mission)
        rows = answer_rows(self.mission, call)
        wanted = self.request.GET.get("answer", "")
        counts = Counter(row["answer"] or OPEN for row in rows)
        page = Paginator(self.wanted_rows(rows), PER_PAGE).get_page(self.request.GET.get("page"))
        choices = [*InterestAnswer.choices, (OPEN, _("No answer yet"))]
        preview = None if call else preview_call(self.mission)
        earliest, latest = clock.today(), max(clock.today(), mission_days(self.mission)[0])
        return super().get_context_data(
            call=call,
            is_over=bool(call and call.is_over(clock.today())),
            may_call=allowed(self.actor, "observers.call_interest", self.mission),
            preview=preview,
            page_obj=page,
            rows=page.object_list,
            wanted=wanted,
            words=self.request.GET.get("q", ""),
            counts=[{"code": code, "label": label, "count": counts[code], "is_shown": code == wanted} for code, label in choices],
            has_answers=bool(rows),
            answers=InterestAnswer.choices,
            earlier=[row for row in self.mission.interest_calls.all() if row.is_withdrawn],
            earliest=earliest,
            latest=latest,
            **kwargs,
        )

    def wanted_rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those with the answer and the name that the address asks for."""
        wanted, words = self.request.GET.get("answer", ""), self.request.GET.get("q", "").strip()
        if wanted:
            rows = [row for row in rows if (row["answer"] or OPEN) == wanted]
        if words and rows:
            found = set(Person.objects.named(words).filter(pk__in=[row["person"].pk for row in rows]).values_list("pk", flat=True))
            rows = [row for row in rows if row["person"].pk in found]
        return rows


def answer_rows(mission: Any, call: Any) -> list[dict[str, Any]]:
    """Everybody who is asked or has answered, by name, with answer and nomination. The number of queries does not grow with them."""
    asked = {row.person_id: row for row in call.recipients.select_related("person")} if call else {}
    said = {row.person_id: row for row in Interest.objects.filter(mission=mission).select_related("person")}
    people: dict[int, Person] = {pk: row.person for pk, row in (*asked.items(), *said.items())}
    first, _last = mission_days(mission)
    terms: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(person__in=people).select_related("country", "group"):
        terms.setdefault(membership.person_id, []).append(membership)
    nominated = dict(mission.nominations.filter(withdrawn_at__isnull=True).values_list("person_id", "group__code"))
    rows = [
        {
            "person": person,
            "term": membership_on(terms.get(pk, []), first),
            "recipient": asked.get(pk),
            "interest": said.get(pk),
            "answer": said[pk].answer if pk in said else "",
            "nominated_by": nominated.get(pk, ""),
        }
        for pk, person in people.items()
    ]
    return sorted(rows, key=lambda row: (row["person"].family_name, row["person"].given_name, row["person"].pk))


class CallActView(MissionAction):
    """Give more time, remind, withdraw, or enter an answer that came another way."""

    permission = "observers.call_interest"

    def act(self, request: HttpRequest) -> str:
        """One act on the running call."""
        act, call = self.kwargs["act"], running_call(self.mission)
        if act == "record":
            person = get_object_or_404(Person, uuid=request.POST.get("person") or None)
            record_interest(self.mission, person, by=self.actor, answer=request.POST.get("answer", ""), note=request.POST.get("note", ""))
            messages.success(request, _("The answer of %(name)s is kept.") % {"name": person.name})
        elif call is None:
            raise Invalid(_("No call for interest runs."), attr="act")
        elif act == "extend":
            day: date | None = answer_by_of(request)
            if day is None:
                raise Invalid(_("Say until which day."), code="answer_by_missing", attr="answer_by")
            extend_call(call, by=self.actor, answer_by=day)
            messages.success(request, _("There is more time now; who has not answered is told."))
        elif act == "remind":
            count = remind_call(call, by=self.actor)
            sentence = ngettext("%(count)s person is reminded.", "%(count)s persons are reminded.", count)
            messages.success(request, sentence % {"count": count})
        elif act == "withdraw":
            withdraw_call(call, by=self.actor, reason=request.POST.get("reason", ""))
            messages.success(request, _("The call is withdrawn; those who were asked are told."))
        else:
            raise Invalid(_("There is no such act."), attr="act")
        return reverse("observers:call", args=[self.mission.reference])


class OwnCall(TemplateView):
    """What both doors share: the question and its three answers."""

    template_name = "observers/own_call.html"
    recipient: CallRecipient
    by: Actor

    def own_url(self) -> str:
        """Where the form leads back to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The mission in short and what was answered."""
        call = self.recipient.call
        first, last = mission_days(call.mission)
        said = Interest.objects.filter(mission=call.mission, person=self.recipient.person).first()
        typed = self.request.POST if self.request.method == "POST" else None
        return super().get_context_data(
            call=call,
            mission=call.mission,
            person=self.recipient.person,
            first=first,
            last=last,
            said=said,
            is_over=call.is_over(clock.today()),
            answers=InterestAnswer.choices,
            answer=typed.get("answer", "") if typed else (said.answer if said else ""),
            note=typed.get("note", "") if typed else (said.note if said else ""),
            form_url=self.own_url(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the answer; what is missing is said beside what was typed."""
        try:
            answer_call(self.recipient, by=self.by, answer=request.POST.get("answer", ""), note=request.POST.get("note", ""))
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.render_to_response(self.get_context_data(problem=refusal), status=refusal.status)
        messages.success(request, _("Thank you: your answer has arrived."))
        return redirect(self.own_url())


class CallByLinkView(OwnCall):
    """By secure link, without an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Open the link; one that is not good any more is refused with a sentence."""
        _link, self.by, self.recipient = open_link(kwargs["token"], purpose=PURPOSE)
        return super().dispatch(request, *args, **kwargs)

    def own_url(self) -> str:
        """The same link."""
        return reverse("observers:call_by_link", args=[self.kwargs["token"]])


class OwnCallView(RightMixin, OwnCall):
    """Signed in."""

    permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Somebody else's call does not exist here."""
        if request.user.is_authenticated:
            rows = CallRecipient.objects.select_related("call__mission__country", "person").filter(person=request.user.person_id or 0)
            self.recipient = get_object_or_404(rows, uuid=kwargs["uuid"])
            self.by = self.actor
        return super().dispatch(request, *args, **kwargs)

    def own_url(self) -> str:
        """This page."""
        return reverse("observers:own_call", args=[self.recipient.uuid])
