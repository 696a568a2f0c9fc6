"""Records set to another station, and the coarse position of a note."""

import core.clock
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0002_form_designs_and_fixed_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='note',
            name='latitude',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='note',
            name='longitude',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='StationMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('before', models.CharField(blank=True, max_length=320)),
                ('after', models.CharField(max_length=320)),
                ('reason', models.TextField(blank=True)),
                ('made_by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField(default=core.clock.now)),
                ('observation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='station_moves', to='field.observation')),
            ],
            options={
                'ordering': ['created_at', 'pk'],
            },
        ),
    ]
