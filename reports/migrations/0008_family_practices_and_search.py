"""Texts of the mission's family, good practice, words of published reports for searching."""

import core.clock
import django.db.models.deletion
import uuid
from django.db import migrations, models


TABLE = "reports_missiontextversion"
CHANGE = "An adopted or frozen text never changes."
DELETION = "An adopted or frozen text is deleted only with a removal on record."
REMOVED = (
    "EXISTS (SELECT 1 FROM reports_removal r JOIN missions_mission m ON m.uuid = r.mission_uuid "
    "WHERE m.id = (SELECT t.mission_id FROM reports_missiontext t WHERE t.id = OLD.text_id))"
)


def _up(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{CHANGE}'); END")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} WHEN NOT {REMOVED} BEGIN SELECT RAISE(ABORT, '{DELETION}'); END"
        )
        return
    schema_editor.execute(f"""
        CREATE FUNCTION {TABLE}_guard() RETURNS trigger AS $$
        BEGIN
          IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION '{CHANGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
          IF NOT {REMOVED} THEN RAISE EXCEPTION '{DELETION}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
          RETURN OLD;
        END $$ LANGUAGE plpgsql
    """)
    schema_editor.execute(f"CREATE TRIGGER {TABLE}_guard BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()")


def _down(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_change")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_delete")
        return
    schema_editor.execute(f"DROP TRIGGER {TABLE}_guard ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION {TABLE}_guard()")


def _index(apps, schema_editor):
    """The words of what is published already."""
    from reports.services.search import words_of_content  # pure: reads the frozen content it is given

    rows = apps.get_model("reports", "PublishedWords").objects
    for publication in apps.get_model("reports", "Publication").objects.select_related("version"):
        for language in publication.languages:
            words = words_of_content(publication.version.content["languages"][language])
            rows.update_or_create(publication=publication, language=language, defaults={"words": words})


class Migration(migrations.Migration):

    dependencies = [
        ('missions', '0009_note_basis_and_second_decisions'),
        ('reports', '0007_writing_together'),
    ]

    operations = [
        migrations.CreateModel(
            name='MissionText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('announcement', 'Announcement'), ('media_advisory', 'Media advisory'), ('speaking_notes', 'Speaking notes'), ('press_release', 'Press release on adoption')], max_length=16)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('released', 'Released'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('authentic_language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('de', 'German')], default='en', max_length=2)),
                ('languages', models.JSONField(default=list)),
                ('contact', models.TextField(blank=True)),
                ('held_on', models.DateField(blank=True, null=True)),
                ('held_at', models.TimeField(blank=True, null=True)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('correction_note', models.CharField(blank=True, max_length=500)),
                ('composed_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='missions.mission')),
            ],
            options={
                'ordering': ['mission', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='MissionTextVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('slug', models.SlugField(max_length=120)),
                ('languages', models.JSONField(default=list)),
                ('content', models.JSONField()),
                ('checksum', models.CharField(max_length=64)),
                ('unchecked', models.JSONField(default=dict)),
                ('search', models.TextField(blank=True)),
                ('is_public', models.BooleanField(default=True)),
                ('embargo_until', models.DateTimeField()),
                ('frozen_at', models.DateTimeField()),
                ('frozen_by', models.CharField(max_length=60)),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reports.missiontext')),
            ],
            options={
                'ordering': ['text', '-number'],
            },
        ),
        migrations.CreateModel(
            name='PublishedWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=8)),
                ('words', models.TextField()),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='reports.publication')),
            ],
        ),
        migrations.CreateModel(
            name='GoodPractice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('checked', 'Checked'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('level', models.CharField(choices=[('information', 'Information'), ('consultation', 'Consultation'), ('dialogue', 'Dialogue'), ('involvement', 'Active involvement')], max_length=12)),
                ('step', models.CharField(choices=[('agenda', 'Agenda setting'), ('drafting', 'Drafting'), ('decision', 'Decision'), ('implementation', 'Implementation'), ('monitoring', 'Monitoring'), ('reformulation', 'Reformulation')], max_length=14)),
                ('actors', models.JSONField(default=list)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('code_section', models.CharField(blank=True, max_length=120)),
                ('web', models.URLField(blank=True)),
                ('source_name', models.CharField(blank=True, max_length=200)),
                ('source_agreed', models.BooleanField(default=False)),
                ('authentic_language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('de', 'German')], default='en', max_length=2)),
                ('published_languages', models.JSONField(default=list)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('search', models.TextField(blank=True)),
                ('added_by', models.CharField(blank=True, max_length=60)),
                ('version', models.PositiveIntegerField(default=1)),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='missions.country')),
                ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='practices', to='missions.meeting')),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='missions.mission')),
                ('note', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='practices', to='missions.meetingnote')),
            ],
            options={
                'ordering': ['mission', 'number'],
                'constraints': [models.UniqueConstraint(fields=('mission', 'number'), name='practice_number_per_mission'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='practice_published_with_day'), models.CheckConstraint(condition=models.Q(('source_name', ''), ('source_agreed', True), _connector='OR'), name='practice_source_with_its_yes')],
            },
        ),
        migrations.AddConstraint(
            model_name='missiontext',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('mission', 'kind'), name='mission_text_once_per_kind'),
        ),
        migrations.AddIndex(
            model_name='missiontextversion',
            index=models.Index(fields=['slug', 'embargo_until'], name='mission_text_slug'),
        ),
        migrations.AddConstraint(
            model_name='missiontextversion',
            constraint=models.UniqueConstraint(fields=('text', 'number'), name='mission_text_version_number'),
        ),
        migrations.AddConstraint(
            model_name='publishedwords',
            constraint=models.UniqueConstraint(fields=('publication', 'language'), name='published_words_once'),
        ),
        migrations.RunPython(_up, _down),
        migrations.RunPython(_index, migrations.RunPython.noop),
    ]
