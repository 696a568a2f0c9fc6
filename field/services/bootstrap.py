"""What a phone needs off line (docs/sync.md 3): one JSON, with a checksum of everything but the time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from accounts.models import Person
from core import clock
from field.models import Device, Form, FormVersion
from field.services.context import STATION_COLUMNS, mission_rows, station_columns
from field.services.devices import missions_of, settings_of
from field.services.incidents import people_to_alert
from missions import facts
from missions.enums import ENDED
from missions.models import Assignment, Mission, ProgrammeRelease, Station
from observers.enums import DeclarationKind
from observers.models import Declaration, Stop, Team
from observers.services.declarations import code_of_conduct

LANGUAGES = ("en", "fr", "de")


def bootstrap(device: Device) -> tuple[dict[str, Any], str]:
    """The JSON and its ETag."""
    person = device.person
    missions = list(missions_of(device).select_related("country").prefetch_related("polling_days").order_by("reference"))
    body: dict[str, Any] = {
        "person": {"uuid": str(person.uuid), "name": person.name, "language": person.language, "zone": person.zone},
        "device": {"uuid": str(device.uuid), "name": device.name, "expires_at": device.expires_at},
        "topics": _topics(),
        "missions": [_mission(mission, person) for mission in missions],
    }
    tag = hashlib.md5(json.dumps(body, default=str, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    return body | {"server_time": clock.real_now(), "cursor": None}, f'"{tag}"'


def _mission(mission: Mission, person: Person) -> dict[str, Any]:
    assignment = Assignment.objects.filter(mission=mission, person=person).seated().first()
    allowed = settings_of(mission)
    teams = list(Team.objects.filter(mission=mission, members__person=person, members__left_at__isnull=True).with_plan().distinct())
    return {
        "reference": mission.reference,
        "title": {code: getattr(mission, f"title_{code}") or mission.title_en for code in LANGUAGES},
        "state": mission.state,
        "zone": mission.zone,
        "country": mission.country.code,
        "role": assignment.role if assignment else "",
        "is_open": mission.state not in ENDED,
        "polling_days": [
            {"date": day.day, "opens_at": _time(day.opens_at), "closes_at": _time(day.closes_at), "round": day.round}
            for day in sorted(mission.polling_days.all(), key=lambda row: row.day)
        ],
        "photos": allowed.may_photograph,
        "position": allowed.may_locate,
        "emergency_number": allowed.emergency_number,
        "contacts": _contacts(mission),
        "code_of_conduct": _code(assignment, person.language),
        "programme": _programme(mission, person),
        "teams": [_team(team, person) for team in teams],
        "stops": [_stop(stop, team) for team in teams for stop in team.stops.all()],
        "stations": stations_entry(mission),
        "forms": [entry for version in served_versions(mission) if (entry := _form(version, mission, person))],
    }


def _time(value: Any) -> str | None:
    return value.strftime("%H:%M") if value else None


def _topics() -> list[dict[str, Any]]:
    names: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for code, label in facts.ask("topics", default=[]):
                names.setdefault(code, {})[language] = str(label)
    return [{"code": code, "name": name} for code, name in names.items()]


def _contacts(mission: Mission) -> list[dict[str, str]]:
    """Whom a team may need to call: coordinators (`secretariat`), the head and the deputy by their own role."""
    roles = dict(Assignment.objects.filter(mission=mission).seated().values_list("person", "role"))
    found = []
    for user in people_to_alert(mission):
        person = user.person
        if person is not None:
            role = "secretariat" if user.roles else roles.get(person.pk, "head")
            found.append({"name": person.name, "role": role, "phone": person.phone, "email": person.email})
    return sorted(found, key=lambda row: (row["role"], row["name"]))


def _code(assignment: Assignment | None, language: str) -> dict[str, Any]:
    text = code_of_conduct(language)
    signed = Declaration.objects.filter(assignment=assignment, kind=DeclarationKind.CODE, is_current=True).first() if assignment else None
    whole = "\n".join([text["intro"], *(f"{number}. {point}" for number, point in enumerate(text["points"], start=1))])
    return {
        "version": text["version"],
        "language": text["language"],
        "title": text["title"],
        "text": whole,
        "accepted_at": signed.signed_at if signed else None,
    }


def _programme(mission: Mission, person: Person) -> list[dict[str, Any]]:
    release = ProgrammeRelease.objects.filter(mission=mission).first()
    rows = []
    for row in release.content.get("meetings", []) if release else []:
        if not (row["everyone"] or str(person.uuid) in row["people"]):
            continue
        zone = ZoneInfo(row["zone"])
        start = datetime.fromisoformat(f"{row['start_day']}T{row['start_time']}").replace(tzinfo=zone, fold=row["start_fold"])
        end = datetime.fromisoformat(f"{row['end_day']}T{row['end_time']}").replace(tzinfo=zone, fold=row["end_fold"])
        rows.append(
            {
                "uuid": row["uuid"],
                "title": row["title"],
                "kind": row.get("kind", ""),
                "starts_at": start.astimezone(ZoneInfo("UTC")),
                "ends_at": end.astimezone(ZoneInfo("UTC")),
                "local_start": f"{row['start_day']}T{row['start_time'][:5]}",
                "zone": row["zone"],
                "place": ", ".join(part for part in (row["place"], row["room"]) if part),
                "link": row["link"],
                "state": row["state"],
                "notes": row["description"],
                "participants": row.get("organisations", []),
            }
        )
    return rows


def _team(team: Team, person: Person) -> dict[str, Any]:
    members = [
        {"uuid": str(row.person.uuid), "name": row.person.name, "role": row.role, "phone": row.person.phone}
        for row in team.members.filter(left_at__isnull=True).select_related("person")
    ]
    is_mine = any(member["uuid"] == str(person.uuid) for member in members)
    return {"uuid": str(team.uuid), "name": team.label, "day": team.day, "is_mine": is_mine, "area": team.area, "members": members}


def _stop(stop: Stop, team: Team) -> dict[str, Any]:
    return {
        "uuid": str(stop.uuid),
        "team": str(team.uuid),
        "kind": stop.kind,
        "station": stop.station.code,
        "place": stop.place or stop.station.label,
        "planned_at": stop.planned_at.astimezone(ZoneInfo(stop.zone)).isoformat(),
        "order": stop.order,
        "outcome": stop.outcome,
        "reason": stop.reason,
    }


# forms and their tables -----------------------------------------------------------------------------------------


def served_versions(mission: Mission) -> list[FormVersion]:
    """The newest published version of each form of a mission, in order."""
    found: dict[int, FormVersion] = {}
    rows = (
        FormVersion.objects.published()
        .filter(form__in=Form.objects.for_mission(mission))
        .select_related("form")
        .order_by("-published_at", "-pk")
    )
    for row in rows:
        found.setdefault(row.form_id, row)
    return sorted(found.values(), key=lambda row: (row.form.position, row.form.code))


def media_of(version: FormVersion) -> list[str]:
    """The external tables that a version reads."""
    return [name for name in ("stations.csv", "mission.csv") if f"/{name}" in version.xform]


def _form(version: FormVersion, mission: Mission, person: Person) -> dict[str, Any]:
    form = version.form
    base = f"missions/{mission.reference}/forms/{form.form_id}/{version.version}"
    return {
        "form": form.code,
        "form_id": form.form_id,
        "version": version.version,
        "stage": form.stage,
        "title": {code: getattr(form, f"title_{code}") or form.title_en for code in LANGUAGES},
        "languages": version.languages,
        "hash": f"md5:{version.md5}",
        "url": f"{base}/form.xml",
        "media": [
            {"name": name, "hash": hash_of(table(name, mission, person)), "url": f"{base}/media/{name}"} for name in media_of(version)
        ],
    }


def hash_of(content: bytes) -> str:
    """As OpenRosa writes it."""
    return "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest()


def table(name: str, mission: Mission, person: Person | None) -> bytes:
    """`stations.csv` or `mission.csv` of a mission; the second with the person's teams."""
    if name == "stations.csv":
        rows: Iterable[dict[str, str]] = ({"name": row.code, "label": row.label} | station_columns(row) for row in _stations(mission))
        return _csv(["name", "label", *STATION_COLUMNS], rows)
    if name == "mission.csv":
        return _csv(
            ["name", "label", "day", "opens", "closes", "opens_min", "closes_min", "reference", "team"], _with_teams(mission, person)
        )
    raise KeyError(name)


