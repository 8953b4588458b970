"""How allauth's second steps behave here."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import factors, sealing
from projects import two_step


class MFAAdapter(DefaultMFAAdapter):
    """Nobody gives up the last second step while a role asks for one; passkeys have plain names; keys are sealed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This is not the right code. Type the one that is shown now."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role asks for two steps, and this is the only one you have. Add another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (factors.is_last(authenticator) and two_step.asking(authenticator.user))

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("My passkey") if not count else _("My passkey %(number)s") % {"number": count + 1}

    def get_totp_issuer(self) -> str:
        return "Milepost"
