"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from outbox import account_mail, links

INVITATION = "invitation"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up uninvited; links begin with BASE_URL; mail is a delivery like any other."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return INVITATION in request.session

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return links.absolute(path.replace("UID-KEY", key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        account_mail.queue_account_mail(template_prefix, email, context, now=timezone.now())
