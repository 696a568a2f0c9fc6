"""Which stations are visited: a random draw within strata, by district and setting, with a seed that is kept.

The draw orders stations by a hash of seed and code: the same list and seed give the same stations on every machine.
Samples are not representative of a country; reports say "of the stations visited" (observation-rules 6).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from observers.composition.shares import places_of, share_places


@dataclass(frozen=True)
class Place:
    """A station as the drawing and the routes see it. `district` is the area: the district, or the level of the list that was chosen."""

    code: str
    district: str = ""
    municipality: str = ""
    setting: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def stratum(self) -> tuple[str, str]:
        """District and setting: within one the draw is random."""
        return (self.district, self.setting)


def rank(seed: int, *parts: str) -> str:
    """A number that depends on seed and name alone."""
    return hashlib.sha256(":".join([str(seed), *parts]).encode()).hexdigest()


def draw_districts(places: Sequence[Place], teams: int, seed: int) -> list[str]:
    """The districts that are visited: all where there are teams enough, else `teams` of them.

    Systematic draw with probability proportional to the number of stations, from a seeded start.
    """
    sizes: dict[str, int] = defaultdict(int)
    for place in places:
        sizes[place.district] += 1
    names = sorted(sizes)
    if len(names) <= teams:
        return names
    total = sum(sizes.values())
    step = total / teams
    start = int(rank(seed, "districts")[:12], 16) / 16**12 * step
    chosen: list[str] = []
    reached, wanted = 0, [start + step * number for number in range(teams)]
    for name in sorted(names, key=lambda n: rank(seed, "order", n)):
        reached += sizes[name]
        while wanted and wanted[0] < reached:
            wanted.pop(0)
            if name not in chosen:
                chosen.append(name)
    return sorted(chosen)


def spread_areas(places: Sequence[Place], teams: int, seed: int) -> list[str]:
    """One area for each team: each area one and the rest by size, or, with fewer teams than areas, some of them by size."""
    areas = draw_districts(places, teams, seed)
    sizes = {area: sum(place.district == area for place in places) for area in areas}
    more = places_of(share_places(sizes, teams - len(areas))) if teams > len(areas) else dict.fromkeys(areas, 0)
    return [area for area in areas for _n in range(1 + more[area])]


def draw_free(places: Sequence[Place], teams: int, seed: int) -> list[list[Place]]:
    """Per team two stations of its area, for opening and closing, drawn at random; what it visits between is its own choice."""
    left: dict[str, list[Place]] = defaultdict(list)
    for place in sorted(places, key=lambda p: rank(seed, p.code)):
        left[place.district].append(place)
    chosen = []
    for area in spread_areas(places, teams, seed):
        chosen.append(left[area][:2])
        left[area] = left[area][2:] or left[area]  # an area smaller than its teams is shared
    return chosen


def choose_spread(areas: Sequence[str], wanted: int, seed: int) -> set[int]:
    """Which teams (by index) follow the results to the tabulation: one in each area before a second in any, at random."""
    order = sorted(range(len(areas)), key=lambda index: rank(seed, "tabulation", str(index)))
    turn: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, int, int]] = []
    for index in order:
        ranked.append((turn[areas[index]], len(ranked), index))
        turn[areas[index]] += 1
    return {index for _turn, _place, index in sorted(ranked)[:wanted]}


def draw_stations(places: Sequence[Place], count: int, seed: int) -> list[Place]:
    """`count` stations: shares of the strata by largest remainder, at least one each where there is room, then at random."""
    strata: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        strata[place.stratum].append(place)
    if count >= len(places):
        return sorted(places, key=lambda p: p.code)
    names = sorted(strata)
    sure = 1 if count >= len(names) else 0
    shares = places_of(share_places({_key(n): len(strata[n]) - sure for n in names}, count - sure * len(names)))
    chosen: list[Place] = []
    for name in names:
        wanted = min(len(strata[name]), shares[_key(name)] + sure)
        chosen += sorted(strata[name], key=lambda p: rank(seed, p.code))[:wanted]
    # A stratum of one station cannot give more than it has: the rest comes from the others, still at random.
    if len(chosen) < count:
        taken = {p.code for p in chosen}
        rest = sorted((p for p in places if p.code not in taken), key=lambda p: rank(seed, p.code))
        chosen += rest[: count - len(chosen)]
    return sorted(chosen[:count], key=lambda p: p.code)


def _key(stratum: tuple[str, str]) -> str:
    return "\x1f".join(stratum)
