/** A record that names the wrong station: for an hour after it was sent its observer sets it right (docs/sync.md 4). */
import { putRecord } from './store.ts';
import type { RecordRow, Station } from './types.ts';

export const WINDOW = 60 * 60_000;

/** Whether this record of one's own may still be moved from here. Later there is "Correct", and the coordinator. */
export function mayMove(row: RecordRow, records: RecordRow[], now: number): boolean {
  if (row.state !== 'sent' || !row.isMine || row.kind === 'note' || row.kind === 'move' || row.replacedBy || !row.sentAt) return false;
  return now < Date.parse(row.sentAt) + WINDOW && !pendingMove(row.uuid, records);
}

/** A move of this record that the server has not taken yet. */
export const pendingMove = (uuid: string, records: RecordRow[]): RecordRow | undefined => records.find((one) => one.move?.record === uuid && one.state !== 'sent');

/** The stations of these codes first, in their order: who mistook a station was mostly at one of the team's stops. */
export function ownFirst(stations: Station[], codes: (string | null)[]): Station[] {
  const places = new Map(codes.map((code, at) => [code, at]));
  const place = (row: Station): number => places.get(row.code) ?? codes.length;
  return [...stations].sort((a, b) => place(a) - place(b));
}

/** Put the move into the outbox. The record itself changes when the server has taken it. */
export async function startMove(row: RecordRow, station: Station, reason: string): Promise<RecordRow> {
  const now = new Date().toISOString();
  const move: RecordRow = {
    uuid: crypto.randomUUID(), owner: row.owner, mission: row.mission, kind: 'move', state: 'waiting', title: row.title, form: row.form, stop: null, station: '', stationName: station.name,
    move: { record: row.uuid, station: station.code }, startedAt: now, finishedAt: now, updatedAt: now, language: row.language, isForced: false, reason: reason.trim(), replaces: null,
    replacedBy: null, urgent: false, section: 0, answered: 0, asked: 0, tries: 0, nextAt: 0, sentAt: null, code: '', detail: '', severity: null, flags: {}, isIncomplete: false,
    isUnmatched: false, number: '', fromServer: false, isMine: true,
  };
  await putRecord(move);
  return move;
}
