from django.urls import path

from . import views

app_name = "roadmap"

urlpatterns = [
    path("", views.guide, name="guide"),
    path("words/", views.glossary, name="glossary"),
    path("templates/<slug:paper>/", views.paper, name="paper"),
    path("<slug:step>/", views.guide_step, name="guide_step"),
]
