"""The page that says how Excel and Power BI read the observations, and makes the key they need."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from field.services import feed
from missions.views.base import MissionAction, MissionMixin


class FeedView(MissionMixin, TemplateView):
    """GET: the address and one's live keys. POST: a new key, shown once; the earlier ones end."""

    permission = "field.export_observation"
    active_tab = "live"
    template_name = "field/feed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The address, and until when a key works."""
        address = settings.SCRUTIN_URL + reverse("mission-feed", args=[self.mission.reference])
        keys = feed.keys_of(self.mission, by=self.actor)
        return super().get_context_data(address=address, keys=keys, days=feed.KEY_LASTS.days, **kwargs)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The page is not kept by the browser: the key is shown once."""
        _link, key = feed.make_key(self.mission, by=self.actor)
        response = self.render_to_response(self.get_context_data(key=key))
        response.headers["Cache-Control"] = "no-store"
        return response


class FeedEndView(MissionAction):
    """End one's keys."""

    permission = "field.export_observation"

    def act(self, request: HttpRequest) -> str:
        """End them and go back."""
        feed.end_keys(self.mission, by=self.actor)
        messages.success(request, _("The key works no longer."))
        return reverse("field:feed", args=[self.mission.reference])
