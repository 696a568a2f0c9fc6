"""Importing a list: columns, cells, all or nothing, every wrong cell by row and column."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from core.actors import SYSTEM, user_actor
from core.enums import Timing
from core.errors import Invalid, NotAllowed
from core.lists.cells import RowRefused, choice_of, day_of, known_in, parse_day, several, year_of
from core.lists.imports import Columns, ListImport
from core.models import AuditEntry, SuppressedAddress

FIELDS = {"address": "Address", "day": "Day", "timing": "Timing", "ignore": "Not used"}


class AddressImport(ListImport):
    """Addresses to which nothing is sent: one of the house's own tables, so that no other app is needed."""

    about = Columns(FIELDS, {"address": ("address", "adresse"), "day": ("day", "jour"), "timing": ("timing",)})
    right = "core.change_outbox"
    log_code = "core.address_suppressed"
    counts = ("created", "unchanged")
    changes = ("created",)
    most_rows = 4

    def begin(self):
        """Days and a choice."""
        self.readers = {"day": day_of, "timing": choice_of(Timing)}

    def lacking(self, known):
        """The address."""
        return [] if "address" in known else ["Address"]

    def take(self, given, number, wrong):
        """Add it; one address is refused by a service of its own."""
        values = self.values(given, wrong)
        row, is_new = SuppressedAddress.objects.get_or_create(address=values.get("address", ""), defaults={"reason": str(number)})
        self.counted["created" if is_new else "unchanged"] += 1
        if row.address == "never@example.org":
            raise Invalid("Not this one.", attr="address")


def bring(text, by=SYSTEM, **more):
    return AddressImport(by=by).run(BytesIO(text.encode()), name="list.csv", **more)


@pytest.mark.django_db
def test_rows_are_stored_once_and_logged_once():
    before = AuditEntry.objects.count()
    assert bring("Adresse,Jour\na@example.org,24.03.2026\nb@example.org,\n") == {"created": 2, "unchanged": 0, "refused": []}
    assert bring("Adresse\na@example.org\n") == {"created": 0, "unchanged": 1, "refused": []}
    entry = AuditEntry.objects.latest("pk")
    assert (AuditEntry.objects.count() - before, entry.data) == (1, {"created": 2, "unchanged": 0})


@pytest.mark.django_db
def test_every_wrong_cell_is_named_and_nothing_is_stored():
    text = "address,day,timing\na@example.org,24.03.2026,\nnever@example.org,soon,perhaps\n"
    answer = bring(text)
    assert [(one["row"], one["column"]) for one in answer["refused"]] == [(3, "day"), (3, "timing"), (3, "address")]
    assert "“soon” is not a day" in answer["refused"][0]["why"] and answer["refused"][2]["why"] == "Not this one."
    assert (answer["created"], SuppressedAddress.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_dry_run_counts_and_stores_nothing(outsider):
    assert bring("address\na@example.org\n", dry_run=True)["created"] == 1
    assert not SuppressedAddress.objects.exists()
    with pytest.raises(NotAllowed):
        bring("address\na@example.org\n", by=user_actor(outsider))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "mapping", "code"),
    [
        ("", None, "file_empty"),
        ("day,timing\n2026-03-24,x\n", None, "no_usable_column"),
        ("address,day\na,b\n", {"nowhere": "day"}, "unknown_column"),
        ("address,day\na,b\n", {"day": "age"}, "unknown_field"),
        ("address,day\na,b\n", {"day": "address", "address": "address"}, "field_twice"),
        ("address\n" + "".join(f"{n}@example.org\n" for n in range(5)), None, "too_many"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(text, mapping, code):
    with pytest.raises(Invalid) as refusal:
        bring(text, mapping=mapping)
    assert refusal.value.code == code
    assert not SuppressedAddress.objects.exists()


@pytest.mark.django_db
def test_a_given_column_goes_before_the_guess_and_a_list_without_rows_is_refused():
    assert bring("where,address\na@example.org,x\n", mapping={"where": "address"})["created"] == 1
    assert SuppressedAddress.objects.get().address == "a@example.org"
    assert [one["row"] for one in bring("address\n")["refused"]] == [1]
    shown = AddressImport.preview(BytesIO(b"Adresse;Thing\na@example.org;1\n"), name="x.csv")
    assert [(one["name"], one["field"], one["samples"]) for one in shown["columns"]] == [
        ("Adresse", "address", ["a@example.org"]),
        ("Thing", "ignore", ["1"]),
    ]


@pytest.mark.parametrize("text", ["2026-03-24", "24.03.2026", "24/03/2026", "24-03-2026", "24 March 2026", "2026-03-24 00:00:00"])
def test_days_are_read_as_lists_write_them(text):
    assert parse_day(text) == date(2026, 3, 24)


def test_cells_say_what_may_be_written():
    known = known_in({"one": 1, "two": 2}, "“%(text)s” is unknown.")
    assert (year_of("2012.0", "c"), several(known)("One; TWO", "c")) == (2012, [1, 2])
    for reader, text in ((year_of, "12"), (day_of, "32.13.2026"), (known, "three"), (several(known), "one;three")):
        with pytest.raises(RowRefused) as refusal:
            reader(text, "c")
        assert refusal.value.column == "c"
