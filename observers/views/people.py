"""People: the list, one person with the verdicts of the rules, the import."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, TemplateView, View

from accounts.models import Person
from accounts.services.people import change_person, create_person
from accounts.validators import write_spoken
from core import clock
from core.errors import DomainError, NotAllowed
from core.rights import allowed
from core.views import RightMixin
from observers.exports import csv_response, xlsx_response
from observers.forms.people import (
    ChangeMembershipForm,
    CredentialForm,
    EndMembershipForm,
    ImportForm,
    LoseMandateForm,
    MandateForm,
    MembershipForm,
    PeopleFilter,
    PersonForm,
)
from observers.membership.eligibility import judge_day
from observers.membership.mandate import judge_mandate
from observers.membership.terms import charter_on, judge_term
from observers.models import Mandate, Membership, membership_on
from observers.services.eligibility import SHOWN
from observers.services.membership import (
    appoint_member,
    change_membership,
    end_membership,
    lose_mandate,
    move_credential,
    record_declaration,
    record_mandate,
)
from observers.services.people_import import import_people
from observers.services.people_list import HEAD, export_rows, judged_on, people_on, record_export, served_by, with_terms
from observers.services.people_table import read_head
from observers.services.standing import facts_of, load_calendar, load_standings
from observers.views.days import day_asked, day_of


class PeopleMixin(RightMixin):
    """The list as the address asks for it; page and export are narrowed by the same words."""

    permission = "observers.view_membership"

    def asked(self) -> dict[str, Any]:
        """The filters; the day in `self.day`."""
        self.filter = PeopleFilter(self.request.GET or None)
        self.filter.is_valid()
        values: dict[str, Any] = getattr(self.filter, "cleaned_data", {})  # what can be read, where one of the filters cannot
        self.day = self.asked_day()
        return values

    def asked_day(self) -> date:
        """The day of the address; a page tells of one that is none."""
        return day_of(self.request)


class PeopleView(PeopleMixin, ListView):
    """Everybody with their membership as on a day: search in any script, filters, verdicts."""

    template_name = "observers/people.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Person]:
        """People by name and by their membership on the day."""
        wanted = self.asked()
        return with_terms(people_on(self.day, wanted))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each person with membership and verdict on the day."""
        context = super().get_context_data(**kwargs)
        people = list(context["object_list"])
        judged_on(people, self.day)
        return {
            **context,
            "people": people,
            "filter": self.filter,
            "day": self.day,
            "is_today": self.day == clock.today(),
            "may_export": allowed(self.actor, "observers.export_people"),
            "may_import": allowed(self.actor, "observers.import_people"),
            "may_add": allowed(self.actor, "accounts.change_people"),
        }


class PeopleExportView(PeopleMixin, View):
    """The list as CSV or XLSX, with the filters of the page, as on the day."""

    permission = "observers.export_people"

    def asked_day(self) -> date:
        """A file of another day than the one that was meant would not be noticed."""
        return day_asked(self.request)

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The file; the log keeps that it was taken. Raises Invalid for a day that is none: a file cannot tell."""
        wanted = self.asked()
        rows = list(export_rows(self.day, wanted))
        record_export(by=self.actor, count=len(rows), kind=kind)
        name = f"people-{self.day.isoformat()}.{kind}"
        return csv_response(name, HEAD, rows) if kind == "csv" else xlsx_response(name, {"People": [HEAD, *rows]})


class PersonMixin(RightMixin):
    """A page about one person, by uuid."""

    permission = "observers.view_membership"
    kwargs: dict[str, Any]

    @property
    def person(self) -> Person:
        """The person of the page."""
        if "_person" not in self.__dict__:
            self.__dict__["_person"] = get_object_or_404(Person, uuid=self.kwargs["uuid"])
        return self.__dict__["_person"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give templates the person."""
        return super().get_context_data(person=self.person, **kwargs)  # type: ignore[misc]


