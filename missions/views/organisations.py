"""Organisations and their contacts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, TemplateView

from core import clock
from core.actors import user_actor
from core.errors import Invalid
from core.rights import allowed
from core.views import RightMixin
from missions.enums import OrganisationKind, PartnerStatus, StatusPhase
from missions.forms.organisations import ContactForm, OrganisationForm
from missions.models import Contact, Country, Organisation, OrganisationMerge
from missions.services import merging
from missions.services import organisations as service
from missions.views.base import ActionView, FormPage

SHOWN = (
    "name", "other_name", "kind", "country", "languages", "website", "partner_status", "status_from", "status_to", "note", "note_access",
)  # fmt: skip
CONTACT_SHOWN = (*service.CONTACT_FIELDS, "is_primary")
CANDIDATES = 20


class OrganisationListView(RightMixin, ListView):
    """Organisations, found by name in any script."""

    template_name = "missions/organisations.html"
    permission = "missions.view_organisation"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Organisation]:
        """Those that fit the search."""
        wanted, today = self.request.GET, clock.today()
        rows = Organisation.objects.named(wanted.get("q", "")).select_related("country")
        rows = rows.filter(is_active=False, merged_into=None) if wanted.get("shown") == "retired" else rows.active()
        if wanted.get("kind") in OrganisationKind.values:
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("country"):
            rows = rows.filter(country__code=wanted["country"])
        if wanted.get("status") in PartnerStatus.values:
            rows = rows.filter(partner_status=wanted["status"])
        phases = {StatusPhase.HOLDS: rows.with_status, StatusPhase.ENDING: rows.status_ending, StatusPhase.ENDED: rows.status_ended}
        if wanted.get("phase") in phases:
            rows = phases[wanted["phase"]](today)
        return rows.annotate(meetings=Count("participations")).order_by("name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The search as it was asked, and where each partner status stands."""
        context = super().get_context_data(
            **{name: self.request.GET.get(name, "") for name in ("q", "kind", "country", "status", "phase", "shown")},
            kinds=OrganisationKind.choices,
            statuses=PartnerStatus.choices,
            phases=[(phase.value, phase.label) for phase in (StatusPhase.HOLDS, StatusPhase.ENDING, StatusPhase.ENDED)],
            countries=Country.objects.filter(organisations__isnull=False).distinct().by_name(),
            may_change=allowed(user_actor(self.request.user), "missions.change_organisation"),
            **kwargs,
        )
        today = clock.today()
        for row in context["object_list"]:
            row.stands = StatusPhase(row.phase(today))
        return context


class OrganisationMixin(RightMixin):
    """A page of one organisation."""

    permission = "missions.view_organisation"

    @cached_property
    def row(self) -> Organisation:
        """The organisation of the address."""
        return get_object_or_404(Organisation.objects.select_related("country", "merged_into"), uuid=self.kwargs["uuid"])

    def get_success_url(self) -> str:
        """Back to the organisation."""
        return reverse("missions:organisation", args=[self.row.uuid])


class OrganisationView(OrganisationMixin, DetailView):
    """One organisation: contacts, partner status, meetings across missions."""

    template_name = "missions/organisation.html"

    def get_object(self, queryset: Any = None) -> Organisation:
        """The organisation of the address."""
        return self.row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Contacts, meetings, where the partner status stands, merges, what may be the same organisation."""
        may_change = allowed(user_actor(self.request.user), "missions.change_organisation", self.row)
        return super().get_context_data(
            row=self.row,
            phase=StatusPhase(self.row.phase(clock.today())),
            may_renew=may_change and self.row.status_to is not None,
            history=_terms(self.row),
            merges=self.row.merges.filter(undone_at=None).select_related("merged").prefetch_related("papers"),
            twins=service.twins_of(self.row) if may_change and self.row.is_active else [],
            is_unused=may_change and service.is_unused(self.row),
            contacts=self.row.contacts.all(),
            meetings=service.meetings_of(self.row),
            contact_form=ContactForm(),
            may_change=may_change and self.row.merged_into is None,
            **kwargs,
        )


class OrganisationNewView(FormPage):
    """Add an organisation."""

    permission = "missions.change_organisation"
    form_class = OrganisationForm
    title = gettext_lazy("New organisation")

    def get_initial(self) -> dict[str, Any]:
        """The country may come with the address."""
        return {"country": self.request.GET.get("country", "")}

    def act(self, form: forms.Form) -> Organisation:
        """Add it."""
        return service.create_organisation(by=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        """The organisation's page."""
        return reverse("missions:organisation", args=[self.done.uuid])


