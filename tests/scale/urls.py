from django.http import HttpResponse
from django.urls import include, path


def bare(request):
    """Answer with who is signed in: session and user are read, nothing else."""
    return HttpResponse(request.user.email)


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]
handler404 = "config.views.errors.not_found"
