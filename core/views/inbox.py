"""One's own reminders, how one wants them, and the way out of a mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.generic import ListView, View

from core import readers
from core.forms import ReaderChoiceForm
from core.models import Reminder
from core.views import RightMixin


def addresses_of(user: Any) -> set[str]:
    """The account's address, and its person's."""
    person = getattr(user, "person", None)
    return {address for address in (user.email, person.email if person else "") if address}


class InboxView(RightMixin, ListView):
    """Reminders that were told to oneself, read or not, and the form by which one says how one wants them."""

    template_name = "core/inbox.html"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Reminder]:
        """One's own, newest first."""
        return readers.inbox_of(addresses_of(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the choice as it is."""
        form = ReaderChoiceForm(choice=readers.choices_of([self.request.user.email]).get(self.request.user.email.lower()))
        new = self.get_queryset().filter(read_at=None).count()
        return super().get_context_data(form=form, new=new, **kwargs)


class InboxActView(RightMixin, View):
    """Mark all as read, or keep a choice."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it."""
        addresses = addresses_of(request.user)
        if "read" in request.POST:
            readers.mark_read(readers.inbox_of(addresses))
            return redirect("core:inbox")
        form = ReaderChoiceForm(request.POST, choice=None)
        if form.is_valid():
            for address in addresses:
                readers.choose(address, by_mail=form.cleaned_data["by_mail"], muted=form.muted())
            messages.success(request, _("Your choice is kept."))
        else:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("core:inbox")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then end the mails of one kind; mail programs post at once (RFC 8058), and a link alone changes nothing."""
    address, rule = readers.read_token(token)
    if request.method == "POST":
        readers.unsubscribe(token)
    label = (rule.label or rule.code) if rule else _("Everything that is no duty")
    context = {"address": address, "label": label, "is_done": request.method == "POST"}
    response = render(request, "core/unsubscribe.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
