"""PostgreSQL's index of the words that stand together in a turn, two by two, for phrases.

Its index of words (0002) answers a phrase by looking at every turn that holds all of its words. For "of the" that is
every turn there is. SQLite's index knows where words stand and needs no other.

What a pair keeps of a word are its first 60 letters, because an index has no room for more; whoever asks compares the
whole phrase afterwards (interviews/searching.py). The function says that it is dear, so that nobody reads all turns
with it. It names nothing but what every PostgreSQL has, so that a restore finds all it needs.
"""

from django.db import migrations

TABLE, INDEX, FUNCTION = 'interviews_searchedturn', 'interviews_searchedpairs', 'interviews_pairs'

MAKE = [
    f"""
    CREATE FUNCTION {FUNCTION}(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
        SELECT array_agg(left(word, 60) || ' ' || left(follower, 60))
        FROM (SELECT string_to_array(said, ' ') AS words) AS turn, unnest(words, words[2:]) AS pair (word, follower)
        WHERE follower IS NOT NULL
    $$
    """,
    f'CREATE INDEX {INDEX} ON {TABLE} USING gin ({FUNCTION}(words))',
]
UNMAKE = [f'DROP INDEX {INDEX}', f'DROP FUNCTION {FUNCTION}(text)']


def make(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        for statement in MAKE:
            schema_editor.execute(statement, params=None)


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        for statement in UNMAKE:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0005_searched_turns_in_order'),
    ]

    operations = [
        migrations.RunPython(make, unmake),
    ]
