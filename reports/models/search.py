"""The words of published reports, for searching them whole."""

from __future__ import annotations

from django.db import models


class PublishedWords(models.Model):
    """Everything that one published version says in one language, in any case and without accents (`accounts.models.folded`).

    Made from the frozen content when the version is published, and again by `index_publications`; says nothing that the
    version does not.
    """

    publication = models.ForeignKey("reports.Publication", on_delete=models.CASCADE, related_name="words")
    language = models.CharField(max_length=8)
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "language"], name="published_words_once")]

    def __str__(self) -> str:
        return f"{self.publication_id} [{self.language}]"
