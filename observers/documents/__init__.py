"""Documents of this app: the delegation list as published, the deployment plan, and the sheets of the teams."""

from django.utils.translation import gettext_lazy as _

from core.documents import DocumentKind, register_kind


def register() -> None:
    """Register the kinds. Safe to repeat."""
    from observers.documents.delegation import build_delegation_list
    from observers.documents.deployment import build_deployment_plan
    from observers.documents.team_sheet.build import build_team_sheet, build_team_sheets

    register_kind(
        DocumentKind(
            code="observers.delegation_list",
            label=_("Delegation list"),
            build=build_delegation_list,
            permission="observers.change_delegation",
            read="observers.view_delegation",
        )
    )
    register_kind(
        DocumentKind(
            code="observers.deployment_plan",
            label=_("Deployment plan"),
            build=build_deployment_plan,
            permission="observers.change_deployment",
            read="observers.view_deployment",
        )
    )
    for code, label, build, permission in (
        ("observers.team_sheet", _("Team sheet"), build_team_sheet, "observers.view_deployment"),
        ("observers.team_sheets", _("Team sheets"), build_team_sheets, "observers.change_deployment"),
    ):
        register_kind(
            DocumentKind(
                code=code,
                label=label,
                build=build,
                permission=permission,
                read="observers.view_deployment",
                template="observers/documents/team_sheet",
            )
        )
