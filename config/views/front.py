from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def home(request):
    """Greet a newcomer with what Milepost is; take everybody who has signed in straight to their to do list."""
    if request.user.is_authenticated:
        return redirect("projects:todo")
    return render(request, "home.html")
