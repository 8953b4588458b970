"""The forms by which people sign in: allauth's, in our words, and without words in the boxes that vanish on typing."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ReauthenticateForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "email": _("E-mail address"),
    "oldpassword": _("The password you have now"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("The new password again"),
    "code": _("Code"),
}
DIGITS = {"inputmode": "numeric"}  # the keys that a phone shows; recovery codes are digits too


class Plain(forms.BaseForm):
    """Mixin for one of allauth's forms."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = LABELS | self.labels
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = labels.get(name, field.label)
            if name == "code":
                field.widget.attrs |= DIGITS


class PlainChangePasswordForm(Plain, ChangePasswordForm):
    pass


class PlainResetPasswordForm(Plain, ResetPasswordForm):
    pass


class PlainResetPasswordKeyForm(Plain, ResetPasswordKeyForm):
    pass


class PlainReauthenticateForm(Plain, ReauthenticateForm):
    pass


class PlainActivateForm(Plain, ActivateTOTPForm):
    labels = {"code": _("Six digits that the app shows")}


class PlainAuthenticateForm(Plain, AuthenticateForm):
    pass


class PlainReauthenticateByCodeForm(Plain, ReauthenticateByCodeForm):
    pass
