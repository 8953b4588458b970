"""The forms of passkeys: allauth's, with plain words, and safe from what no browser sends."""

import struct
from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

# What fido2 raises for something that is no credential. allauth catches only the first.
UNREADABLE = (TypeError, ValueError, KeyError, IndexError, AttributeError, struct.error)


class CredentialField(forms.JSONField):
    """What the browser's passkey says. Anything else is answered in words and not with an error page."""

    widget = forms.HiddenInput

    def __init__(self, kind: type[RegistrationResponse] | type[AuthenticationResponse]) -> None:
        super().__init__(error_messages={"required": gettext_lazy("The passkey was not used. Try again.")})
        self.kind = kind

    def validate(self, value: Any) -> None:
        super().validate(value)
        try:
            self.kind.from_dict(value)
        except UNREADABLE as error:
            raise ValidationError(_("The passkey could not be read. Try again."), code="unreadable") from error


def name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("What you call it"),
        help_text=gettext_lazy("Such as “Work laptop”. Only you see it."),
        max_length=80,
        required=required,
    )


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey's name, and whether it alone lets a person in: it does unless they say otherwise."""

    name = name_field(required=False)
    passwordless = forms.BooleanField(
        label=gettext_lazy("Let me sign in with it alone, without my password"),
        required=False,
        initial=True,
        help_text=gettext_lazy("It asks for your fingerprint, face or PIN. Turn this off for a key without them."),
    )
    credential = CredentialField(RegistrationResponse)
    field_order = ("name", "passwordless")


class EditPasskeyForm(EditWebAuthnForm):
    name = name_field(required=True)


class AuthenticatePasskeyForm(AuthenticateWebAuthnForm):
    credential = CredentialField(AuthenticationResponse)


class LoginPasskeyForm(LoginWebAuthnForm):
    credential = CredentialField(AuthenticationResponse)


class ReauthenticatePasskeyForm(ReauthenticateWebAuthnForm):
    credential = CredentialField(AuthenticationResponse)
