from typing import TypedDict

from django import template
from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import User

register = template.Library()

PASSWORD = "walk-the-road"  # noqa: S105 - it is printed on the sign-in page of the demo
ROLES = {
    "admin@demo.example": gettext_lazy("State administrator"),
    "lead@demo.example": gettext_lazy("Project lead"),
    "practitioner@demo.example": gettext_lazy("Site team member"),
    "researcher@demo.example": gettext_lazy("Researcher"),
    "observer@demo.example": gettext_lazy("Can look"),
    "newcomer@demo.example": gettext_lazy("Not on a team yet"),
}


class DemoPerson(TypedDict):
    name: str
    role: str
    email: str
    password: str


@register.simple_tag
def demo_people() -> list[DemoPerson]:
    """Return the made-up people offered on the sign-in page of a demo; nobody anywhere else."""
    if not settings.DEMO:
        return []
    names = dict(User.objects.active().filter(email__in=ROLES).values_list("email", "name"))
    return [
        {"name": names[email], "role": str(role), "email": email, "password": PASSWORD}
        for email, role in ROLES.items()
        if email in names
    ]
