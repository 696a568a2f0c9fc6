"""Designs of the form builder; and neither database lets a version that was published be changed (its state and unchecked languages may)."""

import core.clock
import django.db.models.deletion
import uuid
from django.db import migrations, models

FROZEN = ["uuid", "form_id", "version", "xlsform_id", "xform", "md5", "languages", "questions"]
SENTENCE = "A published version of a form never changes."

SQLITE_UP = [
    f"""
    CREATE TRIGGER form_version_published BEFORE UPDATE ON field_formversion
    WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)})
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """
]
SQLITE_DOWN = ["DROP TRIGGER form_version_published"]
POSTGRES_UP = [
    f"""
    CREATE FUNCTION field_form_version_published() RETURNS trigger AS $$
    BEGIN
      IF OLD.state <> 'draft' AND (NEW.state = 'draft'
        OR ({", ".join(f"NEW.{name}" for name in FROZEN)}) IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in FROZEN)}))
      THEN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER form_version_published BEFORE UPDATE ON field_formversion
    FOR EACH ROW EXECUTE FUNCTION field_form_version_published()
    """,
]
POSTGRES_DOWN = ["DROP TRIGGER form_version_published ON field_formversion", "DROP FUNCTION field_form_version_published()"]


def _run(statements):
    def forwards(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return forwards


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0001_initial'),
        ('missions', '0007_station_search_building'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('code', models.CharField(max_length=20)),
                ('stage', models.CharField(choices=[('opening', 'Opening'), ('voting', 'Voting'), ('closing_counting', 'Closing and counting'), ('tabulation', 'Tabulation'), ('incident', 'Incident'), ('other', 'Other')], default='other', max_length=20)),
                ('content', models.JSONField(default=dict)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='form_designs', to='missions.mission')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='field.formversion')),
            ],
            options={
                'ordering': ['code', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('mission', 'code'), name='field_design_code_once')],
            },
        ),
        migrations.RunPython(
            _run({"sqlite": SQLITE_UP, "postgresql": POSTGRES_UP}),
            _run({"sqlite": SQLITE_DOWN, "postgresql": POSTGRES_DOWN}),
        ),
    ]
