"""The family of texts of a mission: what there is, and the smaller ones from composing to release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import clock, translations
from core.documents import documents_of, html_body
from core.documents.content import prepare
from core.errors import DomainError
from core.languages import language_name
from core.rights import authorize
from reports.documents.mission_text.build import build
from reports.enums import MissionTextKind
from reports.forms_texts import MissionTextForm, ReleaseForm
from reports.lifecycle import TEXT_MOVES
from reports.models import MissionText, MissionTextVersion
from reports.services import accepted_shares, fixed_words, mission_text_release, mission_texts
from reports.services import mission_text_checks as checks
from reports.services.family import family_of
from reports.views.base import MissionPage


class TextsView(MissionPage):
    """Every document of the mission, in the order in which they are due."""

    template_name = "reports/texts.html"
    permission = "reports.view_text"
    active_tab = "texts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The family with the state of each member."""
        return super().get_context_data(**kwargs) | {
            "members": family_of(self.mission, self.actor),
            "may_write": self.may("reports.write_text"),
            "lacks": fixed_words.lacks([code for code in self.mission.country.languages if len(code) <= 5]),
            "may_see_words": self.may("reports.view_words"),
        }


class TextPage(MissionPage):
    """A page or act about one of the smaller texts."""

    active_tab = "texts"
    permission = "reports.view_text"

    @cached_property
    def kind(self) -> str:
        """The kind of the address."""
        if self.kwargs["kind"] not in MissionTextKind.values:
            raise Http404
        return self.kwargs["kind"]

    @cached_property
    def text(self) -> MissionText | None:
        """The text, if it was composed."""
        return mission_texts.text_of(self.mission, self.kind)

    @property
    def needed(self) -> MissionText:
        """The text; it must be there."""
        if self.text is None:
            raise Http404
        return self.text


class TextView(TextPage):
    """One text: what is missing, what it says, its moves, its versions with their files; the form while it is a draft."""

    template_name = "reports/text.html"

    def get_form(self) -> MissionTextForm | None:
        """The form, filled with what is there; for a draft and who may write it."""
        text = self.text
        if text is None or not text.is_editable or not self.may("reports.write_text"):
            return None
        languages = mission_texts.languages_of(self.mission)
        shape = {
            "languages": languages,
            "authentic": text.authentic_language,
            "with_event": text.kind in {MissionTextKind.MEDIA_ADVISORY, MissionTextKind.SPEAKING_NOTES},
        }
        if self.request.method == "POST":
            return MissionTextForm(self.request.POST, **shape)
        initial: dict[str, Any] = {name: getattr(text, name) for name in (*mission_texts.DETAILS, "version")}
        for name in ("title", "body"):
            initial |= {f"{name}_{code}": row.text for code, row in translations.texts(text, name).items()}
        return MissionTextForm(initial=initial, **shape)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about the text."""
        text, context = self.text, super().get_context_data(**kwargs)
        context |= {"kind": self.kind, "kind_label": MissionTextKind(self.kind).label, "text": text}
        context["may_compose"] = self.may("reports.write_text") and (text is None or text.is_editable or text.state == "withdrawn")
        if text is None:
            return context | {"missing_facts": checks.missing_for_composing(self.mission, self.kind)}
        bodies, titles = translations.texts(text, "body"), translations.texts(text, "title")
        shown = self.language if bodies.get(self.language) and bodies[self.language].text else text.authentic_language
        return context | {
            "form": kwargs.get("form") or self.get_form(),
            "states": [(code, language_name(code), bodies[code], titles.get(code)) for code in text.languages if code in bodies],
            "preview": preview_of(text, shown),
            "shown": shown,
            "lacks": fixed_words.lacks(text.languages) if text.state in {"draft", "approved"} else [],
            "may_see_words": self.may("reports.view_words"),
            "lacking": checks.missing_for_approval(text) if text.is_editable else [],
            "moves": [
                (name, move)
                for name, move in TEXT_MOVES.items()
                if name != "release" and text.state in move.sources and self.may(move.permission, text)
            ],
            "may_release": text.state == "approved" and self.may("reports.release_text", text),
            "versions": [(row, documents_of(row)) for row in text.versions.all()],
            "now": clock.now(),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the draft; what was typed is shown again where it is refused."""
        text = self.needed
        authorize(self.actor, "reports.write_text", text)
        form = self.get_form()
        if form is None:
            raise DomainError(_("Only a draft can be changed. Return it to the draft first."), code="text_closed")
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        details = {name: data[name] for name in mission_texts.DETAILS if name in form.fields}
        mission_texts.change_text(
            text,
            version=data["version"],
            by=self.actor,
            title=form.texts("title"),
            body=form.texts("body"),
            checked=set(data["checked"]),
            **details,
        )
        messages.success(request, _("Saved."))
        return redirect(text)


