"""Shapes of pages: a form whose act is a service, and an act by POST."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, View

from core.errors import DomainError, NotAllowed
from core.views import RightMixin


class FormPage(RightMixin, FormView):
    """A page with a form whose act is a service: a refusal is shown at its field, with everything that is missing."""

    submit_label: Any = ""
    title: Any = ""
    lead: Any = ""
    template_name = "core/form_page.html"

    def act(self, form: forms.Form) -> Any:
        """Call the service; what it returns is kept as `self.done`."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Act and go on, or show the refusal."""
        try:
            self.done = self.act(form)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(form, refusal)
        return redirect(self.get_success_url())

    def refuse(self, form: forms.Form, refusal: DomainError) -> HttpResponse:
        """The form again, with the sentence at its field and what is missing."""
        form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
        context = self.get_context_data(form=form, missing=refusal.missing)
        return self.render_to_response(context, status=refusal.status)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Title, lead and the button's words."""
        return super().get_context_data(title=self.title, lead=self.lead, submit_label=self.submit_label, **kwargs)


class ActionView(RightMixin, View):
    """One act by POST; a refusal is shown by the middleware."""

    http_method_names = ["post"]

    def act(self, request: HttpRequest) -> str:
        """Call the service and say where to go on."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act, then go on."""
        return redirect(self.act(request))
