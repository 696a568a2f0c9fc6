"""The missions app: what happens from an invitation to the follow-up of a report."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MissionsConfig(AppConfig):
    """Fills the registries that this app offers to or uses from others."""

    name = "missions"
    verbose_name = _("Missions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register reference data, guards, log sentences, links, tabs, documents and reminders."""
        from core import audit, reference
        from missions import rules  # noqa: F401  (declares the permissions)
        from missions.log import SENTENCES
        from missions.services import guards, templates
        from missions.services.organisations import refresh_search
        from missions.services.reference import load_countries, load_deadline_rules, load_past_missions, load_preparation_kinds

        for code, sentence in SENTENCES.items():
            audit.register_code(code, sentence)
        reference.register(10, "countries", load_countries)
        reference.register(11, "deadline rules", load_deadline_rules)
        reference.register(12, "past missions", load_past_missions)
        reference.register(13, "preparations", load_preparation_kinds)
        reference.register(14, "names of organisations", refresh_search)
        guards.register()
        templates.register_copiers(
            {"tracks": _("Tracks"), "meetings": _("Programme: meetings"), "preparations": _("Checklist of preparations")}
        )
        self._register_documents()
        self._register_pages()

    def _register_documents(self) -> None:
        """Kinds of documents, reminders, readers of files."""
        from core import files
        from core.documents import DocumentKind, register_kind
        from missions import reminders
        from missions.documents.answer_letter.build import build as build_letter
        from missions.documents.bureau_note.build import build as build_note
        from missions.documents.programme.build import build as build_programme
        from missions.services import stored
        from missions.services.reading import may_read

        decide, see = "missions.decide_request", "missions.view_request"
        register_kind(DocumentKind("missions.bureau_note", _("Bureau note"), build_note, permission=decide, read=see))
        register_kind(DocumentKind("missions.answer_letter", _("Answer to the authority"), build_letter, permission=decide, read=see))
        register_kind(
            DocumentKind(
                "missions.programme",
                _("Programme"),
                build_programme,
                permission="missions.change_programme",
                read="missions.view_programme",
            )
        )
        reminders.register_all()
        files.register_owner(may_read)
        stored.register()

    def _register_pages(self) -> None:
        """Menu entries, tabs of a mission, purposes of secure links."""
        from accounts.services.links import register_purpose
        from core.navigation import register_entry
        from missions.services import intake, invitations
        from missions.tabs import register_tab

        register_purpose(intake.PURPOSE, grants={"missions.submit_request"}, view_name="missions:request_by_link")
        register_purpose(invitations.PURPOSE, grants={"missions.answer_meeting"}, view_name="missions:meeting_by_link")
        register_entry(10, _("Missions"), "missions:missions", icon="flag", prefix="/missions/")
        register_entry(
            20, _("Requests"), "missions:requests", icon="envelope-paper", permission="missions.view_request", prefix="/requests/"
        )
        register_entry(
            40,
            _("Organisations"),
            "missions:organisations",
            icon="building",
            permission="missions.view_organisation",
            prefix="/organisations/",
        )
        register_tab("overview", _("Overview"), "missions:mission", order=10)
        register_tab("preparations", _("Preparations"), "missions:preparations", order=20, permission="missions.view_preparation")
        register_tab("programme", _("Programme"), "missions:programme", order=30, permission="missions.view_programme")
        register_tab("stations", _("Stations"), "missions:stations", order=40, permission="missions.view_station")
