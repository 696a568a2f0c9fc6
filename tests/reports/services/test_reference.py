"""Standards and topics: loaded again nothing changes, what differs is put right, and the count says so."""

from __future__ import annotations

import pytest

from core.reference import rows_of
from reports.models import Standard, Topic
from reports.services.reference import DATA, load_standards, load_topics

pytestmark = pytest.mark.django_db


def test_loaded_twice_is_loaded_once(django_assert_max_num_queries) -> None:
    assert load_standards() == {"created": 110, "updated": 0, "unchanged": 0}
    assert load_topics() == {"created": 21, "updated": 0, "unchanged": 0}
    wanted = {row["code"]: set(row["standards"].split(";")) for row in rows_of(DATA / "topics.csv")}
    assert {topic.code: {row.code for row in topic.standards.all()} for topic in Topic.objects.all()} == wanted
    with django_assert_max_num_queries(15):  # not one for each row
        assert load_standards() == {"created": 0, "updated": 0, "unchanged": 110}
        assert load_topics() == {"created": 0, "updated": 0, "unchanged": 21}


def test_what_differs_is_put_right_and_counted_once() -> None:
    load_standards()
    load_topics()
    title = Standard.objects.get(code="COGP-I.4").title_en
    Standard.objects.filter(code="COGP-I.4").update(title_en="Another")
    assert load_standards() == {"created": 0, "updated": 1, "unchanged": 109}
    assert Standard.objects.get(code="COGP-I.4").title_en == title
    first, second, third = Topic.objects.order_by("code")[:3]
    first.standards.clear()
    strange = Standard.objects.exclude(topics=second).first()
    second.standards.add(strange)
    Topic.objects.filter(pk__in=[second.pk, third.pk]).update(title_en="Another")
    assert load_topics() == {"created": 0, "updated": 3, "unchanged": 18}
    assert first.standards.exists()
    assert strange not in second.standards.all()
    assert not Topic.objects.filter(title_en="Another").exists()
