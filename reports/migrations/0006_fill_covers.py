"""Publications from before get the day and numbers that their version says."""

from django.db import migrations

COVER = ("adopted_on", "number", "recommendation_number", "resolution_number")


def fill(apps, schema_editor):
    """Publications from before keep what their version says of its numbers and its day."""
    for row in apps.get_model("reports", "Publication").objects.filter(cover={}).select_related("version").iterator(chunk_size=50):
        content = next(iter(row.version.content["languages"].values()))
        row.cover = {name: content["cover"].get(name) or "" for name in COVER}
        row.save(update_fields=["cover"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_covers_of_publications")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
