"""Reference data of reports: international standards and long-term topics."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language

from core.enums import TextState
from core.languages import base
from reports.citations import cite
from reports.enums import Checked


class Standard(models.Model):
    """A provision that a recommendation cites; `checked` says how far it was re-read (report-structure 8)."""

    code = models.CharField(max_length=32, unique=True)
    instrument = models.CharField(max_length=200)
    reference = models.CharField(max_length=100, blank=True)
    provision = models.CharField(max_length=100, blank=True)
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_de = models.CharField(max_length=200, blank=True)
    themes = models.JSONField(default=list)
    checked = models.CharField(max_length=10, choices=Checked)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        """The title in the page's language."""
        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English."""
        return getattr(self, f"title_{base(language)}", "") or self.title_en

    @property
    def is_checked(self) -> bool:
        """Was the provision read against its source?"""
        return self.checked == Checked.READ

    @property
    def citation(self) -> str:
        """Instrument and provision as a text in the page's language cites them."""
        return cite(self.instrument, self.provision, (get_language() or "en")[:2])


class Topic(models.Model):
    """A long-term topic L01-L21 (field-forms 6)."""

    code = models.CharField(max_length=3, unique=True)
    title_en = models.CharField(max_length=100)
    title_fr = models.CharField(max_length=100, blank=True)
    title_de = models.CharField(max_length=100, blank=True)
    prompts_en = models.TextField(blank=True)
    prompts_fr = models.TextField(blank=True)
    prompts_de = models.TextField(blank=True)
    standards = models.ManyToManyField(Standard, related_name="topics", blank=True)
    translation_state = models.CharField(max_length=10, choices=TextState, default=TextState.MACHINE)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        """The title in the page's language."""
        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English."""
        return getattr(self, f"title_{base(language)}", "") or self.title_en

    @property
    def prompts(self) -> str:
        """The prompts in the page's language."""
        return getattr(self, f"prompts_{base(get_language() or 'en')}", "") or self.prompts_en
