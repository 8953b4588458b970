from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_jobs")]

    operations = [
        migrations.AddField(
            model_name="sitestatus",
            name="lessons",
            field=models.TextField(blank=True, default="", max_length=5000, verbose_name="lessons"),
            preserve_default=False,
        ),
    ]