class TextComposeView(TextPage):
    """Compose the text from today's facts."""

    http_method_names = ["post"]
    permission = "reports.write_text"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Compose it."""
        text = mission_texts.compose_text(self.mission, self.kind, by=self.actor)
        messages.success(request, _("Composed from the facts of the mission. Read it and make it yours."))
        return redirect(text)


class TextMoveView(TextPage):
    """Approve, return, open for a correction, withdraw."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move it; releasing has its own page."""
        action = request.POST.get("action", "")
        if action not in TEXT_MOVES or action == "release":
            raise Http404
        accepted = bool(request.POST.get("percentages_accepted"))
        text = mission_texts.move_text(self.needed, action, by=self.actor, note=request.POST.get("note", ""), percentages_accepted=accepted)
        return redirect(text)


class TextReleaseView(TextPage):
    """Languages, embargo, the yes to unchecked texts; then freeze, draw and release."""

    template_name = "reports/text_release.html"
    permission = "reports.release_text"

    def get_form(self) -> ReleaseForm:
        """The form with the languages that the text has."""
        text = self.needed
        _contents, unchecked = mission_text_release.contents_of(text, text.languages)
        shape = {"languages": text.languages, "unchecked": sorted(unchecked)}
        if self.request.method == "POST":
            return ReleaseForm(self.request.POST, **shape)
        initial = {"languages": text.languages, "is_public": text.kind != MissionTextKind.SPEAKING_NOTES}
        return ReleaseForm(initial=initial, **shape)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Form and text."""
        context = super().get_context_data(**kwargs)
        contents, _unchecked = mission_text_release.contents_of(self.needed, self.needed.languages)
        page = accepted_shares.page_of(self.mission)
        return context | {
            "form": kwargs.get("form") or self.get_form(),
            "missing": accepted_shares.missing_in(contents, missions=[self.mission], url=page, by=self.actor),
            "text": self.needed,
            "lacks": fixed_words.lacks(self.needed.languages),
            "may_see_words": self.may("reports.view_words"),
            "kind_label": MissionTextKind(self.kind).label,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Release it."""
        form = self.get_form()
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        version, job = mission_text_release.release_text(
            self.needed,
            by=self.actor,
            languages=data["languages"],
            embargo_until=form.embargo(),
            is_public=data["is_public"],
            unchecked_accepted=data.get("unchecked_accepted", ()),
            shares_reason=data["shares_reason"],
        )
        messages.success(request, _("Released as version %(number)s; the files are being drawn.") % {"number": version.number})
        return redirect(job)


def preview_of(text: MissionText, language: str) -> str:
    """The text as HTML: once released, what was released; before, as it would be drawn now. Nothing is stored."""
    last = text.versions.order_by("-number").first()
    if text.state in {"released", "withdrawn"} and last and language in last.languages:
        return html_body(prepare(build(last, language)))
    contents, unchecked = mission_text_release.contents_of(text, [language], corrects=last)
    version = MissionTextVersion(text=text, number=0, content={"languages": contents}, unchecked=unchecked)
    return html_body(prepare(build(version, language)))
