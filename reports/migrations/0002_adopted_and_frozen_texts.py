"""Adopted texts, frozen versions and statements never change, on both databases; they are deleted only with a `Removal` row."""

from django.db import migrations

# table -> how its row finds the mission that a Removal row must name
OF_MISSION = {
    "reports_adoptedtext": "m.id = (SELECT c.mission_id FROM reports_recommendation c WHERE c.id = OLD.recommendation_id)",
    "reports_reportversion": "m.id IN (SELECT rm.mission_id FROM reports_report_missions rm WHERE rm.report_id = OLD.report_id)",
    "reports_statement": "m.id = OLD.mission_id",
}
REMOVED = "EXISTS (SELECT 1 FROM reports_removal r JOIN missions_mission m ON m.uuid = r.mission_uuid WHERE {where})"
CHANGE = "An adopted or frozen text never changes."
DELETION = "An adopted or frozen text is deleted only with a removal on record."
FIXED = "OLD.state = 'adopted' AND (NEW.state <> OLD.state OR NEW.paragraph <> OLD.paragraph OR NEW.adopted_on <> OLD.adopted_on OR NEW.mission_id <> OLD.mission_id)"


def _sqlite_up():
    for table, where in OF_MISSION.items():
        yield f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END"
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {REMOVED.format(where=where)} "
            f"BEGIN SELECT RAISE(ABORT, '{DELETION}'); END"
        )
    yield f"CREATE TRIGGER reports_recommendation_fixed BEFORE UPDATE ON reports_recommendation WHEN {FIXED} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END"


def _sqlite_down():
    for table in OF_MISSION:
        yield f"DROP TRIGGER {table}_no_change"
        yield f"DROP TRIGGER {table}_no_delete"
    yield "DROP TRIGGER reports_recommendation_fixed"


def _postgres_up():
    for table, where in OF_MISSION.items():
        yield f"""
            CREATE FUNCTION {table}_guard() RETURNS trigger AS $$
            BEGIN
              IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION '{CHANGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
              IF NOT {REMOVED.format(where=where)} THEN
                RAISE EXCEPTION '{DELETION}' USING ERRCODE = 'integrity_constraint_violation';
              END IF;
              RETURN OLD;
            END $$ LANGUAGE plpgsql
        """
        yield f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard()"
    yield f"""
        CREATE FUNCTION reports_recommendation_fixed() RETURNS trigger AS $$
        BEGIN
          IF {FIXED} THEN RAISE EXCEPTION '{CHANGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
          RETURN NEW;
        END $$ LANGUAGE plpgsql
    """
    yield (
        "CREATE TRIGGER reports_recommendation_fixed BEFORE UPDATE ON reports_recommendation "
        "FOR EACH ROW EXECUTE FUNCTION reports_recommendation_fixed()"
    )


def _postgres_down():
    for table in OF_MISSION:
        yield f"DROP TRIGGER {table}_guard ON {table}"
        yield f"DROP FUNCTION {table}_guard()"
    yield "DROP TRIGGER reports_recommendation_fixed ON reports_recommendation"
    yield "DROP FUNCTION reports_recommendation_fixed()"


def _run(sqlite, postgresql):
    def run(apps, schema_editor):
        for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]():
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(_run(_sqlite_up, _postgres_up), _run(_sqlite_down, _postgres_down))]
