"""Composing a delegation: the question, the proposal, what-if, acceptance."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from accounts.models import Person
from core import clock
from core.errors import DomainError, Invalid, NotAllowed
from missions.enums import LIVE_ASSIGNMENTS, AssignmentRole, AssignmentState
from missions.models import Assignment, Country
from missions.views.base import MissionMixin
from observers.composition.candidates import Weights
from observers.enums import Level, ProposalState
from observers.forms.delegation import ComposeForm
from observers.models import Proposal
from observers.services.candidates import DEFAULT_SIZE, candidates_for
from observers.services.composition import accept_proposal, adjust_proposal, newest_proposal, outcome_in_words, propose
from observers.services.eligibility import mission_days
from observers.services.nominations import nominations_of
from observers.views.delegation import answer_by_of

ACTS = frozenset({"add", "drop", "lock", "unlock", "exclude", "include"})
SHOWN = 12


class ComposeView(MissionMixin, TemplateView):
    """The composing page: ask for a proposal, then change it with the criteria live."""

    template_name = "observers/compose.html"
    permission = "observers.compose_delegation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The newest proposal and, where asked for, people to add."""
        proposal = newest_proposal(self.mission)
        asked = proposal.asked if proposal else {}
        initial = {"size": asked.get("size") or decided_size(self.mission), **asked.get("weights", {})}
        form = kwargs.pop("form", None) or ComposeForm(initial=initial)
        typed = kwargs.pop("typed", None)
        words = self.request.GET.get("q", "").strip()
        return super().get_context_data(
            active_tab="delegation",
            form=form,
            q=words,
            found=search(self.mission, proposal, words) if words else None,
            swappable=swappable(self.mission, proposal) if words else [],
            **panel(self.mission, proposal, typed=typed),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Propose: locks and exclusions of the proposal before stay."""
        form = ComposeForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        before = newest_proposal(self.mission)
        asked = before.asked if before else {}
        weights = Weights(**form.weights())
        propose(
            self.mission,
            by=self.actor,
            size=form.cleaned_data["size"],
            weights=weights,
            locked_in=asked.get("locked_in", []),
            locked_out=asked.get("locked_out", []),
        )
        return redirect("observers:compose", self.mission.reference)


class AdjustView(MissionMixin, View):
    """What if: one person added, dropped, locked or kept out; the criteria update at once."""

    permission = "observers.compose_delegation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """With htmx the panel alone is answered. What was opened before another change goes on from the newest: nothing is lost."""
        proposal = get_object_or_404(self.mission.proposals, uuid=request.POST.get("proposal"))
        if proposal.state == ProposalState.SUPERSEDED:
            proposal = newest_proposal(self.mission) or proposal
        act, _sep, uuid = request.POST.get("do", "").partition(":")
        if act == "swap":  # of the next best swap, or of the search, whose menu names who goes out
            out, _sep, person = uuid.partition(":")
            proposal = adjust_proposal(proposal, by=self.actor, swap=(out or request.POST.get("out", ""), person))
        elif act in ACTS and uuid:
            proposal = adjust_proposal(proposal, by=self.actor, **{act: [uuid]})
        if request.headers.get("HX-Request"):
            return render(request, "observers/compose_panel.html", {"mission": self.mission, **panel(self.mission, proposal)})
        return redirect("observers:compose", self.mission.reference)


class CandidatesView(MissionMixin, View):
    """People who could be added, by name, as a fragment."""

    permission = "observers.compose_delegation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Those who are not in, barred ones with the reason."""
        proposal = newest_proposal(self.mission)
        words = request.GET.get("q", "").strip()
        context = {"mission": self.mission, "proposal": proposal, "found": search(self.mission, proposal, words), "q": words}
        context["swappable"] = swappable(self.mission, proposal)
        return render(request, "observers/compose_candidates.html", context)


class AcceptView(ComposeView):
    """Accept the proposal: reasons for warnings, roles, and everybody is asked by mail."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A warning without its reason is refused, all of them at once; what was typed stays in the form."""
        proposal = get_object_or_404(self.mission.proposals, uuid=request.POST.get("proposal"))
        before = set(self.mission.assignments.live().values_list("pk", flat=True))
        try:
            made = self._accept(proposal, request)
        except NotAllowed:
            raise
        except DomainError as refusal:
            context = self.get_context_data(refusal=refusal, typed=request.POST)
            return self.render_to_response(context, status=refusal.status)
        count = sum(row.pk not in before for row in made)
        sentence = ngettext("%(count)s member is asked by mail.", "%(count)s members are asked by mail.", count)
        if not count:
            sentence = _("The proposal is accepted; all its members were asked before.")
        messages.success(request, sentence % {"count": count})
        return redirect("observers:delegation", self.mission.reference)

    def _accept(self, proposal: Proposal, request: HttpRequest) -> list[Assignment]:
        head, deputy = request.POST.get("head", ""), request.POST.get("deputy", "")
        if head and head == deputy:
            sentence = _("The head of delegation and the deputy head are two persons: choose somebody else for one of them.")
            raise Invalid(sentence, code="head_is_deputy", attr="deputy")
        roles = {uuid: role for uuid, role in ((head, AssignmentRole.HEAD), (deputy, AssignmentRole.DEPUTY)) if uuid}
        return accept_proposal(
            proposal,
            by=self.actor,
            roles=roles,
            rapporteurs=[uuid for uuid in request.POST.getlist("rapporteur") if uuid],
            reasons=reasons_in(request.POST),
            answer_by=answer_by_of(request),
        )


def reasons_in(typed: Any) -> dict[str, str]:
    """The written reasons of a form, by code of the criterion."""
    return {name.removeprefix("reason-"): value for name, value in typed.items() if name.startswith("reason-")}


def decided_size(mission: Any) -> int:
    """How many members the Bureau was asked for; the usual number where its note names none."""
    return (mission.request.proposed_size if mission.request else None) or DEFAULT_SIZE


def panel(mission: Any, proposal: Proposal | None, typed: Any = None) -> dict[str, Any]:
    """What the panel shows: members with locks, criteria with what is still to be justified; `typed`: a form that was refused."""
    if proposal is None:
        return {"proposal": None}
    typed = typed or {}
    outcome = outcome_in_words(proposal)
    locked_in, locked_out = set(proposal.asked.get("locked_in", [])), set(proposal.asked.get("locked_out", []))
    present = {str(uuid) for uuid in mission.assignments.live().values_list("person__uuid", flat=True)}
    gone = mission.assignments.exclude(state__in=LIVE_ASSIGNMENTS).order_by("pk")
    left = {str(uuid): state for uuid, state in gone.values_list("person__uuid", "state")}
    names = country_names()
    swaps = swaps_in_words(outcome, names)
    nominations = list(nominations_of(mission))
    putting_forward = {str(row.person.uuid): row.group.code for row in nominations}
    inside = {row["uuid"] for row in outcome.get("members", [])}
    members = [
        {
            **row,
            "swap": swaps.get(row["uuid"]),
            "nominated_by": putting_forward.get(row["uuid"], ""),
            "country_name": names.get(row["country"], row["country"]),
            "locked": row["uuid"] in locked_in,
            "invited": row["uuid"] in present,
            "left": AssignmentState(left[row["uuid"]]).label if row["uuid"] in left and row["uuid"] not in present else "",
        }
        for row in outcome.get("members", [])
    ]
    criteria = criteria_rows(outcome, reasons_in(typed))
    held = Person.objects.filter(uuid__in=locked_in - present).order_by("family_name") if outcome.get("clash") else []
    kept_out = Person.objects.filter(uuid__in=locked_out).order_by("family_name") if locked_out else []
    return {
        "proposal": proposal,
        "gap_percent": round(100 * proposal.gap, 1) if proposal.gap else None,
        "members": members,
        "criteria": criteria,
        "clash": outcome.get("clash", []),
        "nominated_out": [row for row in nominations if str(row.person.uuid) not in inside],
        "next_swap": next(iter(swaps.values()), None),
        "shares": next((row["numbers"]["groups"] for row in criteria if row["code"] == "C2"), []),
        "rapporteurs": typed.getlist("rapporteur") if hasattr(typed, "getlist") else [],
        "kept_out": kept_out,
        "held": held,
        "typed": typed,
        "earliest": clock.today(),
        "latest": max(clock.today(), mission_days(mission)[0]),
        "warnings": [row for row in criteria if row["level"] != "ok" and not row["justified"]],
    }


def criteria_rows(outcome: dict[str, Any], written: dict[str, str]) -> list[dict[str, Any]]:
    """The criteria with what is still to be justified, and the reasons as typed."""
    return [
        {
            **row,
            "justified": row["code"] in outcome.get("justified", ()),
            "can_override": row["level"] == "warning" or row["code"] in {"C1", "C4"},
            "reason": written.get(row["code"], ""),
        }
        for row in outcome.get("criteria", [])
    ]


def swaps_in_words(outcome: dict[str, Any], names: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The swaps of a proposal by the uuid of who goes out, the best first, with what each changes in the reader's language."""
    words = term_labels()
    labels = {row["code"]: row["label"] for row in outcome.get("criteria", [])}
    return {
        row["out"]: {
            **row,
            "country_name": names.get(row["country"], row["country"]),
            "told": [(words[rule], f"{cost:+d}") for rule, cost in row["changes"].items()],
            "turns": [(labels.get(code, code), Level(old).label, Level(new).label) for code, (old, new) in row["levels"].items()],
        }
        for row in outcome.get("swaps", [])
    }


def term_labels() -> dict[str, str]:
    """Names of the soft rules in the reader's language, by their term in the model."""
    return {
        "groups": _("Political groups"),
        "states": _("Spread of states"),
        "chambers": _("Both chambers"),
        "languages": _("English or French"),
        "local_language": _("Language of the country"),
        "experience": _("Experience"),
        "first_time": _("Newcomers"),
        "rotation": _("Rotation"),
        "conditions": _("Conditions"),
        "nominated": _("Nominations"),
    }


def country_names() -> dict[str, str]:
    """Names of the member states in the reader's language, by code."""
    return {country.code: country.name for country in Country.objects.filter(is_member=True)}


def search(mission: Any, proposal: Proposal | None, words: str) -> list[dict[str, Any]]:
    """At most a dozen people by name who are not in the proposal."""
    if not words:
        return []
    inside = {row["uuid"] for row in proposal.outcome.get("members", [])} if proposal else set()
    people = Person.objects.named(words).exclude(uuid__in=inside).values_list("pk", flat=True)[:SHOWN]
    return [{"candidate": c, "barred": list(c.refused.values())} for c in candidates_for(mission, only=list(people))]


def swappable(mission: Any, proposal: Proposal | None) -> list[dict[str, Any]]:
    """Members of the proposal who may be swapped: those who are not asked yet."""
    present = {str(uuid) for uuid in mission.assignments.live().values_list("person__uuid", flat=True)}
    return [row for row in (proposal.outcome.get("members", []) if proposal else []) if row["uuid"] not in present]
