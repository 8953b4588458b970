"""The pages of programs, projects, sites and plans: a table of contents. One list a subject, all joined at the end."""

from django.urls import include, path

from projects.views import (
    account,
    assign,
    attachment,
    barrier,
    board,
    catch_up,
    contact,
    dashboard,
    fit,
    history,
    invitation,
    item,
    jobs,
    note,
    paper,
    people,
    places,
    plan,
    program,
    project,
    record,
    site,
    spreadsheets,
    status,
    step,
    todo,
    two_step,
    undo,
)

app_name = "projects"

# One plan's pages; the same views serve a site's plan and the project team's (projects/access.py, plan_view).
plan_urls: list = [
    path("steps/<slug:step>/", step.plan_step, name="plan_step"),
    path("templates/<slug:paper>/", step.paper, name="paper"),
    path("steps/<slug:step>/barrier/", barrier.barrier_report, name="barrier_report"),
    path("barriers/<int:pk>/solved/", barrier.barrier_resolve, name="barrier_resolve"),
    path("barriers/<int:pk>/open/", barrier.barrier_reopen, name="barrier_reopen"),
    path("items/<int:pk>/", item.item, name="item"),
    path("items/<int:pk>/done/", item.item_done, name="item_done"),
    path("items/<int:pk>/open/", item.item_open, name="item_open"),
    path("items/<int:pk>/applies/", item.item_applies, name="item_applies"),
    path("items/<int:pk>/take/", assign.item_take, name="item_take"),
    path("items/<int:pk>/assign/", assign.item_assign, name="item_assign"),
    path("steps/<slug:step>/assign/", assign.step_assign, name="step_assign"),
    path("items/<int:pk>/fit/", fit.item_fit, name="item_fit"),
    path("items/<int:pk>/same/<slug:kind>/", fit.item_same, name="item_same"),
    path("steps/<slug:step>/own/", fit.step_own, name="step_own"),
    path("notes/", note.note_list, name="note_list"),
    path("notes/new/", note.note_write, name="note_write"),
    path("notes/<int:pk>/", note.note_edit, name="note_edit"),
    path("files/new/", attachment.file_add, name="file_add"),
    path("files/<int:pk>/", attachment.file_download, name="file_download"),
    path("files/<int:pk>/remove/", attachment.file_remove, name="file_remove"),
    path("history/", history.plan_history, name="plan_history"),
]

plan_page_urls: list = [
    path("projects/<slug:project>/plan/", plan.team_plan, name="team_plan"),
    path("projects/<slug:project>/sites/<slug:site>/", plan.site_plan, name="site_plan"),
    path("projects/<slug:project>/sites/<slug:site>/contact/", contact.contact_log, name="contact_log"),
    path("projects/<slug:project>/sites/<slug:site>/meeting/", paper.site_meeting, name="site_meeting"),
    path("projects/<slug:project>/sites/<slug:site>/story/", paper.site_story, name="site_story"),
    path("projects/<slug:project>/sites/<slug:site>/paper/", paper.plan_paper, name="plan_paper"),
    path("undo/<uuid:batch>/", undo.undo, name="undo"),
]

site_urls: list = [
    path("projects/<slug:project>/sites/new/", site.site_new, name="site_new"),
    path("projects/<slug:project>/sites/start/", site.sites_start, name="sites_start"),
    path("projects/<slug:project>/sites/<slug:site>/start/", site.site_start, name="site_start"),
    path("projects/<slug:project>/sites/<slug:site>/settings/", site.site_settings, name="site_settings"),
    path("projects/<slug:project>/sites/<slug:site>/jobs/", jobs.site_jobs, name="site_jobs"),
    path("projects/<slug:project>/sites/<slug:site>/pause/", status.site_pause, name="site_pause"),
    path("projects/<slug:project>/sites/<slug:site>/stop/", status.site_stop, name="site_stop"),
    path("projects/<slug:project>/sites/<slug:site>/finish/", status.site_finish, name="site_finish"),
    path("projects/<slug:project>/sites/<slug:site>/resume/", status.site_resume, name="site_resume"),
]

project_urls: list = [
    path("programs/", program.program_list, name="program_list"),
    path("programs/<slug:program>/", program.program, name="program"),
    path("programs/<slug:program>/settings/", program.program_settings, name="program_settings"),
    path("programs/<slug:program>/places/", places.places, name="places"),
    path("programs/<slug:program>/places/merge/", places.places_merge, name="places_merge"),
    path("programs/<slug:program>/places/<int:pk>/undo/", places.merger_undo, name="merger_undo"),
    path("programs/<slug:program>/projects/new/", project.project_new, name="project_new"),
    path("projects/", project.project_list, name="project_list"),
    path("projects/<slug:project>/", project.project, name="project"),
    path("projects/<slug:project>/settings/", project.project_settings, name="project_settings"),
    path("projects/<slug:project>/jobs/", jobs.project_jobs, name="project_jobs"),
]

