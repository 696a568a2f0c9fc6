"""The app `observers`."""

from django.apps import AppConfig


class ObserversConfig(AppConfig):
    """Membership, composition, declarations, teams and deployment."""

    name = "observers"
    verbose_name = "Observers"
