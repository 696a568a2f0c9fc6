"""One's own page: availability, languages, papers, declarations, what is stored, requests to correct; signed in or by secure link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts import stored
from accounts.models import Person
from accounts.services.links import open_link
from accounts.validators import write_spoken
from core import clock
from core.actors import Actor
from core.errors import DomainError, NotAllowed
from core.rights import authorize
from core.views import RightMixin
from missions.models import Assignment
from observers.forms.people import AvailableForm, CorrectionForm, OwnForm, PaperForm
from observers.models import AvailableSpan, CorrectionRequest, PersonPaper, membership_on
from observers.services.corrections import ask_correction, withdraw_correction
from observers.services.declarations import current_declarations
from observers.services.eligibility import membership_on as verdict_on
from observers.services.own import (
    PURPOSE,
    change_own,
    hand_in_paper,
    remove_paper,
    take_back_availability,
    tell_availability,
)

SHOWN_ROWS = 10


class OwnDoor(View):
    """Who is asking: the person of the account, or of the link."""

    person: Person
    by: Actor
    kwargs: dict[str, Any]

    def address(self, name: str, *args: Any) -> str:
        """The address of a part of the page by this door."""
        raise NotImplementedError


class SignedInDoor(RightMixin, OwnDoor):
    """By one's account."""

    permission = "observers.view_own"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The person behind the account; an account without one has no such page."""
        if request.user.is_authenticated and request.user.person_id:
            self.person, self.by = request.user.person, self.actor
        return super().dispatch(request, *args, **kwargs)

    def address(self, name: str, *args: Any) -> str:
        """Below /me/."""
        return reverse(f"observers:{name}", args=args)


class LinkDoor(OwnDoor):
    """By secure link, without an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Open the link; one that is not good any more is refused with a sentence."""
        _link, self.by, self.person = open_link(kwargs["token"], purpose=PURPOSE)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"  # without one a browser posts the forms from "Origin: null", which is refused
        response.headers["Cache-Control"] = "no-store"
        return response

    def address(self, name: str, *args: Any) -> str:
        """The same link."""
        return reverse(f"observers:{name}_by_link", args=[self.kwargs["token"], *args])


class OwnPage(OwnDoor, TemplateView):
    """The page itself; each form posts what it does (`do`)."""

    template_name = "observers/own_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is said, handed in, declared, asked and stored."""
        person, day = self.person, clock.today()
        sections = stored.stored_about(person)
        papers = list(PersonPaper.objects.filter(person=person).select_related("file"))
        for paper in papers:
            paper.address = self.address("own_paper", paper.uuid)
        terms = list(person.memberships.select_related("country", "group"))
        own_forms: dict[str, Any] = {
            "own_form": OwnForm(
                initial={
                    **{name: getattr(person, name) for name in ("phone", "language", "zone")},
                    "languages": write_spoken(person.languages, person.language_levels),
                },
                prefix="own",
            ),
            "available_form": AvailableForm(prefix="available"),
            "paper_form": PaperForm(prefix="paper"),
            "correction_form": CorrectionForm(prefix="correction"),
        }
        return super().get_context_data(
            **{
                **own_forms,
                "person": person,
                "current": membership_on(terms, day),
                "verdict": verdict_on(person, day) if terms else None,
                "spans": AvailableSpan.objects.filter(person=person, last_on__gte=day),
                "papers": papers,
                "assignments": self._assignments(),
                "corrections": list(person.correction_requests.all()[:SHOWN_ROWS]),
                "sections": [
                    {**section, "few": section["rows"][:SHOWN_ROWS], "more": len(section["rows"]) > SHOWN_ROWS} for section in sections
                ],
                "form_url": self.address("own_page"),
                "stored_url": self.address("own_stored"),
                "is_signed_in": self.request.user.is_authenticated,
                **kwargs,
            }
        )

    def _assignments(self) -> list[Assignment]:
        rows = list(
            Assignment.objects.filter(person=self.person)
            .select_related("mission__country", "mission__election")
            .prefetch_related("declarations")
            .order_by("-created_at")
        )
        for row in rows:
            row.declared = current_declarations(row)  # type: ignore[attr-defined]
        return rows

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what was asked, or show why not at its form."""
        acts = {
            "own": (OwnForm, "own_form", self._change),
            "available": (AvailableForm, "available_form", self._available),
            "paper": (PaperForm, "paper_form", self._paper),
            "correction": (CorrectionForm, "correction_form", self._correct),
        }
        do = request.POST.get("do", "")
        if do in acts:
            form_class, name, act = acts[do]
            form = form_class(request.POST, request.FILES, prefix=do)
            try:
                if form.is_valid():
                    messages.success(request, act(form))
                    return redirect(self.address("own_page"))
            except NotAllowed:
                raise
            except DomainError as refusal:
                form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self.render_to_response(self.get_context_data(**{name: form}), status=400)
        messages.success(request, self._take_back(do))
        return redirect(self.address("own_page"))

    def _change(self, form: forms.Form) -> str:
        change_own(self.person, by=self.by, **form.cleaned_data)
        return _("Thank you: it is stored.")

    def _available(self, form: forms.Form) -> str:
        tell_availability(self.person, by=self.by, **form.cleaned_data)
        return _("Thank you: it is stored.")

    def _paper(self, form: forms.Form) -> str:
        file = form.cleaned_data.pop("file")
        hand_in_paper(self.person, by=self.by, content=file, name=file.name, **form.cleaned_data)
        return _("Thank you: the paper has arrived.")

    def _correct(self, form: forms.Form) -> str:
        ask_correction(self.person, by=self.by, **form.cleaned_data)
        return _("Thank you: the secretariat has your request and answers it.")

    def _take_back(self, do: str) -> str:
        """Remove a span, a paper, or a request of one's own; what is somebody else's does not exist."""
        uuid = self.request.POST.get("uuid", "")
        try:
            if do == "available_remove":
                take_back_availability(get_object_or_404(AvailableSpan, person=self.person, uuid=uuid), by=self.by)
                return _("It is taken back.")
            if do == "paper_remove":
                remove_paper(get_object_or_404(PersonPaper, person=self.person, uuid=uuid), by=self.by)
                return _("The paper is removed.")
            if do == "correction_withdraw":
                withdraw_correction(get_object_or_404(CorrectionRequest, person=self.person, uuid=uuid), by=self.by)
                return _("The request is withdrawn.")
        except forms.ValidationError:
            pass
        raise Http404


class OwnStored(OwnDoor):
    """Everything that is stored about the person, as a file."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """JSON, to keep."""
        authorize(self.by, "observers.view_stored", self.person)
        return stored_file(self.person)


class OwnPaper(OwnDoor):
    """A paper of one's own."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        """The file."""
        paper = get_object_or_404(PersonPaper.objects.select_related("file"), person=self.person, uuid=kwargs["uuid"])
        return paper_file(paper)


class OwnPageView(SignedInDoor, OwnPage):
    """Signed in."""


class OwnStoredView(SignedInDoor, OwnStored):
    """Signed in."""


class OwnPaperView(SignedInDoor, OwnPaper):
    """Signed in."""


class OwnPageByLink(LinkDoor, OwnPage):
    """By secure link."""


class OwnStoredByLink(LinkDoor, OwnStored):
    """By secure link."""


class OwnPaperByLink(LinkDoor, OwnPaper):
    """By secure link."""


def stored_file(person: Person) -> HttpResponse:
    """Everything that is stored about somebody as a JSON file."""
    content = {"as_on": clock.now().isoformat(), "person": str(person.uuid), "sections": stored.stored_about(person)}
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="stored-{person.uuid}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def paper_file(paper: PersonPaper) -> FileResponse:
    """A paper as a download."""
    response = FileResponse(paper.file.open(), content_type=paper.file.mime)
    response.headers["Content-Disposition"] = content_disposition_header(True, paper.file.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
