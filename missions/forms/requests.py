"""Forms about requests: the authority's, and the coordinator's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.enums import Language
from missions.enums import Answer, AuthorityType, Criterion, DecisionOutcome, ElectionKind, MissionFormat
from missions.forms.widgets import DayField, PollingDaysMixin
from missions.models import Country, Election, Organisation, Request
from missions.services.intake import TEXTS
from missions.services.register import likely_election


class RequestForm(PollingDaysMixin):
    """What an authority fills in. Everything may be left open while it is only saved; sending it in asks for the rest."""

    needed_to_send: ClassVar[set[str]] = {
        "authority_name", "authority_type", "office_held", "contact_name", "contact_email", "election_kind", "day_1", "letter",
    }  # fmt: skip

    authority_name = forms.CharField(label=_("Authority that invites"), max_length=200, required=False)
    authority_type = forms.ChoiceField(label=_("Kind of authority"), choices=[("", "–"), *AuthorityType.choices], required=False)
    office_held = forms.CharField(
        label=_("Office held by the person who signs"),
        max_length=200,
        required=False,
        help_text=_("For example: minister of the interior."),
    )
    contact_name = forms.CharField(label=_("Contact"), max_length=200, required=False)
    contact_email = forms.EmailField(label=_("E-mail address of the contact"), required=False)
    contact_phone = forms.CharField(label=_("Telephone of the contact"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language of our letters to you"), choices=Language.choices)
    election_kind = forms.ChoiceField(label=_("Kind of election"), choices=[("", "–"), *ElectionKind.choices], required=False)
    election_title = forms.CharField(label=_("Name of the election"), max_length=200, required=False)
    area = forms.CharField(label=_("Area"), max_length=200, required=False, help_text=_("Leave it empty where the whole country votes."))
    message = forms.CharField(label=_("Message"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    letter_on = DayField(label=_("Date of the letter"), required=False)
    letter = forms.FileField(
        label=_("Letter of invitation"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_("A PDF of at most 20 MB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed_to_send:
            self.fields[name].needed_to_send = True  # type: ignore[attr-defined]

    @classmethod
    def for_request(cls, request: Request, *args: Any) -> RequestForm:
        """A form that shows what is saved."""
        return cls(*args, initial={name: getattr(request, name) for name in TEXTS}, polling=request.polling)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        letter = data.get("letter")
        return {
            **{name: data[name] for name in TEXTS if name in data},
            "polling": self.polling(),
            **({"letter": letter, "letter_name": letter.name} if letter else {}),
        }


class PostedRequestForm(RequestForm):
    """A letter that came by post, entered by the coordinator."""

    needed_to_send: ClassVar[set[str]] = {"day_1"}

    country = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none(), to_field_name="code")
    received_on = DayField(label=_("Received on"))
    send_receipt = forms.BooleanField(label=_("Send a receipt to the contact"), required=False)
    field_order = ["country", "received_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.by_name()
        for name in ("authority_name", "election_kind"):
            self.fields[name].required = True


class OpenRequestForm(forms.Form):
    """Whom to send the form behind a secure link."""

    country = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none(), to_field_name="code")
    authority_name = forms.CharField(label=_("Authority"), max_length=200, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=200)
    contact_email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.by_name()


class RegisterForm(forms.Form):
    """Which election and which organisation a request is about; empty means: make them from the request."""

    election = forms.ModelChoiceField(
        label=_("Election"),
        queryset=Election.objects.none(),
        required=False,
        to_field_name="uuid",
        empty_label=_("New, as the request says"),
    )
    authority = forms.ModelChoiceField(
        label=_("Authority"),
        queryset=Organisation.objects.none(),
        required=False,
        to_field_name="uuid",
        empty_label=_("By its name, new where it is not known"),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["election"].queryset = Election.objects.filter(country=request.country).prefetch_related("polling_days")
        self.fields["election"].initial = likely_election(request)
        self.fields["authority"].queryset = Organisation.objects.active().filter(country=request.country)


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class CompareForm(ReasonForm):
    """Two requests side by side: which of them stays (`keep`), and what it takes over from the other (`take`)."""

    keep = forms.ChoiceField(label=_("Which request stays?"), widget=forms.RadioSelect)
    take = forms.MultipleChoiceField(required=False)
    field_order = ["keep", "take", "reason"]

    def __init__(self, *args: Any, pair: tuple[Request, Request], takeable: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [(str(row.uuid), f"{row.number}: {row} ({row.get_state_display()})") for row in pair]  # type: ignore[attr-defined]
        self.fields["take"].choices = [(name, name) for name in takeable]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """The Bureau note: each criterion of A6 with answer and comment (`answer_<criterion>`, `comment_<criterion>`), the proposal."""

    proposed_format = forms.ChoiceField(label=_("Proposed format"), choices=[("", "–"), *MissionFormat.choices], required=False)
    proposed_size = forms.IntegerField(label=_("Proposed number of people"), min_value=1, max_value=500, required=False)
    proposes_pre_electoral = forms.BooleanField(label=_("With a pre-electoral visit"), required=False)
    proposal = forms.CharField(label=_("Proposal in words"), widget=forms.Textarea(attrs={"rows": 4}), required=False)

    def __init__(self, *args: Any, criteria: dict[str, dict[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in Criterion:
            entry = (criteria or {}).get(criterion.value, {})
            self.fields[f"answer_{criterion}"] = forms.ChoiceField(
                label=criterion.label, choices=[("", "–"), *Answer.choices], required=False, initial=entry.get("answer", "")
            )
            self.fields[f"comment_{criterion}"] = forms.CharField(
                label=_("Comment"), max_length=500, required=False, initial=entry.get("comment", "")
            )

    def criteria_rows(self) -> list[tuple[Any, Any]]:
        """For the template: answer and comment of each criterion."""
        return [(self[f"answer_{criterion}"], self[f"comment_{criterion}"]) for criterion in Criterion]

    def plain_fields(self) -> list[Any]:
        """The fields of the proposal."""
        return [self[name] for name in ("proposed_format", "proposed_size", "proposes_pre_electoral", "proposal")]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        criteria = {
            criterion.value: {"answer": data[f"answer_{criterion}"], "comment": data[f"comment_{criterion}"]} for criterion in Criterion
        }
        names = ("proposed_format", "proposed_size", "proposes_pre_electoral", "proposal")
        return {"criteria": criteria, **{name: data[name] for name in names}}


class DecisionForm(forms.Form):
    """The Bureau's decision."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=DecisionOutcome.choices)
    format = forms.ChoiceField(label=_("Format"), choices=[("", "–"), *MissionFormat.choices], required=False)
    decided_on = DayField(label=_("Decided on"))
    reference = forms.CharField(label=_("Reference of the Bureau's document"), max_length=60)
    reasons = forms.CharField(label=_("Reasons"), widget=forms.Textarea(attrs={"rows": 4}))
    has_pre_electoral = forms.BooleanField(label=_("With a pre-electoral visit"), required=False)
    is_public = forms.BooleanField(label=_("The decision is public"), required=False)

    def clean(self) -> dict[str, Any]:
        """An accepted mission has a format."""
        values = super().clean() or {}
        if values.get("outcome") == DecisionOutcome.ACCEPTED and not values.get("format"):
            self.add_error("format", _("Choose the format of the mission."))
        return values


