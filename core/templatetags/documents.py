"""Filters of the templates of documents."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from core.documents.markup import Runs, cells_html, runs_html, said

register = template.Library()


@register.filter
def runs(value: Runs) -> SafeString:
    """Prepared runs as HTML, escaped."""
    return runs_html(value)


@register.filter
def label(value: str | dict[str, str]) -> SafeString:
    """A label, marked with its language where that is not the document's."""
    return said(value["text"], value["lang"]) if isinstance(value, dict) else said(value)


@register.filter
def body_rows(grid: dict[str, Any]) -> SafeString:
    """The body of a prepared table as rows of HTML, escaped."""
    return cells_html(grid["rows"], grid["align"], row_heads=grid["row_heads"])
