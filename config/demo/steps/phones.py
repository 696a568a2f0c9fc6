"""The phones of the teams: enrolled by a code, they send what was filled in through the batch door or as an ODK client."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from config.demo.answers import Visit
from config.demo.door import Answer, Door, multipart
from config.demo.run import Run, expect
from core import clock
from field.models import Form, FormVersion
from field.services import instances
from field.services.devices import make_code
from observers.models import Team, TeamMember

SYNC = "/api/v1/sync/"
CALCULATED = ("H02", "H03")


@dataclass
class Phone:
    """One phone of one team. `error` is how far its clock is ahead."""

    team: Team
    token: str
    door: Door
    language: str
    error: timedelta = timedelta(0)
    results: Counter = field(default_factory=Counter)


def enrol(run: Run, team: Team) -> Phone:
    """A code made by the coordinator, typed into the team leader's phone."""
    member = TeamMember.objects.filter(team=team, left_at__isnull=True).select_related("person").order_by("-role", "pk").first()
    expect(member is not None, f"{team.name} has no members.")
    code = make_code(member.person, run.mission, by=run.coordinator)
    body = {
        "code": code,
        "name": f"Phone of {team.name}",
        "platform": "Demonstration",
        "app_version": "1.0.0",
        "language": member.person.language,
    }
    answer = run.visitor().send_json(f"{SYNC}enrol/", body)
    expect(answer.status == 201, f"The phone of {team.name} was not enrolled ({answer.status}): {answer.text[:300]}")
    token = answer.json()["token"]
    return Phone(team, token, run.visitor(token=token), member.person.language)


class Sender:
    """Turns visits into submissions of one mission and sends them."""

    def __init__(self, run: Run) -> None:
        self.mission = run.mission
        self.url = run.url
        self.zone = ZoneInfo(self.mission.zone)
        self._versions: dict[str, FormVersion] = {}

    def uuid_of(self, seeded: UUID) -> UUID:
        """The seeded UUID made this mission's own: two demonstrations in one database never share one."""
        return uuid5(self.mission.uuid, str(seeded))

    def version(self, code: str) -> FormVersion:
        """The version of a form that phones of this mission fill in."""
        if code not in self._versions:
            form = Form.objects.for_mission(self.mission).get(code=code)
            expect(form.current is not None, f"Form {code} has no published version.")
            self._versions[code] = form.current
        return self._versions[code]

    def moment(self, wall: datetime, error: timedelta) -> datetime:
        """What the phone's clock said at a wall time."""
        return wall.replace(tzinfo=self.zone) + error

    def xml_of(self, visit: Visit) -> str:
        """The instance as the phone's engine would serialise it."""
        answers = {code: value for code, value in visit.answers.items() if code not in CALCULATED}
        answers["station_typed" if visit.station_typed else "station"] = visit.station_typed or visit.stop.station
        return instances.build(
            self.version(visit.form),
            answers,
            uuid=self.uuid_of(visit.uuid),
            replaces=self.uuid_of(visit.replaces) if visit.replaces else None,
            started_at=self.moment(visit.started, visit.clock_error),
            finished_at=self.moment(visit.finished, visit.clock_error),
            mission=self.mission,
        )

    def item_of(self, visit: Visit, phone: Phone, *, xml: str = "") -> dict[str, Any]:
        """One item of a batch (docs/sync.md 4)."""
        return {
            "kind": "observation",
            "uuid": str(self.uuid_of(visit.uuid)),
            "mission": self.mission.reference,
            "xml": xml or self.xml_of(visit),
            "started_at": self.moment(visit.started, visit.clock_error).isoformat(),
            "finished_at": self.moment(visit.finished, visit.clock_error).isoformat(),
            "language": phone.language,
            "reason": "A number was entered wrongly." if visit.replaces else "",
        }

    def send(self, phone: Phone, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send a batch; every item must be taken in some way. Returns one result per item."""
        if not items:
            return []
        body = {"app_version": "1.0.0", "sent_at": (clock.now() + phone.error).isoformat(), "cursor": None, "items": items}
        answer = phone.door.send_json(SYNC, body)
        expect(answer.status == 200, f"The batch of {phone.team.name} was answered {answer.status}: {answer.text[:300]}")
        results = answer.json()["results"]
        refused = [row for row in results if row["result"] in {"refused", "later"}]
        expect(not refused, f"An item of {phone.team.name} was refused: {refused[:1]}")
        phone.results.update(row["result"] for row in results)
        return list(results)

    def send_as_odk(self, phone: Phone, visit: Visit) -> Answer:
        """The same form through the door of ODK clients."""
        body, mime = multipart({}, [("xml_submission_file", "submission.xml", "text/xml", self.xml_of(visit).encode())])
        basic = base64.b64encode(f"phone:{phone.token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "X-OpenRosa-Version": "1.0"}
        return Door(self.url).send_bytes(f"/openrosa/{self.mission.reference}/submission", body, mime=mime, headers=headers)

    def send_photo(self, phone: Phone, *, parent: UUID, name: str, content: bytes) -> Answer:
        """A picture, in one part."""
        uuid = uuid5(parent, name)
        digest = hashlib.sha256(content).hexdigest()
        path = f"{SYNC}attachments/{uuid}/?parent={parent}&name={name}&sha256={digest}"
        return phone.door.send_bytes(path, content, mime="image/jpeg", method="PUT")
