"""What the view sets of this app share."""

from __future__ import annotations

from rest_framework import viewsets

from core.api import RightsPermission


class ReadViewSet(viewsets.ReadOnlyModelViewSet):
    """Lists and rows, by uuid; `read` is the permission of both."""

    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    read = ""

    @property
    def permission_map(self) -> dict[str, str | None]:
        """Lists show what is visible; a row asks for its permission."""
        return {"list": None, "retrieve": self.read}
