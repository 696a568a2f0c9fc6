"""The public site's addresses (DESIGN 5)."""

from __future__ import annotations

from django.urls import path, register_converter

from core.enums import Language
from reports.views import public


class LanguageConverter:
    """One of the three languages."""

    regex = "|".join(Language.values)

    def to_python(self, value: str) -> str:
        """The code as it stands in the path."""
        return value

    def to_url(self, value: str) -> str:
        """The code."""
        return str(value)


register_converter(LanguageConverter, "lang")

urlpatterns = [
    path("published/", public.home, name="public_home"),
    path("published/sitemap.xml", public.sitemap, name="public_sitemap"),
    path("published/<lang:language>/", public.index, name="public_index"),
    path("published/<lang:language>/feed.atom", public.feed, name="public_feed"),
    path("published/<lang:language>/reports/<slug:slug>/", public.report, name="public_report"),
    path("published/<lang:language>/reports/<slug:slug>/report.json", public.report_json, name="public_report_json"),
    path("published/<lang:language>/reports/<slug:slug>/v<int:number>/", public.report, name="public_version"),
    path("published/<lang:language>/reports/<slug:slug>/v<int:number>/<str:name>", public.download, name="public_download"),
    path("published/<lang:language>/recommendations/", public.tracker, name="public_tracker"),
    path("published/<lang:language>/recommendations.json", public.tracker_json, name="public_tracker_json"),
    path("published/<lang:language>/recommendations.csv", public.tracker_csv, name="public_tracker_csv"),
    path("published/<lang:language>/recommendations/<uuid:uuid>/", public.recommendation, name="public_recommendation"),
    path("published/<lang:language>/countries/", public.countries, name="public_countries"),
    path("published/<lang:language>/countries/<str:code>/", public.country, name="public_country"),
]
