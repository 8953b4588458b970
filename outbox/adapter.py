from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

INVITATION = "invitation"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up uninvited, and allauth's mail goes through the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return INVITATION in request.session
