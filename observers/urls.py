"""Pages of observers: one URL per act."""

from django.urls import path

from observers.views import compose, delegation, deployment, own, people

app_name = "observers"

PERSON = "people/<uuid:uuid>"
DELEGATION = "missions/<str:reference>/delegation"
DEPLOYMENT = "missions/<str:reference>/deployment"

urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/new/", people.NewPersonView.as_view(), name="person_new"),
    path("people/import/", people.ImportPeopleView.as_view(), name="people_import"),
    path("people/delegations/<str:code>/", people.NationalDelegationView.as_view(), name="national_delegation"),
    path(f"{PERSON}/", people.PersonView.as_view(), name="person"),
    path(f"{PERSON}/edit/", people.EditPersonView.as_view(), name="person_edit"),
    path(f"{PERSON}/membership/", people.AddMembershipView.as_view(), name="membership_add"),
    path(f"{PERSON}/membership/<uuid:membership>/end/", people.EndMembershipView.as_view(), name="membership_end"),
    path(f"{PERSON}/mandate/", people.AddMandateView.as_view(), name="mandate_add"),
    path(f"{PERSON}/mandate/<uuid:mandate>/end/", people.LoseMandateView.as_view(), name="mandate_lose"),
    path("me/missions/", own.OwnMissionsView.as_view(), name="own_missions"),
    path("me/missions/<uuid:uuid>/", own.OwnAssignmentView.as_view(), name="own_assignment"),
    path("join/<str:token>/", own.JoinView.as_view(), name="join"),
    path(f"{DELEGATION}/", delegation.DelegationView.as_view(), name="delegation"),
    path(f"{DELEGATION}/list/", delegation.DelegationListView.as_view(), name="delegation_list"),
    path(f"{DELEGATION}/invite/", delegation.InviteView.as_view(), name="invite"),
    path(f"{DELEGATION}/confirm/", delegation.ConfirmAllView.as_view(), name="confirm_all"),
    path(f"{DELEGATION}/override/", delegation.OverrideView.as_view(), name="override"),
    path(f"{DELEGATION}/compose/", compose.ComposeView.as_view(), name="compose"),
    path(f"{DELEGATION}/compose/adjust/", compose.AdjustView.as_view(), name="compose_adjust"),
    path(f"{DELEGATION}/compose/candidates/", compose.CandidatesView.as_view(), name="compose_candidates"),
    path(f"{DELEGATION}/compose/accept/", compose.AcceptView.as_view(), name="compose_accept"),
    path(f"{DELEGATION}/interests/<uuid:uuid>/", delegation.DecideInterestsView.as_view(), name="decide_interests"),
    path(f"{DELEGATION}/<uuid:uuid>/replacement/", delegation.ReplacementView.as_view(), name="replacement"),
    path(f"{DELEGATION}/<uuid:uuid>/<str:act>/", delegation.AssignmentActView.as_view(), name="assignment_act"),
    path(f"{DEPLOYMENT}/", deployment.DeploymentView.as_view(), name="deployment"),
    path(f"{DEPLOYMENT}/draw/", deployment.DrawView.as_view(), name="deployment_draw"),
    path(f"{DEPLOYMENT}/release/", deployment.ReleaseView.as_view(), name="deployment_release"),
    path(f"{DEPLOYMENT}/move/", deployment.MovePlanView.as_view(), name="deployment_move"),
    path(f"{DEPLOYMENT}/plan/", deployment.PlanExportView.as_view(), name="deployment_plan"),
    path(f"{DEPLOYMENT}/map.geojson", deployment.PlanMapView.as_view(), name="deployment_map"),
    path(f"{DEPLOYMENT}/coverage/", deployment.CoverageView.as_view(), name="coverage"),
    path(f"{DEPLOYMENT}/teams/new/", deployment.NewTeamView.as_view(), name="team_new"),
    path(f"{DEPLOYMENT}/teams/<uuid:uuid>/", deployment.TeamView.as_view(), name="team"),
    path(f"{DEPLOYMENT}/stops/<uuid:uuid>/", deployment.StopView.as_view(), name="stop"),
]