class PersonView(PersonMixin, TemplateView):
    """One person: membership, mandates, what each rule says on a day, missions served."""

    template_name = "observers/person.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody who was merged into another person leads there."""
        if self.person.merged_into is not None:
            return redirect(self.person.merged_into)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Memberships with their term, mandates with R1, the verdict of the day."""
        day = day_of(self.request)
        calendar = load_calendar()
        standing = load_standings([self.person.pk])[self.person.pk]
        memberships = list(self.person.memberships.select_related("country", "group").order_by("-starts_on"))
        for row in memberships:
            row.verdict = judge_term(
                starts_on=row.starts_on, renewals=calendar.renewals, charter=charter_on(calendar.charters, row.starts_on)
            )
        mandates = list(self.person.mandates.all())
        for mandate in mandates:
            mandate.verdict = judge_mandate(facts_of(mandate))
        assignments = self.person.assignments.select_related("mission__country", "mission__election").order_by("-created_at")
        profile = getattr(self.person, "observer_profile", None)
        return super().get_context_data(
            day=day,
            verdict=judge_day(standing, calendar, day, **SHOWN),
            memberships=memberships,
            mandates=mandates,
            assignments=assignments,
            profile=profile,
            current=membership_on(memberships, day),
            may_change=allowed(self.actor, "observers.change_membership"),
            may_edit=allowed(self.actor, "accounts.change_people"),
            may_link=allowed(self.actor, "accounts.issue_link"),
            may_see_stored=allowed(self.actor, "observers.view_stored", self.person),
            may_see_papers=allowed(self.actor, "observers.view_papers"),
            served=(profile.missions_before if profile else 0) + len(served_by({self.person.pk}, day).get(self.person.pk, [])),
            may_merge=allowed(self.actor, "observers.merge_people"),
            merges=self.person.merges.filter(undone_at=None).select_related("merged"),
            spans=self.person.available_spans.filter(last_on__gte=day),
            papers=self.person.papers.select_related("file"),
            corrections=self.person.correction_requests.waiting().count(),
            **kwargs,
        )


class RefusingForm:
    """A form whose act is a service: a refusal is shown at its field, and what was typed stays."""

    def act(self, form: Any) -> str:
        """Call the service; returns what was done, in a sentence."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Act and say so, or show why not."""
        try:
            sentence = self.act(form)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)  # type: ignore[attr-defined]
        messages.success(self.request, sentence)  # type: ignore[attr-defined]
        return redirect(self.get_success_url())  # type: ignore[attr-defined]


class PersonFormView(RefusingForm, PersonMixin, FormView):
    """A form about one person; leads back to the person."""

    template_name = "observers/person_form.html"
    permission = "observers.change_membership"
    title: Any = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The title of the form."""
        return super().get_context_data(title=self.title, **kwargs)

    def get_success_url(self) -> str:
        """Back to the person."""
        return reverse("observers:person", args=[self.person.uuid])


class NewPersonView(RefusingForm, RightMixin, FormView):
    """Add a person."""

    template_name = "observers/person_form.html"
    permission = "accounts.change_people"
    form_class = PersonForm
    extra_context = {"title": gettext_lazy("New person")}

    def act(self, form: PersonForm) -> str:
        """Add."""
        self.person = create_person(by=self.actor, **form.cleaned_data)
        return _("%(name)s is added.") % {"name": self.person.name}

    def get_success_url(self) -> str:
        """The new person."""
        return reverse("observers:person", args=[self.person.uuid])


class EditPersonView(PersonFormView):
    """Change names, address, language."""

    form_class = PersonForm
    permission = "accounts.change_people"
    title = gettext_lazy("Change the person")

    def get_initial(self) -> dict[str, Any]:
        """What is stored."""
        person = self.person
        names = ("given_name", "family_name", "other_name", "email", "phone", "language", "gender")
        return {**{name: getattr(person, name) for name in names}, "languages": write_spoken(person.languages, person.language_levels)}

    def act(self, form: PersonForm) -> str:
        """Store what differs."""
        change_person(self.person, by=self.actor, **form.cleaned_data)
        return _("%(name)s is changed.") % {"name": self.person.name}


class AddMembershipView(PersonFormView):
    """Record a membership."""

    form_class = MembershipForm
    title = gettext_lazy("Record a membership")

    def act(self, form: MembershipForm) -> str:
        """Appoint; a taken seat is refused with the holder's name."""
        appoint_member(by=self.actor, person=self.person, **form.cleaned_data)
        return _("The membership is recorded.")


