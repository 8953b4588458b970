from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public


@require_safe
@public
def accessibility(request):
    """Say what works for whom, what was tested and what was not, and whom to tell."""
    return render(request, "accessibility.html")
