"""A national list of polling stations: 14,697 rows, imported and imported again, with the memory that it needs (DESIGN 8)."""

from __future__ import annotations

import io
import resource
from collections.abc import Generator
from functools import cache
from pathlib import Path

from django.core.management import call_command
from model_bakery import baker

from bench.runner import bench
from core.actors import SYSTEM
from missions.models import Country, Election, Mission, Station
from missions.services.stations import import_stations

ROWS = 14_697
MOST_MEGABYTES = 500
HEAD = "Level1;Level2;Level3;Level4;Number;Name;Address;Latitude;Longitude;Voters\n"


@cache
def mission() -> Mission:
    """A mission without stations."""
    call_command("load_reference", verbosity=0)
    country = Country.objects.get(code="RO")
    election = baker.make(Election, country=country)
    return baker.make(Mission, country=country, election=election, reference="RO-2027-9", zone="Europe/Bucharest")


@cache
def national_list() -> bytes:
    """Every row has four levels, an address with quotation marks, coordinates with commas; some are swapped, some spelt otherwise."""
    lines = [HEAD]
    for n in range(ROWS):
        county = f"Județul {n % 42}" if n % 50 else f"Judeţul {n % 42}"
        place = (f"{44 + n % 300 / 100:.4f}", f"{21 + n % 700 / 100:.4f}")
        one, other = place if n % 97 else place[::-1]
        spot = f"{one.replace('.', ',')};{other.replace('.', ',')}"
        address = f'"Str. ""Unirii"" nr. {n}\nsc. A"'
        lines.append(f"România;{county};Comuna {n % 3200};Sat {n % 9000};{n + 1:05};Școala {n};{address};{spot};{900 + n % 600}\n")
    return "".join(lines).encode()


def forget_peak() -> bool:
    """Let the kernel count the peak of memory from now on; False where it cannot."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak_megabytes() -> int:
    """The most memory this process has held, since `forget_peak` where that worked."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def load(expected: dict[str, int]) -> str:
    """Import, insist on what was done, and say how much memory it took."""
    forget_peak()
    answer = import_stations(mission(), by=SYSTEM, source=io.BytesIO(national_list()), name="list.csv")
    assert answer == {"created": 0, "updated": 0, "unchanged": 0, "refused": [], **expected}, answer
    peak = peak_megabytes()
    assert peak < MOST_MEGABYTES, f"{peak} MB"
    return f"peak {peak} MB in all"


@bench("station list of 14,697 rows, new", n=ROWS, runs=2, seconds=60)
def import_list() -> Generator[None, None, str]:
    """Into an empty mission."""
    Station.objects.filter(mission=mission()).delete()
    national_list()
    yield
    return load({"created": ROWS})


@bench("the same list again, unchanged", n=ROWS, runs=2, seconds=60)
def import_again() -> Generator[None, None, str]:
    """Nothing is written."""
    if not Station.objects.filter(mission=mission()).exists():
        load({"created": ROWS})
    yield
    return load({"unchanged": ROWS})
