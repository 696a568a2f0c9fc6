"""The public site's addresses (DESIGN 5)."""

from __future__ import annotations

from django.urls import path, register_converter

from core.enums import Language
from reports.views import public, public_changes, public_data, public_feeds, public_host, public_practices, public_texts


class LanguageConverter:
    """One of the three languages."""

    regex = "|".join(Language.values)

    def to_python(self, value: str) -> str:
        """The code as it stands in the path."""
        return value

    def to_url(self, value: str) -> str:
        """The code."""
        return str(value)


class HostLanguageConverter(LanguageConverter):
    """A language of a host country: any that is none of the three."""

    regex = rf"(?!(?:{LanguageConverter.regex})/)[a-z]{{2,3}}(?:-[A-Za-z]{{2,4}})?"


register_converter(LanguageConverter, "lang")
register_converter(HostLanguageConverter, "host")

urlpatterns = [
    path("published/", public.home, name="public_home"),
    path("robots.txt", public_feeds.robots, name="robots"),
    path("published/sitemap.xml", public_feeds.sitemap, name="public_sitemap"),
    path("published/<lang:language>/", public.index, name="public_index"),
    path("published/<lang:language>/feed.atom", public_feeds.feed, name="public_feed"),
    path("published/<lang:language>/reports/<slug:slug>/", public.report, name="public_report"),
    path("published/<lang:language>/reports/<slug:slug>/report.json", public.report_json, name="public_report_json"),
    path("published/<lang:language>/reports/<slug:slug>/v<int:number>/", public.report, name="public_version"),
    path(
        "published/<lang:language>/reports/<slug:slug>/v<int:number>/changes-since-v<int:old>/",
        public_changes.changes,
        name="public_changes",
    ),
    path("published/<lang:language>/reports/<slug:slug>/v<int:number>/<str:name>", public.download, name="public_download"),
    path(
        "published/<lang:language>/reports/<slug:slug>/v<int:number>/pictures/<slug:name>.svg", public_data.picture, name="public_picture"
    ),
    path("published/<host:language>/reports/<slug:slug>/", public_host.host_report, name="public_host_report"),
    path("published/<host:language>/reports/<slug:slug>/v<int:number>/", public_host.host_report, name="public_host_version"),
    path("published/<lang:language>/search/", public_data.search, name="public_search"),
    path("published/<lang:language>/data/", public_data.data, name="public_data"),
    path("published/<lang:language>/data/dictionary.json", public_data.dictionary, name="public_dictionary"),
    path("published/<lang:language>/reports.json", public_data.reports_json, name="public_reports_json"),
    path("published/<lang:language>/reports.csv", public_data.reports_csv, name="public_reports_csv"),
    path("published/<lang:language>/texts/", public_texts.texts, name="public_texts"),
    path("published/<lang:language>/texts/<slug:slug>/", public_texts.text, name="public_text"),
    path("published/<lang:language>/texts/<slug:slug>/text.json", public_texts.text_json, name="public_text_json"),
    path("published/<lang:language>/texts/<slug:slug>/v<int:number>/", public_texts.text, name="public_text_version"),
    path("published/<lang:language>/texts/<slug:slug>/v<int:number>/<str:name>", public_texts.text_download, name="public_text_download"),
    path("published/<lang:language>/practices/", public_practices.practices, name="public_practices"),
    path("published/<lang:language>/practices.json", public_practices.practices_json, name="public_practices_json"),
    path("published/<lang:language>/practices.csv", public_practices.practices_csv, name="public_practices_csv"),
    path("published/<lang:language>/practices/<uuid:uuid>/", public_practices.practice, name="public_practice"),
    path("published/<lang:language>/recommendations/", public.tracker, name="public_tracker"),
    path("published/<lang:language>/recommendations.json", public.tracker_json, name="public_tracker_json"),
    path("published/<lang:language>/recommendations.csv", public.tracker_csv, name="public_tracker_csv"),
    path("published/<lang:language>/recommendations/<uuid:uuid>/", public.recommendation, name="public_recommendation"),
    path("published/<lang:language>/countries/", public.countries, name="public_countries"),
    path("published/<lang:language>/countries/<str:code>/", public.country, name="public_country"),
]
