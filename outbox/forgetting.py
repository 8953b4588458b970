"""What the outbox forgets when a person is anonymised."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from outbox.models import Delivery

State = Delivery.State


@transaction.atomic
def forget_mail(person: User, address: str) -> int:
    """Blank the address and the words of a person's messages and send none any more; return how many there were.

    `address` is the one the person had: what went there before there was an account names nobody else.
    """
    mine = Delivery.objects.filter(Q(person=person) | Q(person=None, address__iexact=address))
    mine.filter(state=State.PENDING).update(state=State.CANCELLED, outcome=_("This person has left."))
    return mine.update(address="", subject="", text="", html="", data={})
