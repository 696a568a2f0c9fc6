"""Shares without n and denominator in the mission's texts: where they stand, and a publisher's yes with its reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.rights import authorize
from reports.models import AcceptedShare
from reports.services import accepted_shares
from reports.services.accepted_shares import StandingShare
from reports.views.base import MissionPage


class ShareForm(forms.Form):
    """Which sentences may stand, and why. Fields (POST): sentences (repeated), reason."""

    sentences = forms.MultipleChoiceField(choices=(), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=gettext_lazy("Why they may stand"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example: a threshold of the law, an official result. It is kept and logged."),
    )

    def __init__(self, *args: Any, digests: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentences"].choices = [(one, one) for one in digests]  # type: ignore[attr-defined]


class SharesView(MissionPage):
    """Every sentence with a share that nothing beside it supports; a publisher accepts those that are no figures of the mission."""

    template_name = "reports/shares.html"
    permission = "reports.view_shares"
    active_tab = "findings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The sentences that wait and those that were accepted, each with every place where it stands."""
        rows = accepted_shares.shares_of_mission(self.mission)
        waiting, settled = _by_sentence(rows, accepted=False), _by_sentence(rows, accepted=True)
        return super().get_context_data(**kwargs) | {
            "waiting": waiting,
            "settled": settled,
            "form": kwargs.get("form") or ShareForm(digests=[]),
            "chosen": self.request.POST.getlist("sentences"),
            "may_accept": self.may("reports.accept_share"),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Accept what was chosen."""
        authorize(self.actor, "reports.accept_share", self.mission)
        waiting = [row.digest for row in accepted_shares.shares_of_mission(self.mission)]
        form = ShareForm(request.POST, digests=waiting)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        data = form.cleaned_data
        made = accepted_shares.accept_shares(self.mission, data["sentences"], by=self.actor, reason=data["reason"])
        sentence = ngettext("%(n)s sentence may stand.", "%(n)s sentences may stand.", len(made))
        messages.success(request, sentence % {"n": len(made)})
        return redirect("reports:shares", self.mission.reference)


class ShareTakeBackView(MissionPage):
    """Take a yes back."""

    http_method_names = ["post"]
    permission = "reports.accept_share"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take it back; what is published stays."""
        row = get_object_or_404(AcceptedShare, mission=self.mission, uuid=self.kwargs["uuid"])
        accepted_shares.take_back_share(row, by=self.actor)
        messages.success(request, _("The sentence waits for a publisher again."))
        return redirect("reports:shares", self.mission.reference)


def _by_sentence(rows: list[StandingShare], *, accepted: bool) -> list[list[StandingShare]]:
    """The rows of one sentence together, in the order of the texts."""
    found: dict[str, list[StandingShare]] = {}
    for row in rows:
        if (row.accepted is not None) == accepted:
            found.setdefault(row.digest, []).append(row)
    return list(found.values())
