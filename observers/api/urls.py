"""Where the API of this app stands."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from observers.api import calls, membership, views


def register(router: BaseRouter) -> None:
    """Add this app's view sets."""
    router.register("people", views.PersonViewSet, basename="person")
    router.register("assignments", views.AssignmentViewSet, basename="assignment")
    router.register("interest-calls", calls.InterestCallViewSet, basename="interest-call")
    router.register("interests", calls.InterestViewSet, basename="interest")
    router.register("nominations", calls.NominationViewSet, basename="nomination")
    router.register("teams", views.TeamViewSet, basename="team")
    router.register("stops", views.StopViewSet, basename="stop")
    router.register("memberships", membership.MembershipViewSet, basename="membership")
    router.register("mandates", membership.MandateViewSet, basename="mandate")
    router.register("national-delegations", membership.NationalDelegationViewSet, basename="national-delegation")
    router.register("renewal-sessions", membership.RenewalSessionViewSet, basename="renewal-session")
