"""Load all counties of the United States from projects/data/counties.csv, which says where they come from."""

import csv
from pathlib import Path

from django.db import migrations

COUNTIES = Path(__file__).resolve().parent.parent / "data" / "counties.csv"


def load_counties(apps, schema_editor):
    County = apps.get_model("projects", "County")
    with COUNTIES.open(encoding="utf-8", newline="") as file:
        rows = [County(**row) for row in csv.DictReader(file)]
    County.objects.bulk_create(rows, batch_size=300, ignore_conflicts=True)


def remove_counties(apps, schema_editor):
    """Take away the counties in which no place lies; the others go with their table."""
    apps.get_model("projects", "County").objects.filter(places=None).delete()


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [migrations.RunPython(load_counties, remove_counties)]
