"""The form builder. Every act is a form of its own, so that the page works by keyboard alone and without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.errors import DomainError, NotAllowed
from field.forms import KIND_LABELS, CountryQuestion, DesignStart, LanguagesForm
from field.models import FormDesign
from field.services import builder
from field.views.words import condition_in_words
from field.xforms.designed import COUNTRY, DesignedForm, Question, library
from field.xforms.standard import Row
from missions.views.base import MissionAction, MissionForm, MissionMixin

PLAIN = {"int": "number", "time": "time", "text": "text"}
STEPS = {"up": -1, "down": 1, "first": -1000, "last": 1000}


class DesignMixin(MissionMixin):
    """About one design of this mission."""

    permission = "field.change_form"
    active_tab = "forms"

    @cached_property
    def design(self) -> FormDesign:
        """The design."""
        return get_object_or_404(
            FormDesign.objects.filter(mission=self.mission).select_related("mission", "version__form"), uuid=self.kwargs["uuid"]
        )

    @property
    def revision(self) -> int:
        """What the reader's page was made from."""
        text = self.request.POST.get("revision", "")
        return int(text) if text.isdecimal() else 0


class DesignStartView(MissionForm):
    """Begin a form in the builder."""

    permission = "field.change_form"
    active_tab = "forms"
    form_class = DesignStart
    title = gettext_lazy("Build a form")
    lead = gettext_lazy("The builder writes an XLSForm; it can be downloaded and worked on elsewhere.")
    submit_label = gettext_lazy("Begin")

    def act(self, form: django_forms.Form) -> FormDesign:
        """Start the design."""
        return builder.start_design(self.mission, by=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        """Into the builder."""
        return self.done.get_absolute_url()


class BuilderView(DesignMixin, TemplateView):
    """The questions in their order, what can be added, and the form on a phone."""

    template_name = "field/builder.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Items, library, problems, preview."""
        form = builder.designed(self.design)
        language = self.request.GET.get("language", "en")
        language = language if language in form.languages else "en"
        items = [item["code"] for item in self.design.content["items"]]
        asked = self.request.GET
        return super().get_context_data(
            design=self.design,
            items=self._items(form),
            library=_library(items),
            problems=form.problems(),
            country_left=len(COUNTRY) - len(set(items) & set(COUNTRY)),
            languages=[(code, name, form.missing(code)) for code, name in form.languages.items()],
            languages_form=LanguagesForm(initial={"languages": self.design.content["languages"]}),
            preview=_preview(form, language),
            language=language,
            at=asked.get("at", ""),
            did=asked.get("did", ""),
            **kwargs,
        )

    def _items(self, form: DesignedForm) -> list[dict[str, Any]]:
        kinds = {item["code"]: item.get("kind", "") for item in self.design.content["items"]}
        rows = []
        for number, row in enumerate(form.own, start=1):
            kind = kinds[row["code"]]
            shown = (
                KIND_LABELS[kind] if kind else " / ".join(_options(form, row)) or KIND_LABELS.get(PLAIN.get(row["type"], ""), row["type"])
            )
            section = row["section"] if number == 1 or form.own[number - 2]["section"] != row["section"] else ""
            rows.append({"code": row["code"], "text": row["question"], "kind": shown, "section": section, "is_country": bool(kind)})
        return rows


def _preview(form: DesignedForm, language: str) -> list[tuple[str, list[Question]]]:
    """The form in a language, with its conditions in the reader's words."""
    sections = form.preview(language)
    for _title, questions in sections:
        for question in questions:
            question.condition = condition_in_words(question.condition, {}, language)
    return sections


def _options(form: DesignedForm, row: Row) -> list[str]:
    """The options of a question of the library in English."""
    texts = form.texts
    names = filter(None, row["options"].split("|"))
    return [texts.text("option", f"{row['code']}:{name}", "en") or texts.text("option", name, "en") for name in names]


def _library(present: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Questions of the library that the form does not ask yet, by standard form."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, row in library().items():
        if code not in present:
            groups.setdefault(row["form"], []).append((code, row["question"]))
    return list(groups.items())


class BuilderActView(DesignMixin, MissionAction):
    """One change of a design; goes back to the same place of the page, so that the keyboard goes on where it was."""

    def act(self, request: HttpRequest) -> str:
        """Do it and go back."""
        what, _colon, code = request.POST.get("act", "").partition(":")
        values: dict[str, Any] = {"by": self.actor, "revision": self.revision}
        if what == "delete":
            builder.delete_design(self.design, by=self.actor)
            messages.success(request, _("The form is no longer in the builder."))
            return reverse("field:forms", args=[self.mission.reference])
        if what in STEPS:
            builder.move_question(self.design, code=code, steps=STEPS[what], **values)
        elif what == "remove":
            builder.remove_question(self.design, code=code, **values)
            messages.success(request, _("%(code)s is taken out.") % {"code": code})
        elif what == "languages":
            builder.set_languages(self.design, languages=request.POST.getlist("languages"), **values)
        else:
            code = request.POST.get("question", "")
            builder.add_question(self.design, code=code, **values)
            messages.success(request, _("%(code)s is added.") % {"code": code})
        address = self.design.get_absolute_url()
        # no fragment: browsers do not follow `autofocus` where there is one
        return f"{address}?at={code}&did={what}" if code and what != "remove" else address


class BuilderWriteView(DesignMixin, MissionAction):
    """Write the XLSForm and go to the draft, where it is looked at and published."""

    def act(self, request: HttpRequest) -> str:
        """Write; what pyxform or ODK Validate refuses is shown."""
        answer = builder.write_design(self.design, by=self.actor, revision=self.revision)
        for row in answer.refused:
            messages.error(request, row["why"])
        for warning in answer.warnings[:5]:
            messages.warning(request, warning)
        if answer.version is None or answer.refused:
            return self.design.get_absolute_url()
        messages.success(
            request, _("Version %(version)s is written as a draft. Look at it, then publish it.") % {"version": answer.version.version}
        )
        return reverse("field:version", args=[self.mission.reference, answer.version.uuid])


class CountryQuestionView(DesignMixin, MissionForm):
    """Add or change a country question (X01-X04)."""

    form_class = CountryQuestion
    submit_label = gettext_lazy("Save")

    @property
    def title(self) -> str:  # type: ignore[override]
        """With the code, where there is one."""
        return _("Country question %(code)s") % {"code": self.kwargs["code"]} if "code" in self.kwargs else _("New country question")

    def get_initial(self) -> dict[str, Any]:
        """What the design says."""
        code, content = self.kwargs.get("code", ""), self.design.content
        item = next((item for item in content["items"] if item["code"] == code and code in COUNTRY), None)
        if item is None:
            return {"revision": self.design.revision}
        texts = content["texts"]
        lines = [f"{name} = {texts.get(f'option:{code}:{name}', {}).get('en', name)}" for name in item["options"]]
        word = {key: texts.get(f"{key}:{code}", {}).get("en", "") for key in ("question", "hint")}
        lists = {key: ", ".join(item[key]) for key in ("flag", "standards")}
        return (
            word | lists | {"kind": item["kind"], "options": "\n".join(lines), "required": item["required"], "severity": item["severity"]}
        )

    def act(self, form: django_forms.Form) -> FormDesign:
        """Save it."""
        values = form.cleaned_data
        for name in ("flag", "standards"):
            values[name] = [part.strip() for part in values[name].split(",") if part.strip()]
        return builder.set_country_question(
            self.design, by=self.actor, revision=self.design.revision, code=self.kwargs.get("code", ""), **values
        )

    def get_success_url(self) -> str:
        """Back to the question."""
        code = self.kwargs.get("code") or next(
            code for code in reversed(COUNTRY) if code in {item["code"] for item in self.done.content["items"]}
        )
        return f"{self.design.get_absolute_url()}?at={code}&did=edit"


class TranslateView(DesignMixin, TemplateView):
    """English and another language side by side."""

    template_name = "field/translate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every text of the form in both languages."""
        form = builder.designed(self.design)
        language = self.kwargs["language"]
        rows = [
            {"key": key, "source": source, "text": text, "kind": key.partition(":")[0], "code": key.partition(":")[2]}
            for key, source, text in form.translatable(language)
        ]
        context = {
            "design": self.design,
            "language": language,
            "name": form.languages.get(language, language),
            "others": [(code, name) for code, name in form.languages.items() if code not in {"en", language}],
            "rows": rows,
            "missing": sum(not row["text"] for row in rows),
            "is_checked": language in self.design.content["checked"],
        }
        return super().get_context_data(**(kwargs | context))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only languages of the form have a page; English is worded in the builder."""
        if self.kwargs["language"] not in self.design.content["languages"][1:]:
            return redirect(self.design.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, reference: str, uuid: Any, language: str) -> HttpResponse:
        """Keep the texts; a refusal leaves what was typed on the page."""
        texts = {key.removeprefix("text:"): value for key, value in request.POST.items() if key.startswith("text:")}
        try:
            builder.translate_design(
                self.design, by=self.actor, revision=self.revision, language=language, texts=texts, is_checked="checked" in request.POST
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            context = self.get_context_data()
            for row in context["rows"]:
                row["text"] = texts.get(row["key"], row["text"])
            return self.render_to_response(context | {"refusal": refusal.sentence}, status=refusal.status)
        messages.success(request, _("The texts are saved."))
        return redirect("field:builder_translate", reference=reference, uuid=uuid, language=language)
