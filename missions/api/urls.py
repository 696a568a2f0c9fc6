"""Where the API of this app stands."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from missions.api import planning, views


def register(router: BaseRouter) -> None:
    """Add this app's view sets."""
    router.register("missions", views.MissionViewSet, basename="mission")
    router.register("requests", views.RequestViewSet, basename="request")
    router.register("elections", views.ElectionViewSet, basename="election")
    router.register("stations", views.StationViewSet, basename="station")
    router.register("meetings", views.MeetingViewSet, basename="meeting")
    router.register("milestones", views.MilestoneViewSet, basename="milestone")
    router.register("organisations", views.OrganisationViewSet, basename="organisation")
    router.register("preparations", planning.PreparationViewSet, basename="preparation")
    router.register("meeting-notes", planning.MeetingNoteViewSet, basename="meetingnote")
    router.register("meeting-tasks", planning.MeetingTaskViewSet, basename="meetingtask")
