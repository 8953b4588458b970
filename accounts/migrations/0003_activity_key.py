from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_activity_person"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                fields=["program_id", "key", "-at"],
                condition=models.Q(("project_id__isnull", True)),
                name="accounts_activity_key",
            ),
        ),
    ]
