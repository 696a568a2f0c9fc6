"""One's own account, and the administrator's list of accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView, View

from accounts.enums import GlobalRole
from accounts.forms import AccountForm
from accounts.models import User
from accounts.services.accounts import create_account, deactivate_account, issue_password_link
from accounts.services.people import grant_role, revoke_role
from core.views import RightMixin


class ProfileView(RightMixin, TemplateView):
    """One's own account: address, language, second factor."""

    template_name = "accounts/profile.html"


class AccountListView(RightMixin, ListView):
    """All accounts with their roles."""

    template_name = "accounts/accounts.html"
    permission = "accounts.view_accounts"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[User]:
        """Accounts that hold a role or were searched for."""
        rows = User.objects.select_related("person").prefetch_related("grants")
        words = self.request.GET.get("q", "").strip()
        return rows.filter(email__icontains=words.lower()) if words else rows.filter(grants__isnull=False).distinct()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The roles, and an empty form."""
        return super().get_context_data(roles=GlobalRole.choices, form=AccountForm(), **kwargs)


class AccountCreateView(RightMixin, View):
    """Make an account with a role and mail the link by which its owner sets a password."""

    permission = "accounts.change_accounts"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it, or say what is wrong."""
        form = AccountForm(request.POST)
        if form.is_valid():
            user = create_account(by=self.actor, **form.cleaned_data)
            messages.success(request, _("The account %(email)s was made; a mail with a link is on its way.") % {"email": user.email})
        else:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("accounts:accounts")


class AccountRolesView(RightMixin, View):
    """Set the roles of an account to those ticked."""

    permission = "accounts.change_accounts"

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Give and take roles until they are as ticked."""
        user = get_object_or_404(User, uuid=uuid)
        wanted = set(request.POST.getlist("roles")) & set(GlobalRole.values)
        for role in sorted(wanted - user.roles):
            grant_role(user, role, by=self.actor)
        for role in sorted(user.roles - wanted):
            revoke_role(user, role, by=self.actor)
        messages.success(request, _("The roles of %(email)s were saved.") % {"email": user.email})
        return redirect("accounts:accounts")


class AccountActionView(RightMixin, View):
    """Send a new password link, or close an account."""

    permission = "accounts.change_accounts"

    def post(self, request: HttpRequest, uuid: Any, action: str) -> HttpResponse:
        """Do it."""
        user = get_object_or_404(User, uuid=uuid)
        if action == "link":
            issue_password_link(user, by=self.actor)
            messages.success(request, _("A mail with a link to set the password is on its way to %(email)s.") % {"email": user.email})
        else:
            deactivate_account(user, by=self.actor)
            messages.success(request, _("The account %(email)s is closed.") % {"email": user.email})
        return redirect("accounts:accounts")
