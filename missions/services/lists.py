"""What lists say that is about missions: the names of countries."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.lists.cells import Reader, known_in
from core.romanisation import folded
from missions.models import Country


def countries_by_name() -> dict[str, Country]:
    """Every country by its code and its names, folded."""
    countries = Country.objects.all()
    return {folded(name): one for one in countries for name in (one.code, one.name_en, one.name_fr, one.name_de)}


def country_reader() -> Reader:
    """A reader of a country by its code or its name in one of our languages."""
    return known_in(countries_by_name(), _("“%(text)s” is not a country that we know."))
