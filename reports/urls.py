"""Pages of this app: the mission's findings, recommendations and report at the desk; the public site."""

from __future__ import annotations

from django.urls import path

from reports.past_urls import urlpatterns as past_urlpatterns
from reports.practice_urls import urlpatterns as practice_urlpatterns
from reports.public_urls import urlpatterns as public_urlpatterns
from reports.text_urls import urlpatterns as texts_urlpatterns
from reports.views import (
    consultation,
    findings,
    paragraphs,
    publication,
    recommendations,
    remarks,
    reports,
    shares,
    statement,
    translating,
    word,
)

app_name = "reports"
M = "missions/<str:reference>/"
urlpatterns = [
    path(f"{M}findings/", findings.FindingsView.as_view(), name="findings"),
    path(f"{M}findings/suggest/", findings.SuggestView.as_view(), name="findings_suggest"),
    path(f"{M}findings/add/", findings.FindingFormView.as_view(), name="finding_add"),
    path(f"{M}findings/<uuid:uuid>/", findings.FindingView.as_view(), name="finding"),
    path(f"{M}findings/<uuid:uuid>/change/", findings.FindingFormView.as_view(), name="finding_change"),
    path(f"{M}findings/<uuid:uuid>/move/", findings.FindingMoveView.as_view(), name="finding_move"),
    path(f"{M}findings/<uuid:uuid>/comment/", findings.FindingCommentView.as_view(), name="finding_comment"),
    path(f"{M}findings/<uuid:uuid>/evidence/", findings.EvidencePickerView.as_view(), name="finding_evidence"),
    path(f"{M}findings/<uuid:uuid>/evidence/<uuid:evidence>/remove/", findings.EvidenceRemoveView.as_view(), name="evidence_remove"),
    path(f"{M}translation/<str:language>/", translating.TranslationView.as_view(), name="translation"),
    path(f"{M}statement/", statement.StatementView.as_view(), name="statement"),
    path(f"{M}shares/", shares.SharesView.as_view(), name="shares"),
    path(f"{M}shares/<uuid:uuid>/take-back/", shares.ShareTakeBackView.as_view(), name="share_take_back"),
    path(f"{M}uses/<str:kind>/<uuid:uuid>/", findings.UsesView.as_view(), name="uses"),
    path(f"{M}recommendations/", recommendations.RecommendationsView.as_view(), name="recommendations"),
    path(f"{M}recommendations/add/", recommendations.RecommendationFormView.as_view(), name="recommendation_add"),
    path(f"{M}recommendations/order/", recommendations.RecommendationOrderView.as_view(), name="recommendations_order"),
    path(f"{M}recommendations/<uuid:uuid>/", recommendations.RecommendationView.as_view(), name="recommendation"),
    path(f"{M}recommendations/<uuid:uuid>/change/", recommendations.RecommendationFormView.as_view(), name="recommendation_change"),
    path(
        f"{M}recommendations/<uuid:uuid>/translate/", recommendations.RecommendationTranslateView.as_view(), name="recommendation_translate"
    ),
    path(f"{M}recommendations/<uuid:uuid>/relate/", recommendations.RecommendationRelateView.as_view(), name="recommendation_relate"),
    path(f"{M}recommendations/<uuid:uuid>/withdraw/", recommendations.RecommendationWithdrawView.as_view(), name="recommendation_withdraw"),
    path(f"{M}recommendations/<uuid:uuid>/assess/", recommendations.AssessView.as_view(), name="recommendation_assess"),
    path(
        f"{M}recommendations/<uuid:uuid>/assessments/<uuid:assessment>/withdraw/",
        recommendations.AssessmentWithdrawView.as_view(),
        name="assessment_withdraw",
    ),
    path(f"{M}dialogue/add/", recommendations.DialogueView.as_view(), name="dialogue_add"),
    path(f"{M}report/", reports.ReportView.as_view(), name="report"),
    path(f"{M}report/open/", reports.ReportOpenView.as_view(), name="report_open"),
    path(f"{M}report/cover/", reports.CoverView.as_view(), name="report_cover"),
    path(f"{M}report/move/<slug:action>/", reports.ReportMoveView.as_view(), name="report_move"),
    path(f"{M}report/adoption/", reports.AdoptionCorrectView.as_view(), name="adoption_correct"),
    path(f"{M}report/chapters/<slug:code>/", paragraphs.SectionView.as_view(), name="section"),
    path(f"{M}report/chapters/<slug:code>/draft/", paragraphs.SectionDraftView.as_view(), name="section_draft"),
    path(f"{M}report/paragraphs/<uuid:uuid>/", paragraphs.ParagraphView.as_view(), name="paragraph"),
    path(f"{M}report/paragraphs/<uuid:uuid>/remove/", paragraphs.ParagraphRemoveView.as_view(), name="paragraph_remove"),
    path(f"{M}report/paragraphs/<uuid:uuid>/draft/", paragraphs.ParagraphDraftView.as_view(), name="paragraph_draft"),
    path(f"{M}report/paragraphs/<uuid:uuid>/remarks/", paragraphs.RemarkView.as_view(), name="paragraph_remark"),
    path(f"{M}report/remarks/<uuid:remark>/decide/", remarks.RemarkDecideView.as_view(), name="remark_decide"),
    path(f"{M}report/remarks/<uuid:remark>/reply/", remarks.RemarkReplyView.as_view(), name="remark_reply"),
    path(f"{M}report/remarks/<uuid:remark>/change/", remarks.RemarkChangeView.as_view(), name="remark_change"),
    path(f"{M}report/remarks/<uuid:remark>/take-back/", remarks.RemarkTakeBackView.as_view(), name="remark_take_back"),
    path(f"{M}report/remarks/<uuid:remark>/reopen/", remarks.RemarkReopenView.as_view(), name="remark_reopen"),
    path(f"{M}report/freeze/", reports.FreezeView.as_view(), name="report_freeze"),
    path(f"{M}report/compare/", reports.CompareView.as_view(), name="compare"),
    path(f"{M}report/word/", word.WordView.as_view(), name="word"),
    path(f"{M}report/word/draft/<str:language>/", word.WordDraftView.as_view(), name="word_draft"),
    path(f"{M}report/word/<uuid:document>/", word.WordImportView.as_view(), name="word_import"),
    path(f"{M}report/word/<uuid:document>/file/", word.WordFileView.as_view(), name="word_file"),
    path(f"{M}report/versions/<int:number>/", reports.VersionView.as_view(), name="version"),
    path(f"{M}report/publish/", publication.PublishView.as_view(), name="publish"),
    path(f"{M}report/correct/", publication.CorrectView.as_view(), name="correct"),
    path(f"{M}report/withdraw/", publication.WithdrawView.as_view(), name="withdraw"),
    path(f"{M}report/rapporteur/remind/", consultation.RemindRapporteurView.as_view(), name="rapporteur_remind"),
    path(f"{M}report/comments/<uuid:comment>/answer/", consultation.CommentAnswerView.as_view(), name="comment_answer"),
    path(f"{M}report/comments/<uuid:comment>/file/", consultation.CommentFileView.as_view(), name="comment_file"),
    path(f"{M}report/consultation/<uuid:invitation>/again/", consultation.AskAgainView.as_view(), name="consultation_again"),
    path(f"{M}report/consultation/<uuid:invitation>/comment/", consultation.CommentEnterView.as_view(), name="comment_enter"),
    path(f"{M}report/consultation/extend/", consultation.ConsultationExtendView.as_view(), name="consultation_extend"),
    path("link/<str:token>/draft/", consultation.DraftByLinkView.as_view(), name="draft_by_link"),
    path("link/<str:token>/draft.pdf", consultation.DraftPdfByLinkView.as_view(), name="draft_pdf_by_link"),
    path(f"{M}report/letter/", publication.LetterView.as_view(), name="letter"),
    *texts_urlpatterns,
    *past_urlpatterns,
    *practice_urlpatterns,
    *public_urlpatterns,
]
