"""Forms of observers' pages; rules live in the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Gender
from accounts.models import folded
from accounts.validators import NotALanguage, parse_spoken
from core import clock
from core.enums import Language
from missions.enums import AssignmentRole
from missions.models import Country, Organisation
from observers.enums import (
    AreaRule,
    Chamber,
    ContactKind,
    CorrectionTopic,
    Credential,
    DocumentKind,
    EndReason,
    InterestAnswer,
    MandateLevel,
    MarkKind,
    MemberList,
    PaperKind,
    StopKind,
    StopOutcome,
)
from observers.membership.dates import say
from observers.membership.terms import CREDENTIAL_MOVES
from observers.models import PoliticalGroup


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class SpokenField(forms.CharField):
    """Languages with their levels, as people write them; cleaned to `(codes, levels)`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Languages spoken"))
        kwargs.setdefault("help_text", _("Codes with a level from A1 to C2 or native, separated by a comma: en C1, fr B2, bg native."))
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """Understand them. Raises ValidationError with the word that is none."""
        try:
            return parse_spoken(super().clean(value) or "")
        except NotALanguage as error:
            raise forms.ValidationError(str(error)) from error


def with_levels(values: dict[str, Any]) -> dict[str, Any]:
    """`languages` as a `SpokenField` gave them, as the two fields of a person."""
    if "languages" in values:
        values["languages"], values["language_levels"] = values["languages"]
    return values


class PeopleFilter(forms.Form):
    """Search and filters of the list of people; every question is asked as on a day."""

    q = forms.CharField(label=_("Name"), required=False)
    country = forms.ModelChoiceField(
        label=_("State"), queryset=Country.objects.none(), required=False, to_field_name="code", empty_label=_("All states")
    )
    group = forms.ModelChoiceField(
        label=_("Group"), queryset=PoliticalGroup.objects.none(), required=False, to_field_name="code", empty_label=_("All groups")
    )
    chamber = forms.ChoiceField(label=_("Chamber"), required=False, choices=[("", _("Both chambers")), *Chamber.choices])
    member_list = forms.ChoiceField(label=_("List"), required=False, choices=[("", _("All lists")), *MemberList.choices])
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=[("", _("All")), *Gender.choices])
    on = forms.DateField(label=_("As on"), required=False, widget=DateInput())
    everybody = forms.BooleanField(label=_("Also those who are not members on that day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.filter(is_member=True).by_name()
        self.fields["group"].queryset = PoliticalGroup.objects.order_by("order")


class PersonForm(forms.Form):
    """Names, address, language and what the rules ask of a person."""

    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120)
    other_name = forms.CharField(
        label=_("Name in another script"), max_length=200, required=False, help_text=_("As it is written at home, or spelled elsewhere.")
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)
    gender = forms.ChoiceField(label=_("Gender, as stated"), choices=Gender.choices, initial=Gender.NOT_STATED)
    languages = SpokenField()

    def clean(self) -> dict[str, Any]:
        """Codes of languages and their levels are two things."""
        return with_levels(super().clean() or {})


class OwnForm(forms.Form):
    """What people change about themselves."""

    languages = SpokenField()
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)
    zone = forms.CharField(label=_("Time zone"), max_length=60, help_text=_("As in Europe/Sofia: times in letters are yours."))

    def clean(self) -> dict[str, Any]:
        """Codes of languages and their levels are two things."""
        return with_levels(super().clean() or {})


