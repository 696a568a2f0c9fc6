"""Organisations and their contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView

from core.actors import user_actor
from core.rights import allowed
from core.views import RightMixin
from missions.enums import OrganisationKind
from missions.forms.programme import ContactForm, OrganisationForm
from missions.models import Country, Organisation
from missions.services import organisations as service
from missions.views.base import ActionView, FormPage

SHOWN = ("name", "other_name", "kind", "country", "languages", "website", "partner_status", "status_from", "status_to", "note")


class OrganisationListView(RightMixin, ListView):
    """Organisations, found by name in any script."""

    template_name = "missions/organisations.html"
    permission = "missions.view_organisation"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Organisation]:
        """Those that fit the search."""
        wanted = self.request.GET
        rows = Organisation.objects.active().named(wanted.get("q", "")).select_related("country")
        if wanted.get("kind") in OrganisationKind.values:
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("country"):
            rows = rows.filter(country__code=wanted["country"])
        return rows.annotate(meetings=Count("participations")).order_by("name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The search as it was asked."""
        return super().get_context_data(
            q=self.request.GET.get("q", ""),
            kind=self.request.GET.get("kind", ""),
            country=self.request.GET.get("country", ""),
            kinds=OrganisationKind.choices,
            countries=Country.objects.filter(organisations__isnull=False).distinct().by_name(),
            may_change=allowed(user_actor(self.request.user), "missions.change_organisation"),
            **kwargs,
        )


class OrganisationMixin(RightMixin):
    """A page of one organisation."""

    permission = "missions.view_organisation"

    @cached_property
    def row(self) -> Organisation:
        """The organisation of the address."""
        return get_object_or_404(Organisation.objects.select_related("country"), uuid=self.kwargs["uuid"])

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
        """Contacts and meetings."""
        return super().get_context_data(
            row=self.row,
            contacts=self.row.contacts.all(),
            meetings=service.meetings_of(self.row),
            contact_form=ContactForm(),
            may_change=allowed(user_actor(self.request.user), "missions.change_organisation", self.row),
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


class ContactRemoveView(OrganisationMixin, ActionView):
    """Forget a contact."""

    permission = "missions.change_organisation"

    def act(self, request: HttpRequest) -> str:
        """Remove it."""
        service.remove_contact(get_object_or_404(self.row.contacts, uuid=self.kwargs["contact"]), by=self.actor)
        return self.get_success_url()
