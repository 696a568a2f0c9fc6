"""Desk pages of good practice that was read in from other collections."""

from __future__ import annotations

from django.urls import path

from reports.views import collected, collected_import

P = "practices/"
urlpatterns = [
    path(P, collected.CollectedView.as_view(), name="collected"),
    path(f"{P}import/", collected_import.CollectionUploadView.as_view(), name="collected_upload"),
    path(f"{P}import/<uuid:uuid>/", collected_import.CollectionImportView.as_view(), name="collected_import"),
    path(f"{P}<uuid:uuid>/", collected.CollectedPracticeView.as_view(), name="collected_practice"),
    path(f"{P}<uuid:uuid>/move/", collected.CollectedMoveView.as_view(), name="collected_move"),
]
