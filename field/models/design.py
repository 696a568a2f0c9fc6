"""Designs of the form builder: what a form shall ask, before it is an XLSForm."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from core.models import Record
from field.enums import FormStage
from field.models.form import FormVersion


class FormDesign(Record):
    """A form of one mission as the builder knows it. `content` is described in `field.xforms.designed`.

    `revision` counts its changes, so that two people do not overwrite each other; `version` is what was last written from it.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="form_designs")
    code = models.CharField(max_length=20)
    stage = models.CharField(max_length=20, choices=FormStage.choices, default=FormStage.OTHER)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    version = models.ForeignKey(FormVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["code", "pk"]
        constraints = [models.UniqueConstraint(fields=["mission", "code"], name="field_design_code_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    @property
    def title(self) -> str:
        """The English title."""
        return str(self.content.get("titles", {}).get("en", self.code))

    def get_absolute_url(self) -> str:
        """Its page in the builder."""
        return reverse("field:builder", args=[self.mission.reference, self.uuid])
