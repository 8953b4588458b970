from django.urls import path

from interviews.views import (
    agreement,
    analysis,
    answers,
    codes,
    coding,
    downloads,
    exchange,
    finding,
    framework,
    guide,
    history,
    interview,
    matrix,
    memo,
    names,
    participant,
    passages,
    program,
    proposal,
    search,
    steps,
    study,
    theme,
    transcript,
)

app_name = "interviews"

program_urls: list = [
    path("studies/", program.mine, name="mine"),
    path("studies/calendar/", program.calendar_new, name="calendar_new"),
    path("calendar/<str:token>/interviews.ics", program.calendar, name="calendar"),
    path("programs/<slug:program>/interviews/", program.studies, name="studies"),
    path("programs/<slug:program>/interviews/on/", program.switch_on, name="switch_on"),
    path("programs/<slug:program>/interviews/off/", program.switch_off, name="switch_off"),
    path("programs/<slug:program>/interviews/new/", program.study_new, name="study_new"),
    path("programs/<slug:program>/interviews/<slug:study>/owner/", program.owner_new, name="owner_new"),
    path("programs/<slug:program>/people/<int:pk>/studies/", program.owned, name="owned"),
]

study_urls: list = [
    path("studies/<slug:study>/", study.study, name="study"),
    path("studies/<slug:study>/change/", study.study_change, name="study_change"),
    path("studies/<slug:study>/people/", study.members, name="members"),
    path("studies/<slug:study>/people/<int:pk>/end/", study.member_end, name="member_end"),
    path("studies/<slug:study>/targets/", study.targets, name="targets"),
    path("studies/<slug:study>/history/", history.history, name="history"),
]

guide_urls: list = [
    path("studies/<slug:study>/guide/", guide.guide_write, name="guide_write"),
    path("studies/<slug:study>/guide/<int:number>/", guide.guide, name="guide"),
    path("studies/<slug:study>/questions/<int:pk>/", guide.question_tie, name="question_tie"),
    path("studies/<slug:study>/questions/<int:pk>/parts/<int:number>/", guide.part_tie, name="part_tie"),
]

participant_urls: list = [
    path("studies/<slug:study>/participants/", participant.participant_list, name="participant_list"),
    path("studies/<slug:study>/participants/new/", participant.participant_new, name="participant_new"),
    path("studies/<slug:study>/participants/<int:pk>/", participant.participant, name="participant"),
    path("studies/<slug:study>/participants/<int:pk>/consent/", participant.consent, name="consent"),
    path("studies/<slug:study>/participants/<int:pk>/withdraw/", participant.withdraw, name="withdraw"),
]

interview_urls: list = [
    path("studies/<slug:study>/interviews/", interview.interview_list, name="interview_list"),
    path("studies/<slug:study>/interviews/<int:pk>/", interview.interview, name="interview"),
    path("studies/<slug:study>/interviews/<int:pk>/plan/", interview.interview_plan, name="interview_plan"),
    path("studies/<slug:study>/interviews/<int:pk>/cancel/", interview.cancel, name="cancel"),
    path(
        "studies/<slug:study>/interviews/<int:pk>/questions/<int:question>/barriers/",
        interview.summary_barriers,
        name="summary_barriers",
    ),
]

transcript_urls: list = [
    path("studies/<slug:study>/interviews/<int:pk>/transcript/", transcript.transcript, name="transcript"),
    path(
        "studies/<slug:study>/interviews/<int:pk>/transcript/look/",
        transcript.transcript_preview,
        name="transcript_preview",
    ),
    path(
        "studies/<slug:study>/interviews/<int:pk>/transcript/drop/", transcript.transcript_drop, name="transcript_drop"
    ),
    path(
        "studies/<slug:study>/interviews/<int:pk>/transcript/remove/",
        transcript.transcript_remove,
        name="transcript_remove",
    ),
    path("studies/<slug:study>/interviews/<int:pk>/transcript/file/", transcript.original, name="original"),
]

names_urls: list = [
    path("studies/<slug:study>/interviews/<int:pk>/names/", names.names, name="names"),
    path("studies/<slug:study>/interviews/<int:pk>/names/back/", names.put_back, name="put_back"),
    path("studies/<slug:study>/interviews/<int:pk>/names/none/", names.cleared, name="cleared"),
    path("studies/<slug:study>/key.csv", names.key_csv, name="key_csv"),
    path("studies/<slug:study>/protection/", names.protection, name="protection"),
    path("studies/<slug:study>/protection/destroy/", names.destroy, name="destroy"),
]

