"""The database's own index of the words of turns (SearchedTurn.words), kept by the database with every row.

PostgreSQL: a generated tsvector with a GIN index. Its configuration is "simple", which neither leaves out words nor cuts
their endings: a researcher looks for what people said, "not" and "who" included, in whatever language, and finds the
same as on SQLite, which has no endings to cut. Case and accents are gone before (interviews/reading/words.py).

SQLite: an FTS5 table over that column, which holds the index alone. Three triggers keep it, so a later migration that
rebuilds interviews_searchedturn must make them again.
"""

import sqlite3

from django.db import migrations

TABLE, INDEX = 'interviews_searchedturn', 'interviews_searchedwords'

POSTGRESQL = [
    f"ALTER TABLE {TABLE} ADD COLUMN indexed tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED",
    f'CREATE INDEX {INDEX} ON {TABLE} USING gin (indexed)',
]
POSTGRESQL_BACK = [f'ALTER TABLE {TABLE} DROP COLUMN indexed']

FORGET = f"INSERT INTO {INDEX} ({INDEX}, rowid, words) VALUES ('delete', OLD.id, OLD.words);"
TAKE_UP = f'INSERT INTO {INDEX} (rowid, words) VALUES (NEW.id, NEW.words);'
SQLITE = [
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(words, content='{TABLE}', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2')",
    f'CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {TAKE_UP} END',
    f'CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {FORGET} END',
    f'CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN {FORGET} {TAKE_UP} END',
]
# What is taken out of the index leaves nothing behind in the file, where SQLite can do that.
SQLITE_3_42 = [f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('secure-delete', 1)"]
SQLITE_BACK = [
    *(f'DROP TRIGGER {INDEX}_{what}' for what in ('insert', 'delete', 'update')),
    f'DROP TABLE {INDEX}',
]


def make(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        statements = POSTGRESQL
    else:
        statements = SQLITE + (SQLITE_3_42 if sqlite3.sqlite_version_info >= (3, 42) else [])
    for statement in statements:
        schema_editor.execute(statement, params=None)


def unmake(apps, schema_editor):
    back = POSTGRESQL_BACK if schema_editor.connection.vendor == 'postgresql' else SQLITE_BACK
    for statement in back:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0001_studies'),
    ]

    operations = [
        migrations.RunPython(make, unmake),
    ]
