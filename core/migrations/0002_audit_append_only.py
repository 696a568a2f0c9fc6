"""The log is append-only on both databases: only the seal may be set, once; nothing is deleted."""

from django.db import migrations

SQLITE_UP = [
    """
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON core_auditentry
    BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END
    """,
    """
    CREATE TRIGGER audit_no_change BEFORE UPDATE ON core_auditentry
    WHEN OLD.number IS NOT NULL OR NEW.number IS NULL OR NEW.seal = ''
      OR NEW.id IS NOT OLD.id OR NEW.uuid IS NOT OLD.uuid OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor
      OR NEW.action IS NOT OLD.action OR NEW.object_type IS NOT OLD.object_type OR NEW.object_id IS NOT OLD.object_id
      OR NEW.mission IS NOT OLD.mission OR NEW.fields IS NOT OLD.fields OR NEW.data IS NOT OLD.data
    BEGIN SELECT RAISE(ABORT, 'The log is append-only.'); END
    """,
]
SQLITE_DOWN = ["DROP TRIGGER audit_no_delete", "DROP TRIGGER audit_no_change"]
POSTGRES_UP = [
    """
    CREATE FUNCTION core_audit_append_only() RETURNS trigger AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL AND NEW.seal <> ''
         AND (NEW.id, NEW.uuid, NEW.at, NEW.actor, NEW.action, NEW.object_type, NEW.object_id, NEW.mission, NEW.fields, NEW.data)
           = (OLD.id, OLD.uuid, OLD.at, OLD.actor, OLD.action, OLD.object_type, OLD.object_id, OLD.mission, OLD.fields, OLD.data)
      THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'The log is append-only.' USING ERRCODE = 'integrity_constraint_violation';
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_audit_append_only()
    """,
]
POSTGRES_DOWN = ["DROP TRIGGER audit_append_only ON core_auditentry", "DROP FUNCTION core_audit_append_only()"]


def _run(statements):
    def forwards(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return forwards


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunPython(
            _run({"sqlite": SQLITE_UP, "postgresql": POSTGRES_UP}),
            _run({"sqlite": SQLITE_DOWN, "postgresql": POSTGRES_DOWN}),
        )
    ]
