"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    """Forms, devices, observations, notes, incidents, sync, figures."""

    name = "field"
    verbose_name = _("Field")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registries that this app offers to or uses from others."""
        from core import audit, files, reference
        from field import documents, reminders, rules  # noqa: F401
        from field.services import attachments, copies, devices, forms, removal, stored
        from missions import copying
        from missions import removal as missions_removal
        from missions.facts import provide
        from missions.tabs import register_tab

        for code, sentence in AUDIT.items():
            audit.register_code(code, sentence)
        reference.register(60, "forms", forms.load_standard_forms)
        files.register_owner(attachments.may_read_file)
        stored.register()
        files.register_owner(forms.may_read_file)
        missions_removal.register(30, removal.remove_field_data)
        copying.register(copying.Copier("forms", _("Forms of its own"), 40, "field.change_form", copies.plan_forms, copies.copy_forms))
        provide("emergency_number", devices.emergency_number_of)
        documents.register()
        reminders.register_rules()
        register_tab("live", _("Live"), "field:live", order=60, permission="field.view_live")
        register_tab("figures", _("Figures"), "field:figures", order=62, permission="field.view_figures")
        register_tab("forms", _("Forms"), "field:forms", order=58, permission="field.view_form")
        register_tab("devices", _("Phones"), "field:devices", order=59, permission="field.enrol_device")


AUDIT = {
    "field.code_made": _("Made a code to enrol a phone."),
    "field.device_enrolled": _("Enrolled a phone."),
    "field.device_revoked": _("Revoked a phone."),
    "field.device_renamed": _("Renamed a phone."),
    "field.settings_changed": _("Changed what phones may do."),
    "field.form_stored": _("Stored a version of a form."),
    "field.form_published": _("Published a version of a form."),
    "field.form_closed": _("Closed a version of a form."),
    "field.design_started": _("Started a form in the builder."),
    "field.design_changed": _("Changed a form in the builder."),
    "field.design_deleted": _("Deleted a form from the builder."),
    "field.incident_take": _("Took an incident in hand."),
    "field.incident_call_back": _("Called back about an incident."),
    "field.incident_close": _("Closed an incident."),
    "field.incident_reopen": _("Reopened an incident."),
    "field.flag_reviewed": _("Reviewed a flag."),
    "field.conflict_decided": _("Decided which of two contents counts."),
    "field.station_moved": _("Moved a record to another station."),
    "field.observations_imported": _("Imported observations."),
    "field.observations_exported": _("Exported observations."),
}