# The people of a program, a project or a site: the same views (projects/access.py, target_view).
member_urls: list = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/role/", people.role, name="role"),
    path("people/<int:pk>/end/", people.end, name="end"),
    path("people/<int:pk>/second-step/", two_step.reset, name="second_step_reset"),
    path("invitations/<int:pk>/again/", people.invitation_again, name="invitation_again"),
    path("invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
]

# Jobs and work, which only projects and sites have.
team_urls: list = [
    *member_urls,
    path("people/hand-over/", people.hand_over, name="hand_over"),
    path("people/<int:pk>/hand-everything/", people.hand_everything, name="hand_everything"),
    path("jobs/<slug:key>/", people.duty, name="duty"),
]

people_urls: list = [
    path("invitations/new-link/", invitation.invitation_new_link, name="invitation_new_link"),
    path("invitations/<str:signed>/", invitation.invitation, name="invitation"),
    path("programs/<slug:program>/people/<int:pk>/account/", account.account, name="account"),
    path("programs/<slug:program>/", include(member_urls)),
    path("projects/<slug:project>/", include(team_urls)),
    path("projects/<slug:project>/sites/<slug:site>/", include(team_urls)),
]

sign_in_urls: list = [path("two-steps/", two_step.two_step, name="two_step")]

todo_urls: list = [path("todo/", todo.todo, name="todo")]

assign_urls: list = [
    path("projects/<slug:project>/assign/", assign.assign, name="assign"),
    path("projects/<slug:project>/assign/<uuid:batch>/", assign.assign_done, name="assign_done"),
]

fit_urls: list = [
    path("projects/<slug:project>/fitted/", fit.fittings, name="fittings"),
    path("projects/<slug:project>/fitted/<uuid:batch>/", fit.fitted, name="fitted"),
    path("projects/<slug:project>/fitted/<int:pk>/end/", fit.fitting_end, name="fitting_end"),
]

record_urls: list = [
    path("projects/<slug:project>/catch-up/", catch_up.catch_up, name="catch_up"),
    path("projects/<slug:project>/record/", record.record, name="record"),
    path("projects/<slug:project>/organizations/", record.organizations, name="organizations"),
    path("projects/<slug:project>/recorded/<uuid:batch>/", record.recorded, name="recorded"),
]

table_urls: list = [
    path("projects/<slug:project>/spreadsheets/", spreadsheets.spreadsheets, name="spreadsheets"),
    path("projects/<slug:project>/spreadsheets/jobs/<int:pk>/", spreadsheets.table_job, name="table_job"),
    path("projects/<slug:project>/spreadsheets/<slug:table>/", spreadsheets.table, name="table"),
    path("projects/<slug:project>/spreadsheets/<slug:table>/columns/", spreadsheets.columns, name="table_columns"),
    path("projects/<slug:project>/spreadsheets/<slug:table>/apply/", spreadsheets.apply, name="table_apply"),
    path("projects/<slug:project>/spreadsheets/<slug:table>/to-mend/", spreadsheets.to_mend, name="table_to_mend"),
    path(
        "projects/<slug:project>/spreadsheets/<slug:table>/out/<slug:ending>/", spreadsheets.hand_out, name="table_out"
    ),
    path("projects/<slug:project>/spreadsheets/<slug:table>/empty.xlsx", spreadsheets.begin, name="table_begin"),
]

board_urls: list = [
    path("projects/<slug:project>/board/", board.board, name="board"),
    path("projects/<slug:project>/board/export.csv", board.board_csv, name="board_csv"),
]

dashboard_urls: list = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/export.csv", dashboard.dashboard_csv, name="dashboard_csv"),
]

urlpatterns = [
    *sign_in_urls,
    *todo_urls,
    *assign_urls,
    *fit_urls,
    *record_urls,
    *dashboard_urls,
    *people_urls,
    *project_urls,
    *table_urls,
    *board_urls,
    *site_urls,
    *plan_page_urls,
    path("projects/<slug:project>/plan/", include(plan_urls)),
    path("projects/<slug:project>/sites/<slug:site>/", include(plan_urls)),
]
