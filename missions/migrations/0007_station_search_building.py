"""Stations are found by the building that their list names: it joins the search words of those imported before."""

import re
import unicodedata

from django.db import migrations

DERIVED = re.compile("[A-Z2-7]{8}")


def _folded(text):
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("İ", "i").casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def add_buildings(apps, schema_editor):
    """Run twice, added once: words that are there already stay as they are."""
    stations = apps.get_model("missions", "Station").objects
    for row in stations.exclude(building="").only("pk", "building", "search").iterator(chunk_size=1000):
        words = _folded(row.building)
        if not DERIVED.fullmatch(row.building) and words not in row.search:
            stations.filter(pk=row.pk).update(search=f"{row.search} {words}")


class Migration(migrations.Migration):
    dependencies = [("missions", "0006_station_building")]

    operations = [migrations.RunPython(add_buildings, migrations.RunPython.noop)]
