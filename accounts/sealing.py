"""What the database keeps of a second step is sealed, so that a copy of it makes nobody's codes.

The key comes from SECRET_KEY. Whoever changes that one names the old one in SECRET_KEY_FALLBACKS, or no authenticator
app and no recovery code set up before is of any use.
"""

import base64
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

SEALED = "sealed:"  # what does not begin so was kept before anything was sealed
UNREADABLE = "second-step-unreadable"

log = logging.getLogger(__name__)


def keys() -> MultiFernet:
    """Return what seals with the present secret, and opens what was sealed with that one or one before it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("accounts.sealing", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """Return a text as the database may keep it."""
    return SEALED + keys().encrypt(text.encode()).decode()


def unseal(kept: str) -> str:
    """Return the text that was sealed. Raises ValidationError, in words for its owner, where no secret opens it."""
    if not kept.startswith(SEALED):
        return kept
    try:
        return keys().decrypt(kept.removeprefix(SEALED)).decode()
    except InvalidToken as error:
        log.error("A second step cannot be read: SECRET_KEY was changed. Add the old one to SECRET_KEY_FALLBACKS.")
        raise ValidationError(
            _("Milepost cannot read your second step any more. Ask your administrator to reset it."), code=UNREADABLE
        ) from error
