"""Where the API of this app stands."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from reports.api import past, remarks, shares, texts, views, word, words


def register(router: BaseRouter) -> None:
    """Add this app's view sets."""
    router.register("findings", views.FindingViewSet, basename="finding")
    router.register("recommendations", views.RecommendationViewSet, basename="recommendation")
    router.register("past-texts", past.PastTextViewSet, basename="past-text")
    router.register("reports", views.ReportViewSet, basename="report")
    router.register("remarks", remarks.RemarkViewSet, basename="remark")
    router.register("word-documents", word.WordImportViewSet, basename="word-document")
    router.register("bare-shares", shares.ShareViewSet, basename="bare-share")
    router.register("mission-texts", texts.MissionTextViewSet, basename="mission-text")
    router.register("good-practices", texts.GoodPracticeViewSet, basename="good-practice")
    router.register("chain", texts.ChainViewSet, basename="chain")
    router.register("translations", words.TranslationViewSet, basename="translation")
    router.register("fixed-words", words.FixedWordViewSet, basename="fixed-word")
    router.register("standards", views.StandardViewSet, basename="standard")
    router.register("topics", views.TopicViewSet, basename="topic")
