"""Texts adopted before Scrutin and their recommendations, which can be corrected; what our missions had adopted stays as it is."""

import core.clock
import django.db.models.deletion
import uuid
from django.db import migrations, models

from core.schema import beside_triggers

CHANGE = "An adopted or frozen text never changes."
DELETION = "An adopted or frozen text is deleted only with a removal on record."
WORDS = ("language", "text", "search", "sha256", "is_authentic", "was_checked")
WORDING = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in WORDS)
MOVED = "NEW.recommendation_id <> OLD.recommendation_id"
TYPED = "EXISTS (SELECT 1 FROM reports_recommendation c WHERE c.id = OLD.recommendation_id AND c.past_text_id IS NOT NULL)"
REMOVED = (
    "EXISTS (SELECT 1 FROM reports_removal r JOIN missions_mission m ON m.uuid = r.mission_uuid "
    "WHERE m.id = (SELECT c.mission_id FROM reports_recommendation c WHERE c.id = OLD.recommendation_id))"
)
# before and after: may the wording change, may the row go, is the recommendation fixed
BEFORE = (
    f"{WORDING} OR {MOVED}",
    f"NOT {REMOVED}",
    "OLD.state = 'adopted' AND (NEW.state <> OLD.state OR NEW.paragraph <> OLD.paragraph OR NEW.mission_id <> OLD.mission_id)",
)
AFTER = (
    f"{MOVED} OR (({WORDING}) AND NOT {TYPED})",
    f"NOT {TYPED} AND NOT {REMOVED}",
    "OLD.state = 'adopted' AND (NEW.state <> OLD.state OR (NEW.paragraph <> OLD.paragraph AND OLD.past_text_id IS NULL) "
    "OR COALESCE(NEW.mission_id, 0) <> COALESCE(OLD.mission_id, 0) OR COALESCE(NEW.past_text_id, 0) <> COALESCE(OLD.past_text_id, 0))",
)


def _sqlite(wording, deletion, fixed):
    yield "DROP TRIGGER IF EXISTS reports_adoptedtext_no_change"
    yield f"CREATE TRIGGER reports_adoptedtext_no_change BEFORE UPDATE ON reports_adoptedtext WHEN {wording} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END"
    yield "DROP TRIGGER IF EXISTS reports_adoptedtext_no_delete"
    yield f"CREATE TRIGGER reports_adoptedtext_no_delete BEFORE DELETE ON reports_adoptedtext WHEN {deletion} BEGIN SELECT RAISE(ABORT, '{DELETION}'); END"
    yield "DROP TRIGGER IF EXISTS reports_recommendation_fixed"  # gone with the table, which SQLite made anew
    yield f"CREATE TRIGGER reports_recommendation_fixed BEFORE UPDATE ON reports_recommendation WHEN {fixed} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END"


def _postgres(wording, deletion, fixed):
    yield f"""
        CREATE OR REPLACE FUNCTION reports_adoptedtext_guard() RETURNS trigger AS $$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF {wording} THEN RAISE EXCEPTION '{CHANGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
            RETURN NEW;
          END IF;
          IF {deletion} THEN RAISE EXCEPTION '{DELETION}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
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


def _run(rules):
    def run(apps, schema_editor):
        for statement in (_sqlite if schema_editor.connection.vendor == "sqlite" else _postgres)(*rules):
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("missions", "0010_mission_station_columns"),
        ("reports", "0010_consultation_extension"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, _run(BEFORE)),
        *beside_triggers(
            migrations.AlterField(
                model_name="recommendation",
                name="mission",
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recommendations",
                    to="missions.mission",
                ),
            ),
            migrations.CreateModel(
                name="PastText",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                    ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                    ("year", models.PositiveSmallIntegerField()),
                    ("election", models.CharField(blank=True, max_length=200)),
                    ("number", models.CharField(blank=True, max_length=60)),
                    ("adopted_on", models.DateField()),
                    ("title_en", models.CharField(blank=True, max_length=300)),
                    ("title_fr", models.CharField(blank=True, max_length=300)),
                    ("title_de", models.CharField(blank=True, max_length=300)),
                    ("document_ref", models.CharField(blank=True, max_length=60)),
                    ("web", models.URLField(blank=True, max_length=500)),
                    ("is_public", models.BooleanField(default=False)),
                    ("published_at", models.DateTimeField(blank=True, null=True)),
                    ("entered_by", models.CharField(max_length=60)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "country",
                        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="past_texts", to="missions.country"),
                    ),
                    (
                        "past_mission",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="texts",
                            to="missions.pastmission",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-adopted_on", "number", "pk"],
                },
            ),
            migrations.AddField(
                model_name="recommendation",
                name="past_text",
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recommendations",
                    to="reports.pasttext",
                ),
            ),
            migrations.AddConstraint(
                model_name="recommendation",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("mission__isnull", False), ("past_text__isnull", True)),
                        models.Q(("mission__isnull", True), ("past_text__isnull", False), ("report__isnull", True), ("state", "adopted")),
                        _connector="OR",
                    ),
                    name="recommendation_of_a_mission_or_a_past_text",
                ),
            ),
            migrations.AddConstraint(
                model_name="recommendation",
                constraint=models.UniqueConstraint(fields=("past_text", "paragraph"), name="recommendation_paragraph_per_past_text"),
            ),
            migrations.AddConstraint(
                model_name="pasttext",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("number", ""), _negated=True), fields=("number",), name="past_text_number_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="pasttext",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("number", "")), fields=("past_mission",), name="past_text_without_number_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="pasttext",
                constraint=models.CheckConstraint(
                    condition=models.Q(models.Q(("number", ""), _negated=True), ("past_mission__isnull", False), _connector="OR"),
                    name="past_text_has_a_name",
                ),
            ),
            migrations.AddConstraint(
                model_name="pasttext",
                constraint=models.CheckConstraint(
                    condition=models.Q(("is_public", False), ("published_at__isnull", False), _connector="OR"),
                    name="past_text_public_since",
                ),
            ),
        ),
        migrations.RunPython(_run(AFTER), migrations.RunPython.noop),
    ]
