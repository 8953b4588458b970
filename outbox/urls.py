from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("profile/reminders/", views.preferences, name="preferences"),
    path("profile/address/", views.address, name="address"),
    path("profile/address/<str:signed>/", views.address_confirm, name="address_confirm"),
    path("unsubscribe/<str:signed>/", views.unsubscribe, name="unsubscribe"),
    path("outbox/", views.sent, name="sent"),
    path("outbox/<uuid:uuid>/", views.message, name="message"),
]
