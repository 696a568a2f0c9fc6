"""All doors (DESIGN 5)."""

from __future__ import annotations

from importlib.util import find_spec

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path
from django.views.decorators.cache import cache_page
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.views.languages import set_language
from config.api import urlpatterns_v1

handler404 = "config.views.page_not_found"
handler500 = "core.views.server_error"

# Writing the schema takes seconds of work, and anybody may ask for it.
schema = cache_page(3600, key_prefix="schema")(SpectacularAPIView.as_view())
# Swagger UI brings inline styles; scripts stay under the house's policy.
docs = csp_update({"style-src": [UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="schema"))

urlpatterns = [
    path("openrosa/", include("field.urls_openrosa")),  # first: asked for each form, and the other doors are three hundred
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("django_prometheus.urls")),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(urlpatterns_v1())),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", docs, name="docs"),
    path("favicon.ico", RedirectView.as_view(url="/static/core/icon.svg", permanent=True)),
]

if find_spec("field.urls_app"):
    urlpatterns.append(path("field/", include("field.urls_app")))
for _module in ("missions.urls", "observers.urls", "field.urls", "reports.urls"):
    if find_spec(_module):
        urlpatterns.append(path("", include(_module)))
