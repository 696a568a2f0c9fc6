"""Pages of the outbox: every mail before and after, what is held, barred addresses, the words of the mails."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, ListView, TemplateView, View

from core import mail_texts, outbox_acts
from core.enums import Language, MailState
from core.errors import Invalid
from core.forms import MailTextForm, SuppressForm
from core.models import MailText, OutboxMail, SuppressedAddress
from core.rights import allowed
from core.views import RightMixin

LINK_TOKEN = re.compile(r"(/link/)[\w-]+")
ACTS = {"release": outbox_acts.release_mail, "stop": outbox_acts.stop_mail, "resend": outbox_acts.resend_mail}


def hide_key(mail: OutboxMail) -> OutboxMail:
    """Without the key to somebody's account: a link that sets a password is its reader's alone."""
    if mail.template == "accounts/mail/password":
        mail.body = LINK_TOKEN.sub(r"\1…", mail.body)
    return mail


class OutboxView(RightMixin, ListView):
    """Every mail before and after it was sent."""

    template_name = "core/outbox.html"
    paginate_by = 50
    permission = "core.view_outbox"

    def get_queryset(self) -> QuerySet[OutboxMail]:
        """Mails, newest first; of one mission, state or reader where asked for."""
        rows = OutboxMail.objects.all()
        wanted = self.request.GET
        if wanted.get("mission"):
            rows = rows.filter(mission=wanted["mission"])
        if wanted.get("state"):
            rows = rows.filter(state=wanted["state"])
        if words := wanted.get("q", "").strip():
            rows = rows.filter(Q(address__icontains=words) | Q(name__icontains=words) | Q(subject__icontains=words))
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The states to choose from, and how many mails wait for a yes."""
        held = OutboxMail.objects.filter(state=MailState.HELD).count()
        may_edit = allowed(self.actor, "core.change_mail_texts")
        context = super().get_context_data(states=MailState.choices, held=held, may_edit_texts=may_edit, **kwargs)
        for mail in context["object_list"]:
            hide_key(mail)
        return context


class MailView(RightMixin, DetailView):
    """One mail with all that is known about it."""

    template_name = "core/mail.html"
    slug_field = slug_url_kwarg = "uuid"
    permission = "core.view_outbox"
    queryset = OutboxMail.objects.prefetch_related("attachments__file")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What this reader may do with it."""
        hide_key(self.object)
        state, may = self.object.state, allowed(self.actor, "core.change_outbox")
        return super().get_context_data(
            can_release=may and state == MailState.HELD,
            can_stop=may and state in outbox_acts.WAITING,
            can_resend=may and state in outbox_acts.AGAIN,
            **kwargs,
        )


class MailActView(RightMixin, View):
    """Let it go, stop it, send it again."""

    permission = "core.change_outbox"

    def post(self, request: HttpRequest, uuid: Any, act: str) -> HttpResponse:
        """Do it."""
        if act not in ACTS:
            raise Http404
        mail = get_object_or_404(OutboxMail, uuid=uuid)
        made = ACTS[act](mail, by=self.actor)
        messages.success(request, _("Done."))
        return redirect("core:mail", (made or mail).uuid)


class SuppressedView(RightMixin, ListView):
    """Addresses to which nothing is sent."""

    template_name = "core/suppressed.html"
    paginate_by = 50
    permission = "core.view_outbox"
    model = SuppressedAddress

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """An empty form for those who may add one."""
        return super().get_context_data(form=SuppressForm(), may_change=allowed(self.actor, "core.change_outbox"), **kwargs)


class SuppressView(RightMixin, View):
    """Bar an address, or open it again."""

    permission = "core.change_outbox"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add the one typed, or remove the one named."""
        if "remove" in request.POST:
            row = SuppressedAddress.objects.filter(address=request.POST["remove"].lower()).first()
            if row is not None:
                outbox_acts.unsuppress_address(row, by=self.actor)
                messages.success(request, _("Mail is sent to %(address)s again.") % {"address": row.address})
            return redirect("core:suppressed")
        form = SuppressForm(request.POST)
        if form.is_valid():
            row = outbox_acts.suppress_address(form.cleaned_data["address"], reason=form.cleaned_data["reason"], by=self.actor)
            messages.success(request, _("Nothing is sent to %(address)s any more.") % {"address": row.address})
        else:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("core:suppressed")


