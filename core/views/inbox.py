"""One's own reminders, how one wants them, and the way out of a mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import ListView, View

from core import readers
from core.errors import DomainError
from core.forms import ReaderChoiceForm
from core.models import Reminder
from core.push import services as push
from core.push.keys import public_key
from core.views import RightMixin

WORKER = Path(__file__).resolve().parents[1] / "static" / "core" / "push-worker.js"


def addresses_of(user: Any) -> set[str]:
    """The account's address, and its person's."""
    person = getattr(user, "person", None)
    return {address for address in (user.email, person.email if person else "") if address}


def own_address(user: Any) -> str:
    """Where one's reminders go: the person's address, else the account's."""
    person = getattr(user, "person", None)
    return person.email if person and person.email else user.email


def parse_uuid(text: str) -> UUID | None:
    """A uuid, or None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


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
        browsers = push.subscriptions_of(addresses_of(self.request.user))
        return super().get_context_data(form=form, new=new, browsers=browsers, push_key=public_key(), **kwargs)


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
                ways = {name: form.cleaned_data[name] for name in ("by_mail", "by_calendar")}
                readers.choose(address, **ways, muted=form.muted())
            messages.success(request, _("Your choice is kept."))
        else:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("core:inbox")


class PushView(RightMixin, View):
    """A browser in which one wants what is urgent: named by its script, removed by a button or its script."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it; a script gets JSON, with a sentence where it is refused."""
        given, addresses = request.POST, addresses_of(request.user)
        if given.get("remove"):
            push.unsubscribe(addresses, uuid=parse_uuid(given["remove"]))
            messages.success(request, _("Nothing more is shown in that browser."))
            return redirect("core:inbox")
        if given.get("off"):
            return JsonResponse({"removed": push.unsubscribe(addresses, endpoint=given["off"])})
        try:
            row = push.subscribe(
                own_address(request.user),
                endpoint=given.get("endpoint", ""),
                p256dh=given.get("p256dh", ""),
                auth=given.get("auth", ""),
                device=given.get("device", ""),
            )
        except DomainError as refusal:
            return JsonResponse({"error": str(refusal)}, status=refusal.status)
        return JsonResponse({"uuid": str(row.uuid)}, status=201)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that shows messages: its address is its scope."""
    response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


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
