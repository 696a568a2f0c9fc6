from django.db import migrations, models

from core.schema import beside_triggers


class Migration(migrations.Migration):
    dependencies = [
        ("missions", "0009_note_basis_and_second_decisions"),
    ]

    operations = beside_triggers(
        migrations.AddField(
            model_name="mission",
            name="station_columns",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="What each column of the last list of stations was: {heading: field}.",
            ),
        ),
    )