code_urls: list = [
    path("studies/<slug:study>/codes/", codes.codebook, name="codebook"),
    path("studies/<slug:study>/codes/begin/", codes.codebook_begin, name="codebook_begin"),
    path("studies/<slug:study>/codes/<int:pk>/", codes.code, name="code"),
    path("studies/<slug:study>/codes/<int:pk>/move/", codes.code_move, name="code_move"),
    path("studies/<slug:study>/codes/<int:pk>/merge/", codes.code_merge, name="code_merge"),
    path("studies/<slug:study>/codes/<int:pk>/split/", codes.code_split, name="code_split"),
    path("studies/<slug:study>/codes/<int:pk>/retire/", codes.code_retire, name="code_retire"),
]

coding_urls: list = [
    path("studies/<slug:study>/interviews/<int:pk>/codings/", coding.coding_new, name="coding_new"),
    path("studies/<slug:study>/interviews/<int:pk>/codings/since/", coding.codings_since, name="codings_since"),
    path("studies/<slug:study>/interviews/<int:pk>/codings/<int:coding>/", coding.coding, name="coding"),
    path("studies/<slug:study>/interviews/<int:pk>/codings/<int:coding>/away/", coding.coding_away, name="coding_away"),
]

search_urls: list = [
    path("studies/<slug:study>/search/", search.search, name="search"),
    path("studies/<slug:study>/search/code/", search.search_code, name="search_code"),
    path("studies/<slug:study>/search/undo/", search.search_undo, name="search_undo"),
    path("studies/<slug:study>/questions/<int:pk>/answers/", answers.answers, name="answers"),
]

memo_urls: list = [
    path("studies/<slug:study>/interviews/<int:pk>/memo/", memo.interview_memo, name="interview_memo"),
    path("studies/<slug:study>/codes/<int:pk>/memo/", memo.code_memo, name="code_memo"),
]

exchange_urls: list = [
    path("studies/<slug:study>/exchange/", exchange.exchange, name="exchange"),
    path("studies/<slug:study>/exchange/look/", exchange.exchange_look, name="exchange_look"),
    path("studies/<slug:study>/exchange/<int:pk>/", exchange.exchange_job, name="exchange_job"),
    path("studies/<slug:study>/exchange/<int:pk>/bring/", exchange.exchange_bring, name="exchange_bring"),
    path("studies/<slug:study>/exchange/<int:pk>/drop/", exchange.exchange_drop, name="exchange_drop"),
    path("studies/<slug:study>/exchange/project/", exchange.project_out, name="project_out"),
    path("studies/<slug:study>/exchange/codebook.qdc", exchange.codebook_qdc, name="codebook_qdc"),
    path("studies/<slug:study>/exchange/beside.json", exchange.beside_json, name="beside_json"),
]

download_urls: list = [
    path("studies/<slug:study>/exchange/codings.csv", downloads.codings_csv, name="codings_csv"),
    path("studies/<slug:study>/exchange/codings.xlsx", downloads.codings_xlsx, name="codings_xlsx"),
    path("studies/<slug:study>/exchange/<int:pk>/rows-to-mend/", downloads.table_back, name="table_back"),
    path("studies/<slug:study>/exchange/codebook.docx", downloads.codebook_docx, name="codebook_docx"),
    path(
        "studies/<slug:study>/exchange/transcripts-html.zip",
        downloads.transcripts,
        {"kind": "html"},
        name="transcripts_html",
    ),
    path(
        "studies/<slug:study>/exchange/transcripts-docx.zip",
        downloads.transcripts,
        {"kind": "docx"},
        name="transcripts_docx",
    ),
    path(
        "studies/<slug:study>/interviews/<int:pk>/coded.html",
        downloads.coded_transcript,
        {"kind": "html"},
        name="coded_html",
    ),
    path(
        "studies/<slug:study>/interviews/<int:pk>/coded.docx",
        downloads.coded_transcript,
        {"kind": "docx"},
        name="coded_docx",
    ),
]

matrix_urls: list = [
    path("studies/<slug:study>/matrix/", matrix.matrix, name="matrix"),
    path("studies/<slug:study>/matrix/export.csv", matrix.matrix_csv, name="matrix_csv"),
    path("studies/<slug:study>/matrix/export.xlsx", matrix.matrix_xlsx, name="matrix_xlsx"),
]

analysis_urls: list = [
    path("studies/<slug:study>/counts/", analysis.counts, name="counts"),
    path("studies/<slug:study>/counts/export.csv", analysis.counts_csv, name="counts_csv"),
    path("studies/<slug:study>/counts/export.xlsx", analysis.counts_xlsx, name="counts_xlsx"),
    path("studies/<slug:study>/together/", analysis.co_occurrence, name="co_occurrence"),
    path("studies/<slug:study>/together/export.csv", analysis.co_occurrence_csv, name="co_occurrence_csv"),
    path("studies/<slug:study>/together/export.xlsx", analysis.co_occurrence_xlsx, name="co_occurrence_xlsx"),
    path("studies/<slug:study>/framework/", framework.framework, name="framework"),
    path("studies/<slug:study>/framework/export.xlsx", framework.framework_xlsx, name="framework_xlsx"),
    path(
        "studies/<slug:study>/framework/<slug:rows>/<int:pk>/<int:code>/",
        framework.framework_cell,
        name="framework_cell",
    ),
    path("studies/<slug:study>/passages/", passages.passages, name="passages"),
    path("studies/<slug:study>/new-codes/", analysis.saturation, name="saturation"),
    path("studies/<slug:study>/new-codes/export.csv", analysis.saturation_csv, name="saturation_csv"),
]

