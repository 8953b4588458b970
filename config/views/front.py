from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import public


@require_safe
@public
def home(request):
    """Greet a newcomer with what Milepost is; take everybody who has signed in straight to their to do list."""
    if request.user.is_authenticated:
        return redirect("projects:todo")
    return render(request, "home.html")
