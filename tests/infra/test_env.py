"""What the address of a database says."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import env


@pytest.mark.parametrize(("tail", "threshold"), [("", 5), ("?prepare_threshold=0", 0), ("?prepare_threshold=none", None)])
def test_statements_are_prepared_unless_a_pooler_cannot_keep_them(tail: str, threshold: int | None) -> None:
    found = env.database(f"postgresql://us%40er:pa%2Fss@db.example.org:5433/scrutin{tail}", base=Path())
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "us@er",
        "pa/ss",
        "db.example.org",
        "5433",
        "scrutin",
    )
    assert found["OPTIONS"] == {"prepare_threshold": threshold}


def test_other_options_of_the_address_are_handed_on() -> None:
    assert env.database("postgresql://db/scrutin?sslmode=require", base=Path())["OPTIONS"]["sslmode"] == "require"
