"""Forms of the house's own pages. They parse; the services judge."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.enums import Timing
from core.models import ReaderChoice
from core.readers import free_rules
from core.reminder_rules import RuleState, proposed


class OffsetsField(forms.CharField):
    """Whole numbers, separated by commas or spaces."""

    def to_python(self, value: Any) -> list[int]:
        """A list of numbers. Raises ValidationError that names what is none."""
        words = [word for word in re.split(r"[\s,;]+", super().to_python(value) or "") if word]
        for word in words:
            if not re.fullmatch(r"\d{1,5}", word):
                raise forms.ValidationError(_("“%(word)s” is no whole number; write distances like “7, 3, 1”.") % {"word": word})
        return [int(word) for word in words]

    def prepare_value(self, value: Any) -> Any:
        """The numbers as text."""
        return ", ".join(str(number) for number in value) if isinstance(value, list | tuple) else value


class ReminderRuleForm(forms.Form):
    """What the administrator may change about a rule."""

    is_active = forms.BooleanField(label=_("This rule runs"), required=False)
    offsets = OffsetsField(label=_("Distances"), required=False)
    timing = forms.ChoiceField(
        label=_("When it may reach its reader"),
        choices=Timing.choices,
        help_text=_("Night is from 21:00 to 7:00, and the weekend is Saturday and Sunday, where the reader lives."),
    )
    expires_hours = forms.IntegerField(
        label=_("Hours for which it is of use"), min_value=1, help_text=_("Only where the occasion itself has no end.")
    )
    is_held = forms.BooleanField(label=_("Its mails wait in the outbox until somebody lets them go"), required=False)

    def __init__(self, *args: Any, state: RuleState, **kwargs: Any) -> None:
        self.state = state
        names = ("is_active", "offsets", "timing", "expires_hours", "is_held")
        super().__init__(*args, initial={name: getattr(state, name) for name in names}, **kwargs)
        if not state.rule.offsets:
            del self.fields["offsets"]
        else:
            self.fields["offsets"].help_text = _("In %(unit)s %(anchor)s.") % {"unit": state.unit_label, "anchor": state.rule.anchor}

    def proposal(self) -> RuleState:
        """The rule with these values. Raises Invalid where the rule cannot have them."""
        return proposed(self.state.rule.code, **({"offsets": ()} | self.cleaned_data))


class SuppressForm(forms.Form):
    """An address to which nothing is to be sent, and why."""

    address = forms.EmailField(label=_("E-mail address"))
    reason = forms.CharField(label=_("Why"), max_length=300)


class MailTextForm(forms.Form):
    """The house's own words for one mail."""

    subject = forms.CharField(label=_("Subject"), max_length=300)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 16, "class": "font-monospace"}))


class ReaderChoiceForm(forms.Form):
    """How a reader wants reminders that are no duty."""

    by_mail = forms.BooleanField(label=_("By mail as well; otherwise they are in this inbox alone"), required=False)
    by_calendar = forms.BooleanField(label=_("My duties with their day in my calendar as well"), required=False)
    kinds = forms.MultipleChoiceField(label=_("By mail I want"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, choice: ReaderChoice | None, **kwargs: Any) -> None:
        rules = free_rules()
        muted = choice.muted if choice else []
        kinds = [rule.code for rule in rules if rule.code not in muted]
        ways = {"by_mail": choice.by_mail, "by_calendar": choice.by_calendar} if choice else {"by_mail": True, "by_calendar": True}
        super().__init__(*args, initial={**ways, "kinds": kinds}, **kwargs)
        self.fields["kinds"].choices = [(rule.code, rule.label or rule.code) for rule in rules]
        if not rules:
            del self.fields["kinds"]

    def muted(self) -> list[str]:
        """The rules that were not ticked."""
        return [rule.code for rule in free_rules() if rule.code not in self.cleaned_data.get("kinds", [])]
