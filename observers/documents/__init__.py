"""Documents of this app: the delegation list as published, and the deployment plan."""

from django.utils.translation import gettext_lazy as _

from core.documents import DocumentKind, register_kind


def register() -> None:
    """Register the kinds. Safe to repeat."""
    from observers.documents.delegation import build_delegation_list
    from observers.documents.deployment import build_deployment_plan

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
