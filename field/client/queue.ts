/**
 * The outbox: which records go next, when, and what an answer does to them. No network here, so that all of it can be tested.
 *
 * A record waits until the server has answered for it by name; no other event ends its waiting. Sending twice is safe
 * (docs/sync.md 1), so when in doubt it is sent again.
 */
import type { AttachmentInfo, PhotoRow, RecordRow, SyncItem, SyncResult } from './types.ts';

export const BATCH_ITEMS = 50;
export const BATCH_BYTES = 1_000_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 300_000;

/** Wait before try number `tries + 1`: 1 s doubling to 5 min, with up to a quarter of jitter. */
export function backoff(tries: number, random: () => number = Math.random): number {
  const wait = Math.min(FIRST_WAIT * 2 ** Math.min(tries, 20), LONGEST_WAIT);
  return Math.round(wait * (0.75 + random() * 0.25));
}

export const isUnsent = (row: RecordRow): boolean => row.state === 'waiting' || row.state === 'sending' || row.state === 'refused';
export const isQueued = (row: RecordRow): boolean => row.state === 'waiting' || row.state === 'sending';

/** Photos that could go now: waiting, and their record is with the server. (A photo whose record waits is counted with the record.) */
export function loosePhotos(photos: PhotoRow[], rows: RecordRow[]): PhotoRow[] {
  const states = new Map(rows.map((row) => [row.uuid, row.state]));
  return photos.filter((photo) => photo.state === 'waiting' && ['sent', 'conflict', undefined].includes(states.get(photo.record)));
}

/** Records to send now: danger first, then oldest first (a correction after what it replaces). `force` ignores waiting times. */
export function due(rows: RecordRow[], now: number, force = false): RecordRow[] {
  return rows
    .filter((row) => isQueued(row) && (force || row.nextAt <= now))
    .sort((a, b) => Number(b.urgent) - Number(a.urgent) || order(a).localeCompare(order(b)) || a.uuid.localeCompare(b.uuid));
}

const order = (row: RecordRow): string => row.finishedAt ?? row.updatedAt;

/** The first items of `rows` that fit one request; always at least one. */
export function nextBatch(rows: RecordRow[], most = BATCH_ITEMS, bytes = BATCH_BYTES): RecordRow[] {
  const batch: RecordRow[] = [];
  let size = 0;
  for (const row of rows) {
    size += (row.xml?.length ?? 0) * 2 + (row.note?.text.length ?? 0) * 2 + 600;
    if (batch.length && (batch.length >= most || size > bytes)) break;
    batch.push(row);
  }
  return batch;
}

/** How many bytes what waits will roughly cost. */
export function weightOf(rows: RecordRow[], photos: PhotoRow[]): number {
  const queued = rows.filter(isQueued);
  const going = new Set([...queued, ...rows.filter((row) => row.state === 'sent')].map((row) => row.uuid));
  const texts = queued.reduce((sum, row) => sum + (row.xml?.length ?? 0) + (row.note?.text.length ?? 0) + 600, 0);
  return photos.filter((photo) => photo.state === 'waiting' && going.has(photo.record)).reduce((sum, photo) => sum + photo.size, texts);
}

/** When the next waiting record or photo comes due, or null if none waits. */
export function nextDue(rows: RecordRow[], photos: PhotoRow[] = []): number | null {
  const times = [...rows.filter(isQueued), ...loosePhotos(photos, rows)].map((row) => row.nextAt);
  return times.length ? Math.min(...times) : null;
}

/** The record as docs/sync.md 4 wants it. */
export function toItem(row: RecordRow, photos: PhotoRow[]): SyncItem {
  const attachments: AttachmentInfo[] = photos.map(({ uuid, name, sha256, size }) => ({ uuid, name, sha256, size }));
  const base = { kind: row.kind, uuid: row.uuid, mission: row.mission };
  if (row.kind === 'move') return { ...base, ...row.move, reason: row.reason, at: row.finishedAt };
  if (row.kind === 'note') return { ...base, ...row.note, position: row.position ?? null, replaces: row.replaces, attachments };
  return {
    ...base, xml: row.xml, started_at: row.startedAt, finished_at: row.finishedAt, language: row.language,
    position: row.position ?? null, is_forced: row.isForced, reason: row.reason, replaces: row.replaces, attachments,
  };
}

/** What the server's answer for one item changes on its record. An answer this app does not know means: keep, try again later. */
export function afterResult(row: RecordRow, result: SyncResult, now: number, random?: () => number): Partial<RecordRow> {
  const said = { code: result.code ?? '', detail: result.detail ?? '' };
  switch (result.result) {
    case 'created':
    case 'already':
    case 'revision':
      return {
        state: 'sent', sentAt: new Date(now).toISOString(), tries: 0, nextAt: 0, code: '', detail: '',
        severity: result.severity ?? null, flags: result.flags ?? {}, isIncomplete: result.is_incomplete ?? false,
        isUnmatched: result.is_unmatched ?? false, number: result.number ?? row.number,
      };
    case 'conflict':
      return { state: 'conflict', ...said };
    case 'refused':
      return { state: 'refused', ...said };
    default:
      return afterFailure(row, now, said.code, said.detail, random);
  }
}

/** No answer for this record: it waits, longer each time. */
export function afterFailure(row: RecordRow, now: number, code: string, detail: string, random?: () => number): Partial<RecordRow> {
  return { state: 'waiting', tries: row.tries + 1, nextAt: now + backoff(row.tries, random), code, detail };
}
