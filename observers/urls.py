"""Pages of observers: one URL per act."""

from django.urls import path, re_path

from observers.views import compose, corrections, delegation, delegations, deployment, merging, own, own_page, people, renewals

app_name = "observers"

PERSON = "people/<uuid:uuid>"
DELEGATION = "missions/<str:reference>/delegation"
DEPLOYMENT = "missions/<str:reference>/deployment"

urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/new/", people.NewPersonView.as_view(), name="person_new"),
    re_path(r"^people/export\.(?P<kind>csv|xlsx)$", people.PeopleExportView.as_view(), name="people_export"),
    path("people/import/", people.ImportPeopleView.as_view(), name="people_import"),
    path("people/renewals/", renewals.RenewalsView.as_view(), name="renewals"),
    path("people/renewals/new/", renewals.RenewalView.as_view(), name="renewal_new"),
    path("people/renewals/<str:opening>/", renewals.RenewalView.as_view(), name="renewal"),
    path("people/delegations/<str:code>/extension/", renewals.ExtensionView.as_view(), name="extension"),
    path("people/terms/", delegations.TermCalendarView.as_view(), name="terms"),
    path("people/delegations/", delegations.NationalDelegationsView.as_view(), name="national_delegations"),
    path("people/delegations/<str:code>/", delegations.NationalDelegationView.as_view(), name="national_delegation"),
    path("people/delegations/<str:code>/facts/", delegations.StateMarkView.as_view(), name="state_mark"),
    path("people/delegations/<str:code>/facts/<uuid:uuid>/end/", delegations.StateMarkEndView.as_view(), name="state_mark_end"),
    path(f"{PERSON}/", people.PersonView.as_view(), name="person"),
    path(f"{PERSON}/edit/", people.EditPersonView.as_view(), name="person_edit"),
    path(f"{PERSON}/membership/", people.AddMembershipView.as_view(), name="membership_add"),
    path(f"{PERSON}/membership/<uuid:membership>/end/", people.EndMembershipView.as_view(), name="membership_end"),
    path(f"{PERSON}/membership/<uuid:membership>/change/", people.ChangeMembershipView.as_view(), name="membership_change"),
    path(f"{PERSON}/membership/<uuid:membership>/credentials/", people.CredentialView.as_view(), name="membership_credential"),
    path(f"{PERSON}/mandate/", people.AddMandateView.as_view(), name="mandate_add"),
    path(f"{PERSON}/mandate/<uuid:mandate>/end/", people.LoseMandateView.as_view(), name="mandate_lose"),
    path("people/corrections/", corrections.CorrectionsView.as_view(), name="corrections"),
    path("people/corrections/<uuid:uuid>/", corrections.CorrectionAnswerView.as_view(), name="correction_answer"),
    path(f"{PERSON}/merge/", merging.PersonMergeView.as_view(), name="person_merge"),
    path(f"{PERSON}/merge/<uuid:merge>/undo/", merging.PersonMergeUndoView.as_view(), name="person_merge_undo"),
    path(f"{PERSON}/stored/", corrections.PersonStoredView.as_view(), name="person_stored"),
    path(f"{PERSON}/papers/<uuid:paper>/", corrections.PersonPaperView.as_view(), name="person_paper"),
    path(f"{PERSON}/link/", corrections.OwnLinkView.as_view(), name="own_link"),
    path("me/", own_page.OwnPageView.as_view(), name="own_page"),
    path("me/stored/", own_page.OwnStoredView.as_view(), name="own_stored"),
    path("me/papers/<uuid:uuid>/", own_page.OwnPaperView.as_view(), name="own_paper"),
    path("own/<str:token>/", own_page.OwnPageByLink.as_view(), name="own_page_by_link"),
    path("own/<str:token>/stored/", own_page.OwnStoredByLink.as_view(), name="own_stored_by_link"),
    path("own/<str:token>/papers/<uuid:uuid>/", own_page.OwnPaperByLink.as_view(), name="own_paper_by_link"),
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
