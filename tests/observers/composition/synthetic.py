"""A synthetic Congress for tests and benchmarks of the composition: 612 candidates over the real seat table."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from observers.composition.candidates import Candidate, Question

SEATS = Path(__file__).resolve().parents[3] / "missions" / "data" / "member_states.csv"
GROUPS = {"EPP/CCE": 190, "SOC/G/PD": 160, "ILDG": 90, "ECR": 60, "NR": 112}


def congress(seed: int, *, availability: float = 1.0) -> list[Candidate]:
    """612 candidates; some without standing, some of the observed state, some not available."""
    draw = random.Random(seed)
    found = []
    with SEATS.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for number in range(2 * int(row["seats_pace_and_congress"])):
                refused = {}
                if draw.random() < 0.08:
                    refused["R14.1"] = "Not a member on these days."
                if row["iso_alpha2"] == "BG":
                    refused["R14.2"] = "Belongs to the observed state."
                languages = set(row["official_languages"].replace(";", " ").replace(",", " ").split())
                if draw.random() < 0.7:
                    languages.add("en")
                if draw.random() < 0.3:
                    languages.add("fr")
                found.append(
                    Candidate(
                        uuid=f"{row['iso_alpha2']}-{number:02}",
                        name=f"Member {row['iso_alpha2']} {number}",
                        country=row["iso_alpha2"],
                        chamber="L" if number % 2 else "R",
                        group=draw.choices(list(GROUPS), weights=list(GROUPS.values()))[0],
                        gender=draw.choices(["woman", "man", "not_stated"], weights=[38, 60, 2])[0],
                        languages=frozenset(languages),
                        missions=draw.choices([0, 1, 2, 5], weights=[5, 2, 2, 1])[0],
                        recent=draw.choices([0, 1, 2], weights=[8, 1, 1])[0],
                        answer="no" if draw.random() > availability else draw.choice(["", "yes", "conditions"]),
                        refused=refused,
                    )
                )
    return found


def question(size: int = 15, **more) -> Question:
    """A mission to Bulgaria."""
    given = {"observed_country": "BG", "observed_languages": frozenset({"bg"}), "group_members": GROUPS, **more}
    return Question(size=size, **given)
