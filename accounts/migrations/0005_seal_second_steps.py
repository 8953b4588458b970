from django.db import migrations

from accounts.sealing import SEALED, seal, unseal

SECRETS = ["secret", "seed"]  # of an authenticator app, of recovery codes


def seal_all(apps, schema_editor):
    """Seal what was kept in the clear: keys of authenticator apps and what recovery codes are made from."""
    rewrite(apps, lambda kept: kept if kept.startswith(SEALED) else seal(kept))


def unseal_all(apps, schema_editor):
    rewrite(apps, unseal)


def rewrite(apps, change):
    Authenticator = apps.get_model('mfa', 'Authenticator')
    for one in Authenticator.objects.filter(type__in=['totp', 'recovery_codes']).iterator():
        one.data = {name: change(kept) if name in SECRETS else kept for name, kept in one.data.items()}
        one.save(update_fields=['data'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_tour'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [migrations.RunPython(seal_all, unseal_all)]
