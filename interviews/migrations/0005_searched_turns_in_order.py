"""Every turn has its study, and the turns of a study stand in their order in an index.

SQLite makes the table anew for that, and with the old one go the triggers that keep its index of words (0002). They are
made again here, forwards and back.
"""

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
        ('interviews', '0004_fill_searched_turns_study'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, make_triggers),
        migrations.AlterField(
            model_name='searchedturn',
            name='study',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='searched_turns', to='interviews.study'),
        ),
        migrations.RunPython(make_triggers, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='searchedturn',
            index=models.Index(fields=['study', 'transcript', 'number'], name='interviews_turns_in_order'),
        ),
    ]
