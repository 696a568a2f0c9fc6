"""Routes of the field app under `/api/v1/`."""

from __future__ import annotations

from typing import Any

from django.urls import path

from field.api import forms, odata, sync, views


def register(router: Any) -> None:
    """View sets of the API."""
    router.register("observations", views.ObservationViewSet, basename="observation")
    router.register("incidents", views.IncidentViewSet, basename="incident")
    router.register("forms", forms.FormViewSet, basename="form")
    router.register("form-versions", forms.VersionViewSet, basename="form-version")


urlpatterns = [
    path("missions/<str:reference>/figures/", views.FiguresView.as_view(), name="mission-figures"),
    path("missions/<str:reference>/odata/", odata.FeedServiceView.as_view(), name="mission-feed"),
    path("missions/<str:reference>/odata/$metadata", odata.FeedMetadataView.as_view(), name="mission-feed-metadata"),
    path("missions/<str:reference>/odata/observations/$count", odata.FeedCountView.as_view(), name="mission-feed-count"),
    path("missions/<str:reference>/odata/observations/", odata.SlashedFeedView.as_view(), name="mission-observation-feed"),
    # Programs put together the address of a table without the last slash; a redirect would lose their key.
    path("missions/<str:reference>/odata/observations", odata.ObservationFeedView.as_view(), name="mission-observation-feed"),
    path("sync/", sync.BatchView.as_view(), name="sync"),
    path("sync/enrol/", sync.EnrolView.as_view(), name="sync-enrol"),
    path("sync/bootstrap/", sync.BootstrapView.as_view(), name="sync-bootstrap"),
    path("sync/changes/", sync.ChangesView.as_view(), name="sync-changes"),
    path("sync/device/", sync.DeviceView.as_view(), name="sync-device"),
    path("sync/attachments/<uuid:uuid>/", sync.AttachmentView.as_view(), name="sync-attachment"),
    path("sync/attachments/<uuid:uuid>/file/", sync.AttachmentFileView.as_view(), name="sync-attachment-file"),
    path("sync/missions/<str:reference>/stations.json", sync.StationsView.as_view(), name="sync-stations"),
    path("sync/missions/<str:reference>/forms/<str:form_id>/<str:version>/form.xml", sync.FormFileView.as_view(), name="sync-form"),
    path(
        "sync/missions/<str:reference>/forms/<str:form_id>/<str:version>/media/<str:name>",
        sync.FormMediaView.as_view(),
        name="sync-form-media",
    ),
]
