"""People: the list, one person with the verdicts of the rules, national delegations, the import."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, TemplateView

from accounts.models import Person
from accounts.services.people import change_person, create_person
from accounts.validators import write_spoken
from core import clock
from core.errors import DomainError, NotAllowed
from core.views import RightMixin
from missions.models import Country
from observers.forms import (
    EndMembershipForm,
    ImportForm,
    LoseMandateForm,
    MandateForm,
    MembershipForm,
    PeopleFilter,
    PersonForm,
)
from observers.membership.delegation import judge_chamber_split, judge_gender_share, judge_numbers, seats_on
from observers.membership.eligibility import judge_day
from observers.membership.mandate import judge_mandate
from observers.membership.terms import charter_on, judge_term
from observers.models import Mandate, Membership, membership_on
from observers.services.eligibility import SHOWN
from observers.services.membership import appoint_member, end_membership, lose_mandate, record_mandate
from observers.services.people_import import import_people
from observers.services.standing import facts_of, load_calendar, load_standings, seat_spans


class PeopleView(RightMixin, ListView):
    """Everybody with their membership as on a day: search without accents, filters, verdicts."""

    template_name = "observers/people.html"
    permission = "observers.view_membership"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Person]:
        """People by name and by their membership on the day."""
        self.filter = PeopleFilter(self.request.GET or None)
        values: dict[str, Any] = self.filter.cleaned_data if self.filter.is_bound and self.filter.is_valid() else {}
        self.day: date = values.get("on") or clock.today()
        rows = Membership.objects.on(self.day)
        for name in ("country", "group", "chamber", "member_list"):
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        people = Person.objects.standing()
        if not values.get("everybody") or any(values.get(name) for name in ("country", "group", "chamber", "member_list")):
            people = people.filter(pk__in=rows.values("person"))
        if values.get("gender"):
            people = people.filter(gender=values["gender"])
        if values.get("q"):
            people = people.named(values["q"])
        shown = Membership.objects.select_related("country", "group").order_by("starts_on")
        return people.prefetch_related(Prefetch("memberships", queryset=shown, to_attr="terms"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each person with membership and verdict on the day."""
        context = super().get_context_data(**kwargs)
        people = list(context["object_list"])
        standings, calendar = load_standings([p.pk for p in people]), load_calendar()
        for person in people:
            person.term = membership_on(person.terms, self.day)
            person.verdict = judge_day(standings[person.pk], calendar, self.day, **SHOWN) if person.terms else None
        return {**context, "people": people, "filter": self.filter, "day": self.day, "is_today": self.day == clock.today()}


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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Memberships with their term, mandates with R1, the verdict of the day."""
        day = _day_of(self.request)
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


class NationalDelegationView(RightMixin, TemplateView):
    """One state's delegation as on a day: seats, R2.d on both lists, R3, R6."""

    template_name = "observers/national_delegation.html"
    permission = "observers.view_membership"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Both lists with their verdicts; R7: every rule is asked of both."""
        country = get_object_or_404(Country, code=self.kwargs["code"].upper(), is_member=True)
        day = _day_of(self.request)
        calendar = load_calendar()
        percent = charter_on(calendar.charters, day).minority_percent
        rows = list(
            Membership.objects.on(day).filter(country=country).select_related("person", "group").order_by("seat", "person__family_name")
        )
        standings = load_standings([row.person_id for row in rows])
        for row in rows:
            row.verdict = judge_day(standings[row.person_id], calendar, day, **SHOWN)
        by_list: dict[str, list[Membership]] = defaultdict(list)
        for row in rows:
            by_list[row.member_list].append(row)
        seats = seats_on(seat_spans(country.pk), day)
        lists = []
        for code in ("representative", "substitute"):
            members = by_list[code]
            genders = Counter(row.person.gender for row in members)
            chambers = Counter(row.chamber for row in members)
            lists.append(
                {
                    "code": code,
                    "members": members,
                    "numbers": judge_numbers(filled=len(members), seats=seats),
                    "share": judge_gender_share(
                        women=genders["woman"],
                        men=genders["man"],
                        not_stated=len(members) - genders["woman"] - genders["man"],
                        seats=seats,
                        percent=percent,
                    ),
                    "split": judge_chamber_split(local=chambers["L"], regions=chambers["R"]),
                }
            )
        others = [row for row in rows if row.member_list not in {"representative", "substitute"}]
        return super().get_context_data(country=country, day=day, seats=seats, lists=lists, others=others, **kwargs)


class ImportPeopleView(RightMixin, FormView):
    """Import a list of members: all or nothing, each row that is refused is named."""

    template_name = "observers/people_import.html"
    permission = "observers.import_people"
    form_class = ImportForm

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Show the answer; stored only where no row was refused."""
        file = form.cleaned_data["file"]
        answer = import_people(file.read(), name=file.name, by=self.actor, dry_run=form.cleaned_data["dry_run"])
        if not answer["refused"] and not form.cleaned_data["dry_run"]:
            messages.success(self.request, _("The list is stored."))
        return self.render_to_response(self.get_context_data(form=form, answer=answer, tried=form.cleaned_data["dry_run"]))


def _day_of(request: HttpRequest) -> date:
    form = PeopleFilter(request.GET)
    return (form.is_valid() and form.cleaned_data.get("on")) or clock.today()