agreement_urls: list = [
    path("studies/<slug:study>/agreement/", agreement.agreement, name="agreement"),
    path("studies/<slug:study>/agreement/new/", agreement.agreement_new, name="agreement_new"),
    path("studies/<slug:study>/agreement/<int:pk>/", agreement.agreement_round, name="agreement_round"),
    path("studies/<slug:study>/agreement/<int:pk>/export.csv", agreement.agreement_csv, name="agreement_csv"),
    path("studies/<slug:study>/agreement/<int:pk>/through/", agreement.agreement_through, name="agreement_through"),
    path("studies/<slug:study>/agreement/<int:pk>/differences/", agreement.differences, name="differences"),
    path("studies/<slug:study>/agreement/<int:pk>/settle/", agreement.settle, name="settle"),
    path(
        "studies/<slug:study>/agreement/<int:pk>/settlements/<int:settlement>/undo/",
        agreement.unsettle,
        name="unsettle",
    ),
    path("studies/<slug:study>/agreement/<int:pk>/close/", agreement.agreement_close, name="agreement_close"),
    path("studies/<slug:study>/agreement/<int:pk>/drop/", agreement.agreement_drop, name="agreement_drop"),
]

theme_urls: list = [
    path("studies/<slug:study>/findings/", theme.findings, name="findings"),
    path("studies/<slug:study>/themes/new/", theme.theme_new, name="theme_new"),
    path("studies/<slug:study>/themes/<int:pk>/", theme.theme, name="theme"),
    path("studies/<slug:study>/themes/<int:pk>/codes/", theme.theme_codes, name="theme_codes"),
    path("studies/<slug:study>/themes/<int:pk>/let-go/", theme.theme_let_go, name="theme_let_go"),
    path("studies/<slug:study>/themes/<int:pk>/memo/", theme.theme_memo, name="theme_memo"),
    path("studies/<slug:study>/themes/<int:pk>/remove/", theme.theme_remove, name="theme_remove"),
    path(
        "studies/<slug:study>/interviews/<int:pk>/codings/<int:coding>/leads/", theme.coding_leads, name="coding_leads"
    ),
]

finding_urls: list = [
    path("studies/<slug:study>/findings/new/", finding.finding_new, name="finding_new"),
    path("studies/<slug:study>/findings/<int:pk>/", finding.finding, name="finding"),
    path("studies/<slug:study>/findings/<int:pk>/edit/", finding.finding_edit, name="finding_edit"),
    path("studies/<slug:study>/findings/<int:pk>/barriers/", finding.finding_barriers, name="finding_barriers"),
    path("studies/<slug:study>/findings/<int:pk>/strategies/", finding.finding_strategies, name="finding_strategies"),
    path("studies/<slug:study>/findings/<int:pk>/evidence/", finding.finding_evidence, name="finding_evidence"),
    path("studies/<slug:study>/findings/<int:pk>/evidence/theme/", finding.evidence_theme, name="evidence_theme"),
    path("studies/<slug:study>/findings/<int:pk>/evidence/away/", finding.evidence_away, name="evidence_away"),
    path("studies/<slug:study>/findings/<int:pk>/quotes/", finding.finding_quotes, name="finding_quotes"),
    path("studies/<slug:study>/findings/<int:pk>/steps/", finding.finding_tie, name="finding_tie"),
    path("studies/<slug:study>/findings/<int:pk>/steps/<int:tie>/away/", finding.finding_untie, name="finding_untie"),
    path("studies/<slug:study>/findings/<int:pk>/publish/", finding.finding_publish, name="finding_publish"),
    path("studies/<slug:study>/findings/<int:pk>/take-back/", finding.finding_take_back, name="finding_take_back"),
    path("studies/<slug:study>/findings/<int:pk>/remove/", finding.finding_remove, name="finding_remove"),
]

told_urls: list = [  # outside the study
    path("projects/<slug:project>/steps/<slug:step>/findings/", steps.step_findings, name="step_findings"),
    path("proposals/", proposal.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposal.proposal_decide, name="proposal_decide"),
]

urlpatterns = [
    *program_urls,
    *study_urls,
    *guide_urls,
    *participant_urls,
    *interview_urls,
    *transcript_urls,
    *names_urls,
    *code_urls,
    *coding_urls,
    *search_urls,
    *memo_urls,
    *exchange_urls,
    *download_urls,
    *matrix_urls,
    *analysis_urls,
    *agreement_urls,
    *theme_urls,
    *finding_urls,
    *told_urls,
]
