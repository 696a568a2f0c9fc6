/** Which mission is in hand when the person has not said so. */
import { dayOf } from './i18n.ts';
import type { Meeting, MissionInfo } from './types.ts';

/** The mission of the enrolment code; else the one that votes today or next to today; of those that are over only if there is no other. */
export function defaultMission(missions: MissionInfo[], code: string | null | undefined, now: Date): MissionInfo | null {
  const open = missions.filter((row) => row.is_open);
  const pool = open.length ? open : missions;
  const nearest = [...pool].sort((a, b) => distance(a, now) - distance(b, now))[0];
  return pool.find((row) => row.reference === code) ?? nearest ?? null;
}

/** Days between today, where the mission is, and its nearest polling day. A day ahead comes before one that is over. */
function distance(mission: MissionInfo, now: Date): number {
  const today = Date.parse(dayOf(now, mission.zone));
  const days = mission.polling_days.map((row) => (Date.parse(row.date) - today) / 86_400_000);
  return Math.min(...days.map((gap) => (gap >= 0 ? gap : -gap + 0.5)), Number.MAX_SAFE_INTEGER);
}

/** Who takes part, without the one after whom the meeting is called: most are named after the organisation that is met. */
export const othersOf = (meeting: Meeting): string[] => (meeting.participants ?? []).filter((name) => name !== meeting.title);
