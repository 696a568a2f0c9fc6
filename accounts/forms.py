"""Forms about accounts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import GlobalRole
from core.enums import Language


class AccountForm(forms.Form):
    """A new account."""

    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=GlobalRole.choices, widget=forms.CheckboxSelectMultiple, required=False)


class PasswordForm(forms.Form):
    """A first or new password, typed twice."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text=_("At least 12 characters.")
    )
    again = forms.CharField(label=_("Password, once more"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict:
        """Both are the same."""
        values = super().clean() or {}
        if values.get("password") != values.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return values
