"""What was frozen stays: neither database lets a document's content be changed. Deletion is retention's business."""

from django.db import migrations

FROZEN = ["uuid", "kind", "subject_type", "subject_key", "language", "title", "reference", "content", "template_version", "checksum", "frozen_at", "frozen_by"]
SENTENCE = "A frozen document never changes."

SQLITE_UP = [
    f"""
    CREATE TRIGGER document_frozen BEFORE UPDATE ON core_document
    WHEN {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)}
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """
]
SQLITE_DOWN = ["DROP TRIGGER document_frozen"]
POSTGRES_UP = [
    f"""
    CREATE FUNCTION core_document_frozen() RETURNS trigger AS $$
    BEGIN
      IF ({", ".join(f"NEW.{name}" for name in FROZEN)}) IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in FROZEN)})
      THEN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER document_frozen BEFORE UPDATE ON core_document
    FOR EACH ROW EXECUTE FUNCTION core_document_frozen()
    """,
]
POSTGRES_DOWN = ["DROP TRIGGER document_frozen ON core_document", "DROP FUNCTION core_document_frozen()"]


def _run(statements):
    def forwards(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return forwards


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_append_only")]

    operations = [
        migrations.RunPython(
            _run({"sqlite": SQLITE_UP, "postgresql": POSTGRES_UP}),
            _run({"sqlite": SQLITE_DOWN, "postgresql": POSTGRES_DOWN}),
        )
    ]
