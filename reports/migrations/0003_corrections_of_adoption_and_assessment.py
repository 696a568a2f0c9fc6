"""The day of an adoption can be corrected, its wording never; an assessment can be taken back, and stays on record."""

from django.db import migrations, models

CHANGE = "An adopted or frozen text never changes."
WORDS = ("recommendation_id", "language", "text", "search", "sha256", "is_authentic", "was_checked")
WORDING = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in WORDS)
PLACE = "NEW.state <> OLD.state OR NEW.paragraph <> OLD.paragraph OR NEW.mission_id <> OLD.mission_id"
WITH_DAY = f"OLD.state = 'adopted' AND ({PLACE} OR NEW.adopted_on <> OLD.adopted_on)"
WITHOUT_DAY = f"OLD.state = 'adopted' AND ({PLACE})"


def _sqlite(text_when, fixed):
    yield "DROP TRIGGER reports_adoptedtext_no_change"
    yield f"CREATE TRIGGER reports_adoptedtext_no_change BEFORE UPDATE ON reports_adoptedtext {text_when} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END"
    yield "DROP TRIGGER reports_recommendation_fixed"
    yield f"CREATE TRIGGER reports_recommendation_fixed BEFORE UPDATE ON reports_recommendation WHEN {fixed} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END"


def _postgres(changed, fixed):
    yield f"""
        CREATE OR REPLACE FUNCTION reports_adoptedtext_guard() RETURNS trigger AS $$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF {changed} THEN RAISE EXCEPTION '{CHANGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
            RETURN NEW;
          END IF;
          IF NOT EXISTS (SELECT 1 FROM reports_removal r JOIN missions_mission m ON m.uuid = r.mission_uuid
            WHERE m.id = (SELECT c.mission_id FROM reports_recommendation c WHERE c.id = OLD.recommendation_id)) THEN
            RAISE EXCEPTION 'An adopted or frozen text is deleted only with a removal on record.' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN OLD;
        END $$ LANGUAGE plpgsql
    """
    yield f"""
        CREATE OR REPLACE FUNCTION reports_recommendation_fixed() RETURNS trigger AS $$
        BEGIN
          IF {fixed} THEN RAISE EXCEPTION '{CHANGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
          RETURN NEW;
        END $$ LANGUAGE plpgsql
    """


def _up(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in _sqlite(f"WHEN {WORDING}", WITHOUT_DAY) if sqlite else _postgres(WORDING, WITHOUT_DAY):
        schema_editor.execute(statement)


def _down(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in _sqlite("", WITH_DAY) if sqlite else _postgres("TRUE", WITH_DAY):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_adopted_and_frozen_texts")]

    operations = [
        migrations.AddField("followup", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("followup", "withdrawn_by", models.CharField(blank=True, max_length=60)),
        migrations.AddField("followup", "withdrawn_reason", models.CharField(blank=True, max_length=500)),
        migrations.RunPython(_up, _down),
    ]
