"""The app of findings, recommendations, reports and their publication."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Registers what lower apps ask of this one."""

    name = "reports"
    verbose_name = _("Reports")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registries of core and missions."""
        from accounts.services.links import register_purpose
        from core import reference
        from missions import facts, joining, removal
        from missions.checks import register_check
        from reports import audit_codes, documents, guards, reminders, reminders_writing
        from reports.services import consultation, followup, reports, stored
        from reports.services.reference import load_standards, load_topics, topics
        from reports.services.removal import remove_mission_texts
        from reports.services.statement import missing_for_statement

        audit_codes.register()
        documents.register_kinds()
        reminders.register_all()
        reminders_writing.register_all()
        stored.register()
        reference.register(60, "standards", load_standards)
        reference.register(61, "topics", load_topics)
        facts.provide("open_recommendations", followup.open_recommendations_of)
        facts.provide("open_recommendation_counts", followup.open_recommendation_counts)
        facts.provide("topics", topics)
        removal.register(40, remove_mission_texts)
        register_purpose(consultation.PURPOSE, grants={"reports.comment_draft"}, view_name="reports:draft_by_link")
        joining.register(reports.join_second_mission)
        joining.register_parting(reports.part_second_mission)
        register_check("continue", reports.missing_for_joining)
        register_check("part", reports.missing_for_parting)
        register_check("conclude", missing_for_statement)
        register_check("follow_up", guards.missing_for_follow_up)
        register_check("close", followup.missing_for_close)
        self._register_pages()

    def _register_pages(self) -> None:
        """Entries of the menu and tabs of a mission."""
        from core.navigation import register_entry
        from missions.tabs import register_tab

        register_entry(
            80,
            _("Recommendations before Scrutin"),
            "reports:past_texts",
            icon="clock-history",
            permission="reports.view_past_text",
            prefix="/recommendations/past/",
        )
        register_entry(
            81,
            _("Good practice of other collections"),
            "reports:collected",
            icon="people",
            permission="reports.view_collected",
            prefix="/practices/",
        )
        register_tab("findings", _("Findings"), "reports:findings", 70, "reports.view_finding")
        register_tab("report", _("Report"), "reports:report", 80, "reports.view_report")
        register_tab("texts", _("Documents"), "reports:texts", 95, "reports.view_text")
        register_tab("recommendations", _("Recommendations"), "reports:recommendations", 90, "reports.view_recommendation")
