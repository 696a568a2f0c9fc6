"""Forms of people: who they are, memberships, mandates, terms, and what they say of themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Gender
from core import clock
from core.enums import Language
from missions.models import Country
from observers.enums import (
    Chamber,
    CompositionPoint,
    CorrectionTopic,
    Credential,
    EndReason,
    InterestAnswer,
    JudgementOutcome,
    MandateLevel,
    MarkKind,
    MemberList,
    PaperKind,
)
from observers.forms.widgets import DateInput, SpokenField, with_levels
from observers.membership.terms import CREDENTIAL_MOVES
from observers.models import PoliticalGroup


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

    country = forms.ModelChoiceField(
        label=_("State"), queryset=Country.objects.none(), to_field_name="code", empty_label=_("Choose a state")
    )
    member_list = forms.ChoiceField(label=_("List"), choices=MemberList.choices)
    seat = forms.IntegerField(label=_("Seat"), required=False, min_value=1, max_value=40)
    chamber = forms.ChoiceField(label=_("Chamber"), choices=Chamber.choices)
    group = forms.ModelChoiceField(
        label=_("Group"), queryset=PoliticalGroup.objects.none(), required=False, to_field_name="code", empty_label=_("No group (NR)")
    )
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
    group = forms.ModelChoiceField(
        label=_("Group"), queryset=PoliticalGroup.objects.none(), required=False, to_field_name="code", empty_label=_("No group (NR)")
    )

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


class JudgementForm(forms.Form):
    """How a point of Charter 2.2 is judged (R2)."""

    point = forms.ChoiceField(label=_("Point"), choices=CompositionPoint.choices)
    outcome = forms.ChoiceField(label=_("Judgement"), choices=JudgementOutcome.choices, widget=forms.RadioSelect)
    judged_on = forms.DateField(label=_("Judged on"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


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