class AddMandateView(PersonFormView):
    """Record an office."""

    form_class = MandateForm
    title = gettext_lazy("Record a mandate")

    def act(self, form: MandateForm) -> str:
        """Record."""
        record_mandate(self.person, by=self.actor, **form.cleaned_data)
        return _("The mandate is recorded.")


class LoseMandateView(PersonFormView):
    """Record the end of a mandate."""

    form_class = LoseMandateForm
    title = gettext_lazy("End of a mandate")

    def act(self, form: LoseMandateForm) -> str:
        """Membership follows by R11."""
        mandate = get_object_or_404(Mandate, uuid=self.kwargs["mandate"], person=self.person)
        lose_mandate(mandate, by=self.actor, **form.cleaned_data)
        return _("The end of the mandate is recorded.")


class EndMembershipView(PersonFormView):
    """End a membership early."""

    form_class = EndMembershipForm
    title = gettext_lazy("End of a membership")

    def act(self, form: EndMembershipForm) -> str:
        """Only the grounds of R9 and R10."""
        membership = get_object_or_404(Membership, uuid=self.kwargs["membership"], person=self.person)
        end_membership(membership, by=self.actor, **form.cleaned_data)
        return _("The end of the membership is recorded.")


class MembershipMixin(PersonFormView):
    """A form about one membership of the person."""

    @property
    def membership(self) -> Membership:
        """The membership of the address."""
        return get_object_or_404(Membership.objects.select_related("group"), uuid=self.kwargs["membership"], person=self.person)


class ChangeMembershipView(MembershipMixin):
    """Continue a membership with another list, seat, chamber or group."""

    form_class = ChangeMembershipForm
    title = gettext_lazy("Continue a membership with a change")

    def get_initial(self) -> dict[str, Any]:
        """As it is, from today."""
        row = self.membership
        shown = {name: getattr(row, name) for name in ("member_list", "seat", "chamber")}
        return {**shown, "group": row.group.code if row.group else "", "from_on": clock.today()}

    def act(self, form: ChangeMembershipForm) -> str:
        """The old stretch ends the day before, the next one begins."""
        change_membership(self.membership, by=self.actor, **form.cleaned_data)
        return _("The membership goes on with the change.")


class CredentialView(MembershipMixin):
    """Move a member's credentials on; keep when the declaration was signed."""

    form_class = CredentialForm
    title = gettext_lazy("Credentials")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Only the steps that may follow."""
        return {**super().get_form_kwargs(), "now": self.membership.credential}

    def get_initial(self) -> dict[str, Any]:
        """As they stand."""
        return {"credential": self.membership.credential, "declared_on": self.membership.declared_on}

    def act(self, form: CredentialForm) -> str:
        """Move them."""
        row = move_credential(self.membership, form.cleaned_data["credential"], by=self.actor)
        if form.cleaned_data["declared_on"]:
            record_declaration(row, by=self.actor, declared_on=form.cleaned_data["declared_on"])
        return _("The credentials are recorded.")


class ImportPeopleView(RightMixin, FormView):
    """Import a list of members: all or nothing, each row that is refused is named."""

    template_name = "observers/people_import.html"
    permission = "observers.import_people"
    form_class = ImportForm

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Show the answer; stored only where no row was refused."""
        file = form.cleaned_data["file"]
        content = file.read()
        answer = import_people(content, name=file.name, by=self.actor, dry_run=form.cleaned_data["dry_run"])
        head = read_head(content)
        for row in answer["refused"]:
            row["heading"] = head.name_of(row["column"])
        if not answer["refused"] and not form.cleaned_data["dry_run"]:
            messages.success(self.request, _("The list is stored."))
        return self.render_to_response(self.get_context_data(form=form, answer=answer, head=head, tried=form.cleaned_data["dry_run"]))
