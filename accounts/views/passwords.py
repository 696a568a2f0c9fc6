"""Setting a password by a secure link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import PasswordForm
from accounts.services.accounts import set_password
from accounts.services.links import open_link
from core.errors import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def password_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a password twice; set it once and lead to sign-in."""
    link, actor, user = open_link(token, purpose="account.password")
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_password(user, form.cleaned_data["password"], by=actor, link=link)
        except Invalid as refusal:
            form.add_error("password", str(refusal.sentence))
        else:
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("account_login")
    return render(request, "accounts/password.html", {"form": form, "account": user})
