from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def styleguide(request):
    """Show every component of the stylesheet on one page, for those who build screens."""
    return render(request, "styleguide.html")