class MailTextsView(RightMixin, TemplateView):
    """Every mail, and in which languages the house has words of its own."""

    template_name = "core/mail_texts.html"
    permission = "core.change_mail_texts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The mails with the languages."""
        own = set(MailText.objects.values_list("template", "language"))
        rows = [
            (name, [(code, label, (name, code) in own) for code, label in Language.choices], mail_texts.default_text(name, "en")[0])
            for name in mail_texts.names()
        ]
        return super().get_context_data(rows=rows, **kwargs)


class MailTextView(RightMixin, View):
    """Edit one mail's words in one language, with a preview."""

    permission = "core.change_mail_texts"

    def get(self, request: HttpRequest, template: str, language: str) -> HttpResponse:
        """The words as they are."""
        self._known(template, language)
        own = MailText.objects.filter(template=template, language=language).first()
        subject, body = (own.subject, own.body) if own else mail_texts.default_text(template, language)
        return self._show(template, language, MailTextForm(initial={"subject": subject, "body": body}))

    def post(self, request: HttpRequest, template: str, language: str) -> HttpResponse:
        """Preview, save or reset."""
        self._known(template, language)
        if "reset" in request.POST:
            mail_texts.reset_text(template, language, by=self.actor)
            messages.success(request, _("The words that came with Scrutin are used again."))
            return redirect("core:mail_text", template, language)
        form = MailTextForm(request.POST)
        if not form.is_valid():
            return self._show(template, language, form, status=400)
        words = form.cleaned_data
        try:
            seen = mail_texts.preview(template, words["subject"], words["body"])
            if "save" in request.POST:
                mail_texts.save_text(template, language, subject=words["subject"], body=words["body"], by=self.actor)
                messages.success(request, _("The words are saved; they are used from the next mail on."))
                return redirect("core:mail_texts")
        except Invalid as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self._show(template, language, form, status=400)
        return self._show(template, language, form, seen=seen)

    def _known(self, template: str, language: str) -> None:
        if template not in mail_texts.names() or language not in Language.values:
            raise Http404

    def _show(self, template: str, language: str, form: MailTextForm, *, seen: Any = None, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "template": template,
            "language": Language(language).label,
            "variables": [f"{{{{ {name} }}}}" for name in sorted(mail_texts.variables_of(template))],
            "is_own": MailText.objects.filter(template=template, language=language).exists(),
            "seen": seen,
        }
        return render(self.request, "core/mail_text.html", context, status=status)


@csrf_exempt
@require_POST
def bounces(request: HttpRequest, token: str) -> JsonResponse:
    """The mail server's webhook: a JSON object, or a list of them, with `message_id` or `address`, `reason`, `permanent`.

    Its address ends in SCRUTIN_BOUNCE_TOKEN: mail services send no header of ours. Without that variable the door is closed.
    """
    if not settings.SCRUTIN_BOUNCE_TOKEN or not constant_time_compare(token, settings.SCRUTIN_BOUNCE_TOKEN):
        raise Http404
    try:
        given = json.loads(request.body)
    except ValueError:
        return JsonResponse({"detail": "The body is no JSON: send an object or a list of objects."}, status=400)
    told = {"noted": 0, "unknown": 0}
    rows = given if isinstance(given, list) else [given]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("message_id") or row.get("address"), str):
            return JsonResponse({"detail": f"Item {number} names no mail: give message_id or address."}, status=400)
    for row in rows:
        words = {"message_id": str(row.get("message_id") or ""), "address": str(row.get("address") or "")}
        found = outbox_acts.note_bounce(**words, reason=str(row.get("reason") or ""), permanent=row.get("permanent") is True)
        told["noted" if found else "unknown"] += 1
    return JsonResponse(told)
