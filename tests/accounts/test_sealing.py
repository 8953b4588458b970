"""What the database keeps of a second step is sealed with the installation's secret."""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.apps import apps
from django.core.exceptions import ValidationError

from accounts.sealing import SEALED, seal, unseal
from tests.cast import PASSWORD, person

migration = import_module("accounts.migrations.0005_seal_second_steps")


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def shown_by_app(secret):
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def test_what_was_sealed_opens_and_reads_like_nothing():
    sealed = seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY" not in sealed
    assert sealed != seal("JBSWY3DPEHPK3PXP")
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"


def test_a_secret_of_before_still_opens_and_a_lost_one_says_what_to_do(settings, caplog):
    sealed, before = seal("JBSWY3DPEHPK3PXP"), settings.SECRET_KEY
    settings.SECRET_KEY = "another one, of fifty characters and not of less"
    with pytest.raises(ValidationError, match="Ask your administrator to reset it"):
        unseal(sealed)
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"


def test_neither_an_apps_key_nor_recovery_codes_lie_in_the_clear(bo):
    secret = generate_totp_secret()
    app, codes = TOTP.activate(bo, secret), RecoveryCodes.activate(bo)
    kept = [str(one.data) for one in Authenticator.objects.filter(user=bo)]
    assert all(SEALED in text and secret not in text for text in kept)
    assert app.validate_code(shown_by_app(secret))
    assert codes.validate_code(codes.get_unused_codes()[0])


def test_who_had_a_second_step_before_keeps_it(bo):
    secret = generate_totp_secret()
    app = Authenticator.objects.create(user=bo, type="totp", data={"secret": secret})
    codes = RecoveryCodes(
        Authenticator.objects.create(user=bo, type="recovery_codes", data={"seed": "ab" * 20, "used_mask": 0})
    )
    before = codes.get_unused_codes()
    migration.seal_all(apps, None)
    for one in (app, codes.instance):
        one.refresh_from_db()
        assert SEALED in str(one.data)
    assert codes.get_unused_codes() == before
    assert TOTP(app).validate_code(shown_by_app(secret))
    migration.unseal_all(apps, None)
    app.refresh_from_db()
    assert app.data == {"secret": secret}


def test_who_signs_in_by_passkey_reads_why_their_recovery_codes_cannot_be_shown(sign_in, bo, settings):
    Authenticator.objects.create(user=bo, type="webauthn", data={"name": "Key"})
    RecoveryCodes.activate(bo)
    settings.SECRET_KEY = "another one, of fifty characters and not of less"
    said = sign_in(bo).get("/accounts/2fa/", follow=True)
    assert said.status_code == 200
    assert "Ask your administrator to reset it" in said.content.decode()


def test_who_cannot_be_let_in_any_more_reads_why(client, bo, settings):
    TOTP.activate(bo, generate_totp_secret())
    settings.SECRET_KEY = "another one, of fifty characters and not of less"
    client.post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    said = client.post("/accounts/2fa/authenticate/", {"code": "123456"})
    assert said.status_code == 200
    assert "Ask your administrator to reset it" in said.content.decode()