class AvailableForm(forms.Form):
    """Days on which somebody is available or not."""

    first_on = forms.DateField(label=_("From"), widget=DateInput())
    last_on = forms.DateField(label=_("Until"), widget=DateInput())
    answer = forms.ChoiceField(label=_("I am"), choices=InterestAnswer.choices, initial=InterestAnswer.NO)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class PaperForm(forms.Form):
    """A paper of a person."""

    kind = forms.ChoiceField(label=_("What it is"), choices=PaperKind.choices)
    file = forms.FileField(label=_("File (PDF, Word, JPEG or PNG)"), widget=forms.FileInput(attrs={"class": "form-control"}))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class CorrectionForm(forms.Form):
    """A request to correct: in words, and the right values where they are one of these."""

    topic = forms.ChoiceField(label=_("What is wrong"), choices=CorrectionTopic.choices)
    text = forms.CharField(label=_("What would be right"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000)
    given_name = forms.CharField(label=_("Right given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Right family name"), max_length=120, required=False)
    other_name = forms.CharField(label=_("Name in another script"), max_length=200, required=False)
    email = forms.EmailField(label=_("Right e-mail"), required=False)
    gender = forms.ChoiceField(label=_("Right gender"), choices=[("", _("As it is")), *Gender.choices], required=False)


class MembershipForm(forms.Form):
    """A new membership."""

    country = forms.ModelChoiceField(label=_("State"), queryset=Country.objects.none(), to_field_name="code")
    member_list = forms.ChoiceField(label=_("List"), choices=MemberList.choices)
    seat = forms.IntegerField(label=_("Seat"), required=False, min_value=1, max_value=40)
    chamber = forms.ChoiceField(label=_("Chamber"), choices=Chamber.choices)
    group = forms.ModelChoiceField(label=_("Group"), queryset=PoliticalGroup.objects.none(), required=False, to_field_name="code")
    starts_on = forms.DateField(label=_("From"), widget=DateInput())
    credential = forms.ChoiceField(label=_("Credentials"), choices=Credential.choices, initial=Credential.RATIFIED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.filter(is_member=True).by_name()
        self.fields["group"].queryset = PoliticalGroup.objects.on(clock.today()).order_by("order")


class JudgedField(forms.TypedChoiceField):
    """Yes, no, or not judged yet (None)."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("Not judged")), ("yes", _("Yes")), ("no", _("No"))]
        super().__init__(choices=choices, required=False, empty_value=None, coerce=lambda value: value == "yes", **kwargs)


class MandateForm(forms.Form):
    """An office held, with what R1 asks."""

    title = forms.CharField(label=_("Office"), max_length=200)
    authority = forms.CharField(label=_("Authority"), max_length=200, required=False)
    level = forms.ChoiceField(label=_("Level"), choices=MandateLevel.choices)
    starts_on = forms.DateField(label=_("From"), widget=DateInput())
    ends_on = forms.DateField(label=_("Legal end"), widget=DateInput(), required=False)
    is_general = forms.BooleanField(label=_("General mandate"), required=False, initial=True)
    is_directly_elected = forms.BooleanField(label=_("Won in a direct election"), required=False, initial=True)
    is_answerable = forms.BooleanField(label=_("Politically answerable to an assembly"), required=False)
    assembly_directly_elected = forms.BooleanField(label=_("That assembly is directly elected"), required=False)
    individually_revocable = forms.BooleanField(label=_("That assembly can remove this person alone"), required=False)
    revocation_in_law = forms.BooleanField(label=_("The removal is laid down in law"), required=False)
    authority_between = JudgedField(label=_("The authority lies between state and municipality"))
    authority_self_governing = JudgedField(label=_("It governs itself"))
    authority_state_like = JudgedField(label=_("It has state-like powers"))
    authority_important = JudgedField(label=_("It runs an important part of public business"))


class RenewalForm(forms.Form):
    """A renewal session."""

    opens_on = forms.DateField(label=_("Opens on"), widget=DateInput())
    number = forms.IntegerField(label=_("Number of the session"), min_value=1, max_value=999, required=False)
    notify_by = forms.DateField(
        label=_("States name their delegations by"), widget=DateInput(), required=False, help_text=_("Twelve weeks before, as in 2020.")
    )
    is_expected = forms.BooleanField(label=_("Expected, not fixed yet"), required=False)
    note = forms.CharField(label=_("Source"), max_length=200, required=False, help_text=_("The decision that sets the date."))


class ExtensionForm(forms.Form):
    """The prolongation of terms before a renewal session (R12)."""

    election_on = forms.DateField(label=_("Day of the election"), widget=DateInput(), help_text=_("Of two rounds, the first."))
    until = forms.DateField(
        label=_("Prolonged until"), widget=DateInput(), required=False, help_text=_("The latest day that the rule allows, unless given.")
    )
    decided_by = forms.CharField(label=_("Decided by"), max_length=200)


class ChangeMembershipForm(forms.Form):
    """A membership goes on with something else: from which day, and what."""

    from_on = forms.DateField(label=_("From"), widget=DateInput())
    member_list = forms.ChoiceField(label=_("List"), choices=MemberList.choices)
    seat = forms.IntegerField(label=_("Seat"), required=False, min_value=1, max_value=40)
    chamber = forms.ChoiceField(label=_("Chamber"), choices=Chamber.choices)
    group = forms.ModelChoiceField(label=_("Group"), queryset=PoliticalGroup.objects.none(), required=False, to_field_name="code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = PoliticalGroup.objects.on(clock.today()).order_by("order")


class CredentialForm(forms.Form):
    """Credentials of a member move on (R13), and the declaration is signed (R13.4)."""

    credential = forms.ChoiceField(label=_("Credentials"), choices=Credential.choices)
    declared_on = forms.DateField(
        label=_("Declaration signed on"),
        widget=DateInput(),
        required=False,
        help_text=_("To uphold the aims and principles of the Council of Europe."),
    )

    def __init__(self, *args: Any, now: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {now, *CREDENTIAL_MOVES.get(now, Credential.values)}
        self.fields["credential"].choices = [choice for choice in Credential.choices if choice[0] in allowed]


class StateMarkForm(forms.Form):
    """A dated fact about a state (R4, R5)."""

    kind = forms.ChoiceField(label=_("Fact"), choices=MarkKind.choices)
    authority = forms.CharField(
        label=_("Authority"), max_length=200, required=False, help_text=_("Named as in the mandates; empty for every region of the state.")
    )
    valid_from = forms.DateField(label=_("From"), widget=DateInput())
    valid_to = forms.DateField(label=_("Until"), widget=DateInput(), required=False)
    source_mark = forms.CharField(label=_("Source"), max_length=200, required=False, help_text=_("The list or decision it is taken from."))


class LoseMandateForm(forms.Form):
    """The end of a mandate."""

    ends_on = forms.DateField(
        label=_("Legal end"), widget=DateInput(), help_text=_("Often the day the new council meets, later than polling day.")
    )
    polled_on = forms.DateField(label=_("Polling day that led to it"), widget=DateInput(), required=False)


class EndMembershipForm(forms.Form):
    """Death or resignation; the loss of a mandate is recorded at the mandate."""

    event = forms.ChoiceField(
        label=_("Ground"), choices=[(v, EndReason(v).label) for v in (EndReason.RESIGNATION, EndReason.DEATH, EndReason.REPLACED)]
    )
    event_on = forms.DateField(label=_("Date"), widget=DateInput())


class ImportForm(forms.Form):
    """A list of members."""

    file = forms.FileField(label=_("List (CSV or XLSX)"))
    dry_run = forms.BooleanField(label=_("Only try: store nothing"), required=False, initial=True)


class ComposeForm(forms.Form):
    """The question to the composition; weights say what one unit of shortfall costs."""

    size = forms.IntegerField(label=_("Members"), min_value=1, max_value=60, initial=12)
    groups = forms.IntegerField(label=_("Weight of the political groups"), min_value=0, max_value=1000, initial=40)
    states = forms.IntegerField(label=_("Weight of the spread of states"), min_value=0, max_value=1000, initial=20)
    chambers = forms.IntegerField(label=_("Weight of both chambers"), min_value=0, max_value=1000, initial=8)
    languages = forms.IntegerField(label=_("Weight of English or French"), min_value=0, max_value=1000, initial=6)
    experience = forms.IntegerField(label=_("Weight of experience"), min_value=0, max_value=1000, initial=4)
    rotation = forms.IntegerField(label=_("Weight of rotation"), min_value=0, max_value=1000, initial=3)
    local_language = forms.IntegerField(
        label=_("Weight of a language of the country"), min_value=0, max_value=1000, initial=2, required=False
    )
    first_time = forms.IntegerField(label=_("Weight of newcomers"), min_value=0, max_value=1000, initial=4, required=False)
    conditions = forms.IntegerField(label=_("Weight of conditions"), min_value=0, max_value=1000, initial=2, required=False)
    nominated = forms.IntegerField(label=_("Weight of nominations"), min_value=0, max_value=1000, initial=0, required=False)

    WEIGHTS = (
        "groups", "states", "chambers", "languages", "experience", "rotation", "local_language", "first_time", "conditions", "nominated",
    )  # fmt: skip

    def weights(self) -> dict[str, int]:
        """The weights as typed; what was left empty as it is usually."""
        return {name: self.cleaned_data[name] for name in self.WEIGHTS if self.cleaned_data[name] is not None}


class CallForm(forms.Form):
    """A call for interest."""

    answer_by = forms.DateField(label=_("Answer by"), widget=DateInput())
    message = forms.CharField(
        label=_("Words of your own"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They stand in every letter as you write them, in whatever language."),
    )


class NominationRequestForm(forms.Form):
    """A group's secretary is asked to nominate."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=PoliticalGroup.objects.none(), to_field_name="code")
    name = forms.CharField(label=_("Name of the secretary"), max_length=200)
    address = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)
    answer_by = forms.DateField(label=_("Answer by"), widget=DateInput())

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = PoliticalGroup.objects.on(day).order_by("order")


class IdentityForm(forms.Form):
    """One's own passport or identity card."""

    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    number = forms.CharField(label=_("Number of the document"), max_length=40)
    name_in_document = forms.CharField(label=_("Name as in the document"), max_length=200)
    nationality = forms.CharField(label=_("Nationality"), max_length=80)
    born_on = forms.DateField(label=_("Date of birth"), widget=DateInput())
    born_at = forms.CharField(label=_("Place of birth"), max_length=120, required=False)
    issued_by = forms.CharField(label=_("Issued by"), max_length=120, required=False)
    issued_on = forms.DateField(label=_("Issued on"), widget=DateInput(), required=False)
    expires_on = forms.DateField(label=_("Valid until"), widget=DateInput())


def organisations_by_country(first: Country | None) -> list[Any]:
    """Choices of organisations under their countries: those of `first`, then those of no country, then the others by name.

    Commissions of many states bear the same name, so that a name alone does not tell whose it is.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in Organisation.objects.active().select_related("country").order_by("name", "pk"):
        groups.setdefault(row.country.name if row.country else "", []).append((str(row.uuid), row.name))
    own = first.name if first else ""
    names = sorted(groups, key=lambda name: (not name or name != own, name != "", folded(name)))
    return [("", "–"), *((name or _("International, or of no country"), groups[name]) for name in names)]


class InviteForm(forms.Form):
    """Somebody who is asked by hand: a member, an expert, staff, a partner, an interpreter, a driver."""

    family_name = forms.CharField(label=_("Family name"), max_length=120)
    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Somebody with this address who is known already is taken from the list."))
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)
    role = forms.ChoiceField(label=_("Role"), choices=AssignmentRole.choices, initial=AssignmentRole.EXPERT)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        to_field_name="uuid",
        required=False,
        help_text=_("Needed for a partner."),
    )
    answer_by = forms.DateField(label=_("Answer by"), widget=DateInput(), required=False)

    def __init__(self, *args: Any, country: Country | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.active()
        self.fields["organisation"].choices = organisations_by_country(country)


class DrawForm(forms.Form):
    """Teams and stops are drawn."""

    EVERY_DAY = "all"

    day = forms.ChoiceField(label=_("Polling day"), required=False)
    teams = forms.IntegerField(
        label=_("Teams"), min_value=1, max_value=60, required=False, help_text=_("Half of the observers unless given.")
    )
    rule = forms.ChoiceField(label=_("Areas and stations"), choices=AreaRule.choices, initial=AreaRule.STRATA, required=False)
    level = forms.TypedChoiceField(label=_("Areas are"), coerce=int, empty_value=0, required=False)
    visits = forms.IntegerField(
        label=_("Visits per team"), min_value=0, max_value=40, initial=13, help_text=_("Beside opening and closing.")
    )
    tabulations = forms.IntegerField(
        label=_("Teams at a tabulation"),
        min_value=0,
        max_value=60,
        initial=0,
        required=False,
        help_text=_("They follow the results after the count."),
    )
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, required=False, help_text=_("Kept with the plan; from the reference unless given.")
    )
    with_staff = forms.BooleanField(label=_("Experts and staff ride too"), required=False)
    reason = forms.CharField(label=_("Reason"), required=False)

    def __init__(self, *args: Any, days: Sequence[date] = (), levels: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(self.EVERY_DAY, _("All polling days"))] if len(days) > 1 else []
        self.fields["day"].choices = [(day.isoformat(), say(day)) for day in days] + every
        self.fields["level"].choices = [(0, _("Districts")), *levels]
        for field in self.fields.values():
            looks = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}
            field.widget.attrs["class"] = looks.get(type(field.widget), "form-control")

    def clean_day(self) -> date | str | None:
        """A polling day of the mission, or all; none stands for the first."""
        asked = self.cleaned_data["day"]
        if asked == self.EVERY_DAY:
            return asked
        return date.fromisoformat(asked) if asked else None

    def clean(self) -> dict[str, Any]:
        """What is left open has its usual value."""
        data = super().clean() or self.cleaned_data
        data["rule"] = data.get("rule") or AreaRule.STRATA
        data["tabulations"] = data.get("tabulations") or 0
        return data


class StopForm(forms.Form):
    """A stop by hand."""

    station = forms.CharField(label=_("Code of the station"), max_length=40)
    kind = forms.ChoiceField(label=_("What"), choices=StopKind.choices, initial=StopKind.VOTING)
    local_time = forms.TimeField(label=_("Local time"), widget=TimeInput())
    place = forms.CharField(
        label=_("Place of the tabulation"), max_length=300, required=False, help_text=_("Where results are taken to; else the commission.")
    )
    reason = forms.CharField(label=_("Reason"), required=False, help_text=_("Needed once a version is released."))


class OutcomeForm(forms.Form):
    """What became of a stop."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=StopOutcome.choices)
    reason = forms.CharField(label=_("Reason"), required=False)


class ContactForm(forms.Form):
    """A number for the sheets of the teams."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices, initial=ContactKind.SECRETARIAT)
    label = forms.CharField(label=_("Whose number it is"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=40)
