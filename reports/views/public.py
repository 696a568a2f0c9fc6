"""The public site: no cookie, no sign-in, cacheable; `/published/<language>/…` (DESIGN 3, "Public pages").

Pages are rendered without the request, so that nothing of a session, an account or a message can slip in.
"""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.enums import Language
from core.languages import language_name
from missions.enums import ElectionKind
from reports.documents import figures
from reports.documents.report import places
from reports.documents.wording import say
from reports.enums import Addressee, FollowUpStatus, Priority
from reports.models import Publication, Topic
from reports.references import format_adopted
from reports.services import linked_data, public
from reports.services.public_history import related_to, status_by_year
from reports.views.public_base import MIMES, PER_PAGE, cacheable, cell, language_links, page, query_of, send_drawn, wanted_of
from reports.views.public_rows import as_data, past_facts, recommendation_row, title_of

FILTERS = ("country", "year", "status", "topic", "addressee", "priority", "text", "q")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/published/`: to the reader's language."""
    wanted = get_language_from_request(request)[:2]
    language = wanted if wanted in Language.values else Language.EN
    response = HttpResponseRedirect(reverse("reports:public_index", args=[language]))
    patch_vary_headers(response, ["Accept-Language"])
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@cacheable
def index(request: HttpRequest, language: str) -> HttpResponse:
    """Published reports by country and year, with search."""
    wanted = wanted_of(request, ("country", "year", "election", "topic", "q"))
    rows = public.listed(words=wanted["q"], **{name: wanted[name] for name in ("country", "year", "election", "topic")})
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "cards": [report_card(row, language) for row in shown],
        "wanted": wanted,
        "countries": public.countries(language),
        "years": sorted({row.report.year for row in public.publications()}, reverse=True),
        "elections": ElectionKind.choices,
        "topics": Topic.objects.all(),
        "query": query_of(request),
    }
    return page("reports/public_index.html", language, context, request)


@cacheable
def report(request: HttpRequest, language: str, slug: str, number: int | None = None) -> HttpResponse:
    """One report: the text first, downloads, citation, checksum, versions. A withdrawn one shows its notice (410)."""
    publication = public.publication_of(slug, number)
    if publication.withdrawn_at:
        return withdrawn_page(request, language, publication)
    shown = language if language in publication.languages else publication.report.authentic_language
    versions = public.versions_of(publication)
    context: dict[str, Any] = {
        "publication": publication,
        "report": publication.report,
        "title": title_of(publication, shown),
        "shown": shown,
        "is_other_language": shown != language,
        "versions": versions,
        "newest": versions[0],
        "before": next((one for one in versions if one.version.number < publication.version.number), None),
    }
    content = publication.version.content["languages"][shown]
    recommendations = public.recommendations().filter(report=publication.report).order_by("number")
    context |= {
        "content": content,
        "cover": content["cover"],
        "recommendation_number": format_adopted(publication.cover["recommendation_number"], language),
        "resolution_number": format_adopted(publication.cover["resolution_number"], language),
        "statuses": {str(row.uuid): row for row in recommendations},
        "counts": public.status_counts(recommendations),
        "downloads": downloads_by_language(publication),
        "correction": publication.version.content.get("correction"),
        **_pictures(content["appendices"], shown),
        "related": _related(recommendations, language),
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_version", args=[language, slug, publication.version.number]),
    }
    context["alternates"] = language_links(publication, language, number=number)
    context["hosts"] = [one for one in context["alternates"] if one["code"] not in Language.values]
    context["ld"] = linked_data.of_report(
        publication,
        content,
        language=shown,
        url=context["permalink"],
        downloads=with_addresses(publication, context["downloads"], language),
    )
    return page("reports/public_report.html", language, context, request)


@require_safe
def download(request: HttpRequest, language: str, slug: str, number: int, name: str) -> HttpResponse:
    """A drawn file of a public version: it never changes, so caches may keep it."""
    publication = public.publication_of(slug, number)
    if publication.withdrawn_at:
        raise Http404
    return send_drawn(request, public.file_of(publication, name), name, since=publication.embargo_until)


@cacheable
def report_json(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The newest public version as data."""
    publication = public.publication_of(slug)
    if publication.withdrawn_at:
        return JsonResponse({"withdrawn": True, "notice": publication.withdrawal_notice}, status=410)
    version = publication.version
    return JsonResponse(
        {
            "schema": version.content["schema"],
            "number": publication.cover["number"],
            "slug": publication.slug,
            "version": version.number,
            "checksum": version.checksum,
            "published_at": publication.embargo_until.isoformat(),
            "corrects": version.corrects.number if version.corrects else None,
            "unchecked_accepted": publication.unchecked_accepted,
            "languages": version.content["languages"],
        },
        json_dumps_params={"ensure_ascii": False},
    )


@cacheable
def tracker(request: HttpRequest, language: str) -> HttpResponse:
    """Every recommendation and what became of it, with filters."""
    wanted = wanted_of(request, FILTERS)
    rows = public.tracked(wanted)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "rows": [recommendation_row(row, language) for row in shown],
        "over_time": status_by_year(rows),
        "years": public.years_of_adoption(),
        "wanted": wanted,
        "counts": public.status_counts(rows),
        "countries": [country for country in public.countries(language) if country.public_reports or country.texts],
        "topics": Topic.objects.all(),
        "statuses": FollowUpStatus.choices,
        "addressees": Addressee.choices,
        "priorities": Priority.choices,
        "query": query_of(request),
    }
    return page("reports/public_tracker.html", language, context, request)


@cacheable
def tracker_json(request: HttpRequest, language: str) -> HttpResponse:
    """The tracker as data, with the same filters: `{count, results}`."""
    rows = public.tracked(wanted_of(request, FILTERS))
    return JsonResponse({"count": len(rows), "results": as_data(rows, language)}, json_dumps_params={"ensure_ascii": False})


@cacheable
def tracker_csv(request: HttpRequest, language: str) -> HttpResponse:
    """The tracker as a table, with the same filters; cells that a spreadsheet would compute are quoted."""
    rows = as_data(public.tracked(wanted_of(request, FILTERS)), language)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="recommendations.csv"'
    names = [
        "uuid",
        "country",
        "text_number",
        "paragraph",
        "text",
        "adopted_on",
        "priority",
        "action_type",
        "topic",
        "status",
        "status_on",
        "text_title",
        "text_url",
        "url",
    ]
    writer = csv.writer(response)
    writer.writerow([*names, "addressees", "standards"])
    for row in rows:
        cells = [row[name] or "" for name in names]
        writer.writerow([cell(value) for value in [*cells, "; ".join(row["addressees"]), "; ".join(row["standards"])]])
    return response


@cacheable
def recommendation(request: HttpRequest, language: str, uuid: Any) -> HttpResponse:
    """One recommendation at its stable address: wording, standards, addressees, history, relations."""
    row = public.recommendations().filter(uuid=uuid).first()
    if row is None:
        return withdrawn_page(request, language, public.withdrawn_with(uuid))
    texts = {text.language: text for text in row.adopted_texts.all()}
    shown = texts.get(language) or next((text for text in texts.values() if text.is_authentic), None)
    related = [(one.get_relation_display(), one.earlier) for one in row.relations.select_related("earlier")]
    later = [(one.get_relation_display(), one.recommendation) for one in row.later_relations.select_related("recommendation")]
    known = {
        one.pk: recommendation_row(one, language)
        for one in public.recommendations().filter(pk__in=[one.pk for _label, one in [*related, *later]])
    }
    context = {
        **recommendation_row(row, language),
        "texts": texts,
        "shown": shown,
        "history": public.history_of([row], language).get(row.pk, []),
        "earlier": [(label, known[one.pk]) for label, one in related if one.pk in known],
        "later": [(label, known[one.pk]) for label, one in later if one.pk in known],
        "publication": public.publications().filter(report=row.report).first() if row.report_id else None,
        "past": past_facts(row.past_text, language) if row.past_text else None,
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_recommendation", args=[language, row.uuid]),
    }
    context["ld"] = linked_data.of_recommendation(context, language=language, url=context["permalink"])
    return page("reports/public_recommendation.html", language, context, request)


@cacheable
def countries(request: HttpRequest, language: str) -> HttpResponse:
    """Countries with reports or past missions."""
    return page("reports/public_countries.html", language, {"countries": public.countries(language)}, request)


@cacheable
def country(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """One country: reports, recommendations with their history, missions before Scrutin."""
    row = public.country_of(code)
    rows = list(public.recommendations().filter(country=row).order_by("-adopted_on", "report", "past_text", "number"))
    history = public.history_of(rows, language)
    past, others = public.past_missions(row), public.other_past_texts(row)
    cards = [report_card(one, language) for one in public.publications().filter(report__country=row)]
    if not (rows or past or cards or others):
        raise Http404
    listed = [recommendation_row(one, language) | {"history": history.get(one.pk, [])} for one in rows]
    context = {
        "country": row,
        "cards": cards,
        "rows": listed,
        "past": past,
        "others": others,
        "first_year": min([one["adopted_on"].year for one in listed if one["adopted_on"]], default=None),
        "counts": public.status_counts(public.recommendations().filter(country=row)),
    }
    return page("reports/public_country.html", language, context, request)


def report_card(publication: Any, language: str) -> dict[str, Any]:
    """What a list says of a report."""
    path = reverse("reports:public_report", args=[language, publication.slug])
    return {
        "publication": publication,
        "report": publication.report,
        "title": title_of(publication, language),
        "lang": language if language in publication.titles else publication.report.authentic_language,
        "country": publication.report.country,
        "number": publication.cover["number"],
        "recommendation_number": format_adopted(publication.cover["recommendation_number"], language),
        "url": path,
        "absolute": settings.SCRUTIN_URL + path,
        "is_correction": bool(publication.notice),
    }


def withdrawn_page(request: HttpRequest, language: str, publication: Publication) -> HttpResponse:
    """The notice that stands where a report was (410)."""
    shown = language if language in publication.languages else publication.report.authentic_language
    context = {
        "publication": publication,
        "report": publication.report,
        "title": title_of(publication, shown),
        "shown": shown,
        "notice": publication.withdrawal_notice.get(language) or publication.withdrawal_notice.get("en", ""),
        "notice_lang": language if publication.withdrawal_notice.get(language) else "en",
    }
    return page("reports/public_withdrawn.html", language, context, request, status=410)


def downloads_by_language(publication: Any) -> list[dict[str, Any]]:
    """The drawn files of a published version, by language."""
    found = public.downloads_of(publication)
    names = dict(settings.LANGUAGES)
    return [
        {"language": code, "label": names.get(code) or language_name(code), "files": [one for one in found if one.language == code]}
        for code in publication.languages
        if any(one.language == code for one in found)
    ]


def with_addresses(publication: Any, groups: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """The same with the address of each file."""

    def address(name: str) -> str:
        return settings.SCRUTIN_URL + reverse(
            "reports:public_download", args=[language, publication.slug, publication.version.number, name]
        )

    return [
        group | {"files": [{"format": MIMES[one.format].split(";")[0], "url": address(one.name)} for one in group["files"]]}
        for group in groups
    ]


def _pictures(appendices: dict[str, Any], language: str) -> dict[str, Any]:
    """The pictures of a report in words; empty where there is none to show."""
    found = appendices.get("map")
    blocks = {"conduct": figures.conduct, "remarks": figures.remarks}
    alts = {
        f"{name}_alt": next((block["alt"] for block in made(appendices["figures"], language) if block["type"] == "figure"), "")
        for name, made in blocks.items()
    }
    has_map = places.chart_of(found, language) is not None
    return alts | {"map_alt": places.alt_of(found, language) if found and has_map else "", "map_note": say("map_note", language)}


def _related(rows: Any, language: str) -> list[dict[str, Any]]:
    """Recommendations of other missions that those of this report stand in relation to."""
    links = related_to(rows, public.recommendations())
    others = {row.pk: recommendation_row(row, language) for row in public.recommendations().filter(pk__in=[key for _r, _l, key in links])}
    labels = {
        "repeats": _("repeats"), "widens": _("widens"), "replaces": _("replaces"),
        "later_repeats": _("is repeated by"), "later_widens": _("is widened by"), "later_replaces": _("is replaced by"),
    }  # fmt: skip
    return [
        others[key] | {"own": own.paragraph, "relation": labels[relation], "paragraph": others[key]["recommendation"].paragraph}
        for own, relation, key in links
    ]
