"""The marks that say who may open a view that belongs to no object. projects/access.py has those that do.

A test walks all addresses and fails on a view without `action`.
"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    view.action = "public"  # type: ignore[attr-defined]  # the access walk reads it
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Mark a view that every signed-in person may open because it shows only their own."""
    view.action = "signed in"  # type: ignore[attr-defined]  # the access walk reads it
    return view
