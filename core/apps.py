"""Registration of the app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The house."""

    name = "core"
