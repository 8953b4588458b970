from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.views import about, front, health, styleguide, tour
from projects.views import two_step

urlpatterns = [
    path("", front.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("tour/", tour.tour, name="tour"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("admin/", admin.site.urls),
    # Ours: allauth's own page lets the last second step go, also where a role asks for one.
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", two_step.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    # Ours: allauth's own page forgets an address that was never confirmed, the only one a person has here.
    path("accounts/email/", RedirectView.as_view(pattern_name="outbox:address")),
    path("accounts/", include("allauth.account.urls")),
    path("roadmap/", include("roadmap.urls", namespace="roadmap")),
    path("", include("projects.urls", namespace="projects")),
    path("", include("interviews.urls", namespace="interviews")),
    path("", include("outbox.urls", namespace="outbox")),
    path("", include("accounts.urls", namespace="accounts")),
]

handler400 = "config.views.errors.bad_request"
handler403 = "config.views.errors.permission_denied"
handler404 = "config.views.errors.not_found"
handler500 = "config.views.errors.server_error"
