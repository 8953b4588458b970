from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import public
from projects.beginning import comes_for_dashboard


@require_safe
@public
def home(request):
    """Greet a newcomer with what Milepost is; take whoever has signed in straight to their to do list or dashboard."""
    if request.user.is_authenticated:
        return redirect("projects:dashboard" if comes_for_dashboard(request.scopes) else "projects:todo")
    return render(request, "home.html")