class OrganisationEditView(OrganisationMixin, FormPage):
    """Change an organisation."""

    permission = "missions.change_organisation"
    form_class = OrganisationForm
    title = gettext_lazy("Change the organisation")

    def get_initial(self) -> dict[str, Any]:
        """As it is."""
        values = {name: getattr(self.row, name) for name in SHOWN}
        return {**values, "country": self.row.country.code if self.row.country else ""}

    def act(self, form: forms.Form) -> Organisation:
        """Change it."""
        return service.change_organisation(self.row, by=self.actor, **form.cleaned_data)


class ContactNewView(OrganisationMixin, FormPage):
    """Add a contact."""

    permission = "missions.change_organisation"
    form_class = ContactForm
    title = gettext_lazy("New contact")

    def act(self, form: forms.Form) -> Any:
        """Add it."""
        return service.add_contact(self.row, by=self.actor, **form.cleaned_data)


class ContactEditView(OrganisationMixin, FormPage):
    """Change a contact."""

    permission = "missions.change_organisation"
    form_class = ContactForm
    title = gettext_lazy("Change the contact")

    @cached_property
    def contact(self) -> Contact:
        """The contact of the address."""
        return get_object_or_404(self.row.contacts.select_related("organisation__merged_into"), uuid=self.kwargs["contact"])

    def get_initial(self) -> dict[str, Any]:
        """As it is."""
        return {name: getattr(self.contact, name) for name in CONTACT_SHOWN}

    def act(self, form: forms.Form) -> Contact:
        """Change it."""
        return service.change_contact(self.contact, by=self.actor, **form.cleaned_data)


class ContactRemoveView(OrganisationMixin, ActionView):
    """Forget a contact."""

    permission = "missions.change_organisation"

    def act(self, request: HttpRequest) -> str:
        """Remove it."""
        service.remove_contact(get_object_or_404(self.row.contacts, uuid=self.kwargs["contact"]), by=self.actor)
        return self.get_success_url()


class OrganisationActionView(OrganisationMixin, ActionView):
    """`renew` the partner status, `retire` (put out of use), `restore`, `remove` what was never used."""

    permission = "missions.change_organisation"

    def act(self, request: HttpRequest) -> str:
        """Do it."""
        action = self.kwargs["action"]
        if action == "renew":
            row = service.renew_status(self.row, by=self.actor)
            messages.success(request, _("The partner status is renewed until %(day)s.") % {"day": date_format(row.status_to)})
        elif action == "remove":
            service.remove_organisation(self.row, by=self.actor)
            messages.success(request, _("“%(name)s” is removed.") % {"name": self.row.name})
            return reverse("missions:organisations")
        else:
            (service.retire_organisation if action == "retire" else service.restore_organisation)(self.row, by=self.actor)
        return self.get_success_url()


class OrganisationMergeView(OrganisationMixin, TemplateView):
    """Merge another organisation into this one: look for it (`q`), see what would move (`other`), confirm (POST `other`)."""

    template_name = "missions/organisation_merge.html"
    permission = "missions.change_organisation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Candidates, and what merging the chosen one would do."""
        words, other = self.request.GET.get("q", ""), self._other(self.request.GET.get("other", ""))
        rows = Organisation.objects.filter(merged_into=None).exclude(pk=self.row.pk).select_related("country")
        found = list(rows.named(words).order_by("name")[:CANDIDATES]) if words.strip() else service.twins_of(self.row)
        preview = merging.preview_merge(self.row, other) if other else None
        return super().get_context_data(row=self.row, q=words, found=found, other=other, preview=preview, **kwargs)

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Merge them."""
        other = self._other(request.POST.get("other", ""))
        if other is None:
            raise Invalid(_("Choose the organisation that is the same as this one."), attr="other")
        merging.merge_organisations(self.row, other, by=self.actor)
        values = {"old": other.name, "new": self.row.name}
        messages.success(request, _("“%(old)s” is merged into “%(new)s”; both names lead here.") % values)
        return redirect(self.row)

    def _other(self, uuid: str) -> Organisation | None:
        try:
            return Organisation.objects.filter(uuid=UUID(uuid)).select_related("country").first()
        except ValueError:
            return None


class MergeUndoView(OrganisationMixin, ActionView):
    """Take a merge back."""

    permission = "missions.change_organisation"

    def act(self, request: HttpRequest) -> str:
        """Undo it."""
        trace = get_object_or_404(OrganisationMerge, kept=self.row, uuid=self.kwargs["merge"])
        back = merging.undo_merge(trace, by=self.actor)
        messages.success(request, _("The merge is taken back: “%(name)s” stands on its own again.") % {"name": back.name})
        return self.get_success_url()


def _terms(row: Organisation) -> list[dict[str, Any]]:
    """Earlier terms of the partner status, newest first, as a page shows them."""
    labels = dict(PartnerStatus.choices)
    terms = [
        {
            "label": labels.get(term["status"], term["status"]),
            "begin": date.fromisoformat(term["from"]) if term["from"] else None,
            "end": date.fromisoformat(term["to"]),
        }
        for term in row.status_history
    ]
    return terms[::-1]