class LetterForm(forms.Form):
    """The wording of a letter."""

    text = forms.CharField(label=_("Text of the letter"), widget=forms.Textarea(attrs={"rows": 12}))


class AnswerForm(forms.Form):
    """The letter to the authority."""

    text = forms.CharField(label=_("Text of the letter"), widget=forms.Textarea(attrs={"rows": 8}))


PARTS = 3


class SplitForm(forms.Form):
    """Two or three parts: `kind_1`, `title_1`, `area_1`, the polling days of the letter that are in it (`days_1`), another day
    that the letter did not give as one (`polling_day_1`), and so on. A day may be in several parts: many elections share one.
    """

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.polling = {row["day"]: row for row in request.polling}
        kinds = [("", "–"), *ElectionKind.choices]
        for number in range(1, PARTS + 1):
            first = number == 1
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("Kind of election"), choices=kinds, required=number < PARTS, initial=request.election_kind if first else ""
            )
            self.fields[f"title_{number}"] = forms.CharField(
                label=_("Name of the election"), max_length=200, required=False, initial=request.election_title if first else ""
            )
            self.fields[f"area_{number}"] = forms.CharField(
                label=_("Area"), max_length=200, required=False, initial=request.area if first else ""
            )
            self.fields[f"days_{number}"] = forms.MultipleChoiceField(
                label=_("Polling days of the letter"), choices=self._days, required=False, widget=forms.CheckboxSelectMultiple
            )
            self.fields[f"polling_day_{number}"] = DayField(label=_("Another polling day"), required=False)

    def part_rows(self) -> list[tuple[int, list[Any], Any]]:
        """For the template: the fields of each part, and its days to tick."""
        names = ("kind", "title", "area", "polling_day")
        return [(n, [self[f"{name}_{n}"] for name in names], self[f"days_{n}"]) for n in range(1, PARTS + 1)]

    def parts(self) -> list[dict[str, Any]]:
        """What the service takes; days of the letter keep their round and hours."""
        data = self.cleaned_data
        return [
            {
                "election_kind": data[f"kind_{n}"],
                "election_title": data[f"title_{n}"],
                "area": data[f"area_{n}"],
                "polling": [*(self.polling[day] for day in data[f"days_{n}"]), {"day": data[f"polling_day_{n}"]}],
            }
            for n in range(1, PARTS + 1)
            if data[f"kind_{n}"]
        ]

    def _days(self) -> list[tuple[str, str]]:
        return [(day, f"{date_format(date.fromisoformat(day))} ({_('round')} {row.get('round', 1)})") for day, row in self.polling.items()]
