"""The pages of programs, projects, sites and plans: a table of contents. One list a subject, all joined at the end."""

from django.urls import include, path

from projects.views import barrier, board, contact, dashboard, history, item, note, plan, step, undo

app_name = "projects"

# One plan's pages; the same views serve a site's plan and the project team's (projects/access.py, plan_view).
plan_urls: list = [
    path("steps/<slug:step>/", step.plan_step, name="plan_step"),
    path("steps/<slug:step>/barrier/", barrier.barrier_report, name="barrier_report"),
    path("barriers/<int:pk>/solved/", barrier.barrier_resolve, name="barrier_resolve"),
    path("barriers/<int:pk>/open/", barrier.barrier_reopen, name="barrier_reopen"),
    path("items/<int:pk>/", item.item, name="item"),
    path("items/<int:pk>/done/", item.item_done, name="item_done"),
    path("items/<int:pk>/open/", item.item_open, name="item_open"),
    path("items/<int:pk>/applies/", item.item_applies, name="item_applies"),
    path("notes/", note.note_list, name="note_list"),
    path("notes/new/", note.note_write, name="note_write"),
    path("notes/<int:pk>/", note.note_edit, name="note_edit"),
    path("history/", history.plan_history, name="plan_history"),
]

plan_page_urls: list = [
    path("projects/<slug:project>/plan/", plan.team_plan, name="team_plan"),
    path("projects/<slug:project>/sites/<slug:site>/", plan.site_plan, name="site_plan"),
    path("projects/<slug:project>/sites/<slug:site>/contact/", contact.contact_log, name="contact_log"),
    path("undo/<uuid:batch>/", undo.undo, name="undo"),
]

site_urls: list = []

project_urls: list = []

people_urls: list = []

todo_urls: list = []

board_urls: list = [path("projects/<slug:project>/board/", board.board, name="board")]

dashboard_urls: list = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/export.csv", dashboard.dashboard_csv, name="dashboard_csv"),
]

urlpatterns = [
    *todo_urls,
    *dashboard_urls,
    *people_urls,
    *project_urls,
    *board_urls,
    *site_urls,
    *plan_page_urls,
    path("projects/<slug:project>/plan/", include(plan_urls)),
    path("projects/<slug:project>/sites/<slug:site>/", include(plan_urls)),
]