def _with_teams(mission: Mission, person: Person | None) -> list[dict[str, str]]:
    teams = (
        Team.objects.filter(mission=mission, members__person=person, members__left_at__isnull=True).order_by("day")
        if person
        else Team.objects.none()
    )
    by_day = {team.day.isoformat(): team.name for team in teams}
    rows = mission_rows(mission)
    for row in rows:
        row["team"] = by_day.get(row["name"], next(iter(by_day.values()), ""))
    return rows


def _csv(columns: list[str], rows: Iterable[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _stations(mission: Mission) -> Any:
    return Station.objects.for_mission(mission).order_by("code")


def stations_json(mission: Mission) -> bytes:
    """The stations of a mission for the phone's own list and map."""
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "building": row.building_name,
            "address": row.address,
            "municipality": row.municipality,
            "district": row.district,
            "setting": row.setting,
            "kind": row.kind,
            "voters": row.voters,
            "lat": row.latitude,
            "lon": row.longitude,
        }
        for row in _stations(mission)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def stations_entry(mission: Mission) -> dict[str, Any]:
    """What the bootstrap says about the list."""
    content = stations_json(mission)
    count = Station.objects.for_mission(mission).count()
    return {"count": count, "hash": hash_of(content), "url": f"missions/{mission.reference}/stations.json"}
