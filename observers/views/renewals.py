"""Renewal sessions, versions of the Charter and open points, and the prolongation of terms around a session."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from core import clock
from core.actors import user_actor
from core.errors import DomainError
from core.rights import allowed
from core.views import RightMixin
from observers.enums import MarkKind
from observers.forms.people import ExtensionForm, RenewalForm
from observers.membership.terms import charter_on, judge_extension, next_renewal
from observers.models import CharterVersion, Membership, RenewalSession, StateMark
from observers.services.membership import extend_terms
from observers.services.renewals import NOTICE, RenewalPreview, add_renewal_session, move_renewal_session, preview_renewal
from observers.services.standing import load_calendar
from observers.views.delegations import StateMixin
from observers.views.people import RefusingForm


class RenewalsView(RightMixin, TemplateView):
    """The calendar of sessions, the versions of the Charter with their numbers, and the open points of R15."""

    template_name = "observers/renewals.html"
    permission = "observers.view_membership"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the rules rest on."""
        today = clock.today()
        return super().get_context_data(
            sessions=list(RenewalSession.objects.order_by("-opens_on")),
            charters=list(CharterVersion.objects.order_by("-valid_from")),
            in_force=charter_on(load_calendar().charters, today).code if CharterVersion.objects.exists() else "",
            without_regions=StateMark.objects.on(today).filter(kind=MarkKind.NO_REGIONS).select_related("country"),
            practices=[
                (_("Members in the period of grace may observe"), settings.OBSERVERS_GRACE_MAY_OBSERVE),
                (_("Honorary members may observe"), settings.OBSERVERS_HONORARY_MAY_OBSERVE),
                (_("Youth delegates may observe"), settings.OBSERVERS_YOUTH_MAY_OBSERVE),
            ],
            today=today,
            may_change=allowed(user_actor(self.request.user), "observers.change_membership"),
            **kwargs,
        )


class RenewalView(RefusingForm, RightMixin, FormView):
    """Set the date of a renewal session: first look at whose terms end (`do=look`), then set it (`do=set`)."""

    template_name = "observers/renewal.html"
    permission = "observers.change_membership"
    form_class = RenewalForm
    preview: RenewalPreview | None = None

    @cached_property
    def session(self) -> RenewalSession | None:
        """The session of the address, by the day it opens; none for a new one."""
        if "opening" not in self.kwargs:
            return None
        try:
            day = date.fromisoformat(self.kwargs["opening"])
        except ValueError:
            raise Http404 from None
        row = RenewalSession.objects.filter(opens_on=day).first()
        if row is None:
            raise Http404
        return row

    def get_initial(self) -> dict[str, Any]:
        """As it stands."""
        if self.session is None:
            return {"is_expected": True}
        row = self.session
        return {
            "opens_on": row.opens_on,
            "number": row.number,
            "is_expected": row.is_expected,
            "notify_by": row.notify_by or row.opens_on - NOTICE,
            "note": row.source_mark,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """Look or set."""
        if self.request.POST.get("do") != "set":
            self.preview = preview_renewal(form.cleaned_data["opens_on"], replaces=self.session)
            return self.render_to_response(self.get_context_data(form=form))
        return super().form_valid(form)

    def act(self, form: RenewalForm) -> str:
        """Set it."""
        if self.session is None:
            add_renewal_session(by=self.actor, **form.cleaned_data)
        else:
            move_renewal_session(self.session, by=self.actor, **form.cleaned_data)
        return _("The date is set; the terms follow it.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The session as it stands, and what its date means."""
        preview = self.preview
        if preview is None and self.session is not None and self.request.method == "GET":
            preview = preview_renewal(self.session.opens_on, replaces=self.session)
        return super().get_context_data(session=self.session, preview=preview, **kwargs)

    def get_success_url(self) -> str:
        """The list."""
        return reverse("observers:renewals")


class ExtensionView(StateMixin, TemplateView):
    """Prolong terms of one state over a renewal session (R12): who is covered, until when at most, who decided."""

    template_name = "observers/extension.html"
    permission = "observers.change_membership"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, the open memberships, and what R12 says of the election that was named."""
        form = kwargs.pop("form", None) or ExtensionForm()
        rows = list(
            Membership.objects.filter(country=self.country, ends_on=None)
            .seated()
            .select_related("person", "group")
            .order_by("member_list", "seat", "person__family_name")
        )
        calendar = load_calendar()
        start = min((row.starts_on for row in rows), default=None)
        renewal = next_renewal(calendar.renewals, start) if start else None
        verdict = None
        if renewal and form.is_bound and form.is_valid():
            charter = charter_on(calendar.charters, renewal)
            verdict = judge_extension(election_on=form.cleaned_data["election_on"], renewal=renewal, charter=charter)
        return super().get_context_data(
            country=self.country,
            form=form,
            rows=rows,
            renewal=renewal,
            verdict=verdict,
            chosen=self.request.POST.getlist("covers"),
            **kwargs,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Look what R12 allows (`do=look`), or prolong."""
        form = ExtensionForm(request.POST)
        if not form.is_valid() or request.POST.get("do") != "set":
            return self.render_to_response(self.get_context_data(form=form), status=200 if form.is_valid() else 400)
        rows = Membership.objects.filter(country=self.country, uuid__in=request.POST.getlist("covers"))
        try:
            covered = extend_terms(rows, by=self.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, _("The terms of %(count)s persons are prolonged.") % {"count": len(covered)})
        return redirect(self.get_success_url())
