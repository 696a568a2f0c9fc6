"""Desk pages of texts and recommendations adopted before Scrutin."""

from __future__ import annotations

from django.urls import path

from reports.views import past, past_import, past_recommendations

P = "recommendations/past/"
T = f"{P}texts/<uuid:text>/"
R = f"{P}<uuid:uuid>/"
urlpatterns = [
    path(P, past.PastTextsView.as_view(), name="past_texts"),
    path(f"{P}add/", past.PastTextFormView.as_view(), name="past_text_add"),
    path(f"{P}import/", past_import.PastUploadView.as_view(), name="past_upload"),
    path(f"{P}import/<uuid:uuid>/", past_import.PastImportView.as_view(), name="past_import"),
    path(T, past.PastTextView.as_view(), name="past_text"),
    path(f"{T}change/", past.PastTextFormView.as_view(), name="past_text_change"),
    path(f"{T}release/", past.PastTextReleaseView.as_view(), name="past_text_release"),
    path(f"{T}take-back/", past.PastTextTakeBackView.as_view(), name="past_text_take_back"),
    path(f"{T}remove/", past.PastTextRemoveView.as_view(), name="past_text_remove"),
    path(f"{T}recommendations/add/", past_recommendations.PastRecommendationFormView.as_view(), name="past_recommendation_add"),
    path(R, past_recommendations.PastRecommendationView.as_view(), name="past_recommendation"),
    path(f"{R}change/", past_recommendations.PastRecommendationFormView.as_view(), name="past_recommendation_change"),
    path(f"{R}remove/", past_recommendations.PastRecommendationRemoveView.as_view(), name="past_recommendation_remove"),
    path(f"{R}relate/", past_recommendations.PastRelateView.as_view(), name="past_recommendation_relate"),
    path(f"{R}assess/", past_recommendations.PastAssessView.as_view(), name="past_recommendation_assess"),
    path(
        f"{R}assessments/<uuid:assessment>/withdraw/",
        past_recommendations.PastAssessmentWithdrawView.as_view(),
        name="past_assessment_withdraw",
    ),
]
