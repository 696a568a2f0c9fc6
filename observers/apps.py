"""The app `observers`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObserversConfig(AppConfig):
    """Membership, composition, declarations, teams and deployment."""

    name = "observers"
    verbose_name = _("Observers")

    def ready(self) -> None:
        """Register permissions, reference data, links, tabs, guards, facts, documents, reminders and menu entries."""
        from accounts import merging
        from accounts.services.links import register_purpose
        from core import files, reference
        from core.navigation import register_entry
        from missions import removal
        from missions.facts import provide
        from missions.tabs import register_tab
        from observers import documents, jobs, reminders, rules  # noqa: F401  (jobs and rules declare kinds of work and permissions)
        from observers.services import calls, facts, guards, merge_checks, nominations, own, stored
        from observers.services.assignments import GRANTS, PURPOSE
        from observers.services.own import PURPOSE as OWN_PAGE
        from observers.services.reference import load_reference
        from observers.services.removal import remove_observers_data

        reference.register(20, "membership", load_reference)
        register_purpose(
            OWN_PAGE,
            grants={"observers.change_own", "observers.ask_correction", "observers.view_stored"},
            view_name="observers:own_page_by_link",
        )
        files.register_owner(own.may_read_paper)
        stored.register()
        merging.register_check(merge_checks.memberships)
        merging.register_check(merge_checks.assignments)
        register_purpose(PURPOSE, grants=set(GRANTS), view_name="observers:join")
        register_purpose(calls.PURPOSE, grants={"observers.answer_call"}, view_name="observers:call_by_link")
        register_purpose(nominations.PURPOSE, grants={"observers.nominate"}, view_name="observers:nominate_by_link")
        register_purpose(
            nominations.ACCEPT_PURPOSE, grants={"observers.answer_nomination"}, view_name="observers:accept_nomination_by_link"
        )
        register_entry(30, _("People"), "observers:people", icon="people", permission="observers.view_membership", prefix="/people/")
        register_entry(35, _("My missions"), "observers:own_missions", icon="person-badge", permission="observers.view_own", prefix="/me/")
        register_tab("delegation", _("Delegation"), "observers:delegation", order=30, permission="observers.view_delegation")
        register_tab("deployment", _("Deployment"), "observers:deployment", order=60, permission="observers.view_deployment")
        guards.register()
        removal.register(20, remove_observers_data)
        provide("delegation_size", facts.delegation_size)
        provide("outside_membership", facts.outside_membership)
        provide("team_events", facts.team_events)
        provide("team_of", facts.team_of)
        documents.register()
        reminders.register_rules()
