"""The pages of programs, projects, sites and plans: a table of contents. One list a subject, all joined at the end."""

from django.urls import include, path

app_name = "projects"

# One plan's pages; the same views serve a site's plan and the project team's (projects/access.py, plan_view).
plan_urls: list = []

site_urls: list = []

project_urls: list = []

people_urls: list = []

todo_urls: list = []

board_urls: list = []

dashboard_urls: list = []

urlpatterns = [
    *todo_urls,
    *dashboard_urls,
    *people_urls,
    *project_urls,
    *board_urls,
    *site_urls,
    path("projects/<slug:project>/plan/", include(plan_urls)),
    path("projects/<slug:project>/sites/<slug:site>/", include(plan_urls)),
]
