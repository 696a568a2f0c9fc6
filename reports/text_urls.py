"""Addresses of the mission's smaller texts, of their fixed words and of its good practice."""

from __future__ import annotations

from django.urls import path

from reports.views import fixed_words, practices, texts

M = "missions/<str:reference>/"
urlpatterns = [
    path("fixed-words/<str:language>/", fixed_words.FixedWordsView.as_view(), name="fixed_words"),
    path("fixed-words/<str:language>/table/", fixed_words.FixedWordsTableView.as_view(), name="fixed_words_table"),
    path(f"{M}texts/", texts.TextsView.as_view(), name="texts"),
    path(f"{M}texts/<slug:kind>/", texts.TextView.as_view(), name="text"),
    path(f"{M}texts/<slug:kind>/compose/", texts.TextComposeView.as_view(), name="text_compose"),
    path(f"{M}texts/<slug:kind>/move/", texts.TextMoveView.as_view(), name="text_move"),
    path(f"{M}texts/<slug:kind>/release/", texts.TextReleaseView.as_view(), name="text_release"),
    path(f"{M}practices/", practices.PracticesView.as_view(), name="practices"),
    path(f"{M}practices/add/", practices.PracticeFormView.as_view(), name="practice_add"),
    path(f"{M}practices/<uuid:uuid>/", practices.PracticeView.as_view(), name="practice"),
    path(f"{M}practices/<uuid:uuid>/change/", practices.PracticeFormView.as_view(), name="practice_change"),
    path(f"{M}practices/<uuid:uuid>/move/", practices.PracticeMoveView.as_view(), name="practice_move"),
]
