"""Texts in three languages know whether they can be trusted."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest

from core import translations
from core.actors import SYSTEM
from core.enums import TextState

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return SimpleNamespace(uuid=uuid.uuid4(), authentic_language="en", _meta=SimpleNamespace(label_lower="test.owner"))


def _states(owner):
    return {language: row.state for language, row in translations.texts(owner, "text").items()}


def test_translation_is_unchecked_until_a_person_says_so(owner):
    translations.set_text(owner, "text", "en", "Use screens.", by=SYSTEM)
    translations.set_text(owner, "text", "fr", "Utiliser des isoloirs.", by=SYSTEM)
    assert _states(owner) == {"en": TextState.CHECKED, "fr": TextState.MACHINE}
    translations.confirm_text(owner, "text", "fr", by=SYSTEM)
    assert _states(owner)["fr"] == TextState.CHECKED


def test_changing_the_authentic_text_makes_the_others_stale_and_only_then(owner):
    translations.set_text(owner, "text", "en", "Use screens.", by=SYSTEM)
    translations.set_text(owner, "text", "fr", "Utiliser des isoloirs.", by=SYSTEM, state=TextState.CHECKED)
    translations.set_text(owner, "text", "en", "Use screens.", by=SYSTEM)
    assert _states(owner)["fr"] == TextState.CHECKED
    translations.set_text(owner, "text", "en", "Use proper screens.", by=SYSTEM)
    assert _states(owner)["fr"] == TextState.STALE
    translations.confirm_text(owner, "text", "fr", by=SYSTEM)
    assert _states(owner)["fr"] == TextState.CHECKED


def test_empty_text_is_missing_and_the_best_one_is_shown(owner):
    translations.set_text(owner, "text", "en", "Use screens.", by=SYSTEM)
    translations.set_text(owner, "text", "de", "  ", by=SYSTEM)
    rows = translations.texts(owner, "text")
    assert rows["de"].state == TextState.MISSING
    assert translations.best_text(rows, "de", "en") == "Use screens."
