from django.db import migrations

FILL = """
    UPDATE interviews_searchedturn SET study_id = (
        SELECT interviews_interview.study_id
        FROM interviews_transcript JOIN interviews_interview ON interviews_interview.id = interviews_transcript.interview_id
        WHERE interviews_transcript.id = interviews_searchedturn.transcript_id
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0003_searched_turns_study'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
