"""All doors (DESIGN 5)."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.views.languages import set_language
from config.api import urlpatterns_v1

handler404 = "core.views.page_not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("django_prometheus.urls")),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(urlpatterns_v1())),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("favicon.ico", RedirectView.as_view(url="/static/core/icon.svg", permanent=True)),
]

if find_spec("field.urls_app"):
    urlpatterns.append(path("field/", include("field.urls_app")))
for _module in ("missions.urls", "observers.urls", "field.urls", "reports.urls"):
    if find_spec(_module):
        urlpatterns.append(path("", include(_module)))
