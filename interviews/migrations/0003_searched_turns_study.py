"""Of every turn that is searched, the study. On the way back SQLite makes the table anew: see 0005."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = [one for one in import_module('interviews.migrations.0002_search').SQLITE if one.startswith('CREATE TRIGGER')]


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == 'sqlite':
        for statement in TRIGGERS:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0002_search'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, make_triggers),
        migrations.AddField(
            model_name='searchedturn',
            name='study',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='searched_turns', to='interviews.study'),
        ),
    ]
