"""Actors of a history in words."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.services.names import names_of
from core.actors import SYSTEM, user_actor

pytestmark = pytest.mark.django_db


def test_names_of_everybody(coordinator, django_assert_num_queries):
    gone, phone = f"user:{uuid4()}", f"device:{uuid4()}"
    labels = [str(user_actor(coordinator)), str(SYSTEM), gone, phone, "user:broken", str(user_actor(coordinator))]
    with django_assert_num_queries(1):
        found = names_of(labels)
    assert found[labels[0]] == coordinator.name
    assert found["system"] == "Scrutin, by itself"
    assert found[gone] == found["user:broken"] == "an account that is gone"
    assert found[phone] == "a phone"
