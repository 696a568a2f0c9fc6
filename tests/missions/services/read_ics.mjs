// Reads a calendar file with ical.js, as a second opinion beside Python's icalendar: one JSON row per event, instants in UTC.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const root = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of root.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}
const rows = root.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
    tzid: event.startDate.zone.tzid,
    status: component.getFirstPropertyValue("status"),
    sequence: event.sequence,
    method: root.getFirstPropertyValue("method"),
  };
});
process.stdout.write(JSON.stringify(rows));
