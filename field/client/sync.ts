/**
 * Sending what waits and fetching what is new (docs/sync.md). Runs in the page and in the service worker; only one at a time sends.
 *
 * Promises: a record is marked sent only on the server's answer for its UUID; whatever else happens it waits. The token of a person who
 * signed out lives on until nothing of theirs waits.
 */
import { ApiError, ask, foreign } from './api.ts';
import { sendPhotos } from './attachments.ts';
import { afterFailure, afterResult, due, isQueued, loosePhotos, nextBatch, nextDue, toItem } from './queue.ts';
import { forgetPerson, getPerson, listPeople, listPhotos, listRecords, patchPerson, patchRecord, putPerson, setSetting, waitingPhotos } from './store.ts';
import { mergeChanges, pull } from './pull.ts';
import type { EnrolAnswer, PersonRow, PhotoRow, RecordRow, SyncAnswer } from './types.ts';

declare const __APP_VERSION__: string;
export const APP_VERSION = __APP_VERSION__;
/** Where the server's oldest understood app is kept. */
export const OLDEST = 'oldestApp';
const LOCK = 'scrutin-outbox';
const TIME_BUDGET = 120_000;

/** `stale`: the server's plan differs from the one kept here, so `refresh` is worth a call. */
export interface FlushReport { sent: number; waiting: number; refused: number; stale: boolean; problem: ApiError | null }

const emptyReport = (): FlushReport => ({ sent: 0, waiting: 0, refused: 0, stale: false, problem: null });

// ---- enrolment ---------------------------------------------------------------------------------

/** Exchange a one-time code for this device's token; the person's earlier records on this phone are theirs again. */
export async function enrol(code: string, name: string, platform: string, language: string): Promise<PersonRow> {
  const renews = (await listPeople()).map((one) => one.device.uuid);
  const { data } = await ask<EnrolAnswer>('enrol/', { method: 'POST', json: { code, name, platform, app_version: APP_VERSION, language, renews } });
  if (typeof data?.token !== 'string' || !data.person?.uuid) throw foreign(200);
  const row: PersonRow = {
    ...data.person, device: data.device, token: data.token, etag: null, cursor: null, bootstrap: null, pulledAt: null,
    signedOut: false, blocked: null, clockSkew: 0, codeMission: data.mission ?? null, mission: null,
  };
  await putPerson(row);
  return row;
}

/** Give this phone another name, here and on the coordinator's list. */
export async function renameDevice(person: PersonRow, name: string): Promise<void> {
  const { data } = await ask<{ name: string }>('device/', { method: 'PATCH', token: person.token, json: { name } });
  if (typeof data?.name !== 'string') throw foreign(200);
  await patchPerson(person.uuid, { device: { ...person.device, name: data.name } });
}

/** Is this app older than the oldest one that the server understands? */
export function isTooOld(oldest: string, own = APP_VERSION): boolean {
  const [a, b] = [own, oldest].map((text) => text.split('.').map(Number));
  if (!a || !b || a.length !== 3 || b.length !== 3 || [...a, ...b].some(Number.isNaN)) return false;
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** How much of this person the server has not confirmed: records, refused ones included, and photos of records it has. */
export async function unsentOf(owner: string): Promise<number> {
  const rows = await listRecords(owner);
  return rows.filter((row) => row.state !== 'sent' && row.state !== 'conflict').length + (await photosOf(owner, rows)).length;
}

/** The photos of this person that could be sent now. */
async function photosOf(owner: string, rows: RecordRow[]): Promise<PhotoRow[]> {
  return loosePhotos((await waitingPhotos()).filter((photo) => photo.owner === owner), rows);
}

async function waitingOf(owner: string): Promise<number> {
  const rows = await listRecords(owner);
  return rows.filter(isQueued).length + (await photosOf(owner, rows)).length;
}

/** Sign out: what is unsent stays and is still sent; the token ends as soon as nothing waits. */
export async function signOut(owner: string): Promise<void> {
  await patchPerson(owner, { signedOut: true });
  await leaveIfDone(owner);
}

async function leaveIfDone(owner: string): Promise<void> {
  const person = await getPerson(owner);
  if (!person?.signedOut) return;
  if (await waitingOf(owner)) return;
  if (person.token && !person.blocked) {
    try {
      await ask('device/', { method: 'DELETE', token: person.token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind === 'network') return; // later, when there is a network
    }
  }
  await forgetPerson(owner);
}

// ---- sending -----------------------------------------------------------------------------------

let running: Promise<FlushReport> | null = null;

/** Send everything that is due, for everyone on this phone. Called while it runs, it answers with the run under way. */
export function flush(force = false): Promise<FlushReport> {
  running ??= locked(() => flushAll(force)).finally(() => {
    running = null;
  });
  return running;
}

async function locked(work: () => Promise<FlushReport>): Promise<FlushReport> {
  if (!('locks' in navigator) || !navigator.locks) return work();
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => (lock ? work() : emptyReport()));
}

async function flushAll(force: boolean): Promise<FlushReport> {
  const report = emptyReport();
  for (const person of await listPeople()) {
    if (!person.token || person.blocked) continue;
    try {
      await flushPerson(person, force, report);
    } catch (error) {
      report.problem = await note(person.uuid, error);
    }
    await leaveIfDone(person.uuid);
  }
  for (const person of await listPeople()) report.waiting += await waitingOf(person.uuid);
  return report;
}

/** Remember why this person's phone is stopped; pass the error on as a value. */
export async function note(owner: string, error: unknown): Promise<ApiError> {
  if (!(error instanceof ApiError)) console.error(error);
  const problem = error instanceof ApiError ? error : new ApiError('bad', 'app', '');
  if (problem.kind !== 'stop') return problem;
  await patchPerson(owner, { blocked: problem.code, token: null });
  if (problem.code === 'device_wipe') await wipe(owner);
  return problem;
}

/** The coordinator asked for a wipe: what the server has goes; what it has not stays until the person says so. */
async function wipe(owner: string): Promise<void> {
  const person = await getPerson(owner);
  await forgetPerson(owner);
  if (person) await putPerson({ ...person, token: null, blocked: 'device_wipe', bootstrap: null, etag: null, cursor: null });
}

async function flushPerson(person: PersonRow, force: boolean, report: FlushReport, until = Date.now() + TIME_BUDGET): Promise<void> {
  let size: number | undefined;
  const tried = new Set<string>();
  for (;;) {
    const rows = due(await listRecords(person.uuid), Date.now(), force).filter((row) => !tried.has(row.uuid));
    if (!rows.length || Date.now() > until) break;
    const batch = nextBatch(rows, size);
    try {
      await sendBatch(person, batch, report);
      for (const row of batch) tried.add(row.uuid);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isTooMuch) throw error;
      // 400 and 413 are about the whole request: make it smaller until the one guilty item stands alone. Only our own server refuses
      // it then; behind a stranger's limit it waits.
      if (batch.length > 1) size = Math.max(1, Math.floor(batch.length / 2));
      else if (error.ours) await refuse(batch[0]!, error, report);
      else {
        await patchRecord(batch[0]!.uuid, afterFailure(batch[0]!, Date.now(), error.code, ''), ['waiting', 'sending']);
        tried.add(batch[0]!.uuid);
      }
    }
  }
  // A record finished meanwhile does not wait for the photos: it goes, then they go on.
  const done = await sendPhotos(person, force, until, async () => due(await listRecords(person.uuid), Date.now()).some((row) => !tried.has(row.uuid)));
  if (!done && Date.now() < until) await flushPerson(person, force, report, until);
}

async function refuse(row: RecordRow, error: ApiError, report: FlushReport): Promise<void> {
  await patchRecord(row.uuid, { state: 'refused', code: error.code, detail: error.detail }, ['waiting', 'sending']);
  report.refused += 1;
}

async function sendBatch(person: PersonRow, batch: RecordRow[], report: FlushReport): Promise<void> {
  for (const row of batch) await patchRecord(row.uuid, { state: 'sending' }, ['waiting', 'sending']);
  let answer: SyncAnswer;
  try {
    answer = await exchange(person, batch);
  } catch (error) {
    await putBack(batch, error);
    throw error;
  }
  report.stale ||= Boolean(answer.bootstrap) && answer.bootstrap !== person.etag;
  const byUuid = new Map(answer.results.map((result) => [result.uuid, result]));
  for (const row of batch) {
    const result = byUuid.get(row.uuid);
    const now = Date.now();
    const patch = result ? afterResult(row, result, now) : afterFailure(row, now, 'no_answer', '');
    await patchRecord(row.uuid, patch, ['waiting', 'sending']);
    if (patch.state === 'sent') report.sent += 1;
    if (patch.state === 'sent' && row.move) await patchRecord(row.move.record, { station: row.move.station, stationName: row.stationName }, ['sent']);
    if (patch.state === 'refused') report.refused += 1;
  }
}

async function putBack(batch: RecordRow[], error: unknown): Promise<void> {
  const problem = error instanceof ApiError ? error : new ApiError('network', 'app', '');
  const again = problem.kind !== 'stop' && !problem.isTooMuch;
  for (const row of batch) {
    // A server in trouble speaks English and of itself: the screen has its own sentence for "not reached".
    const patch = again ? afterFailure(row, Date.now(), problem.code, '') : { state: 'waiting' as const };
    if (problem.retryAfter) patch.nextAt = Date.now() + problem.retryAfter * 1000;
    await patchRecord(row.uuid, patch, ['waiting', 'sending']);
  }
}

/** One request: items out, results and changes back. Without items it only asks what is new. */
export async function exchange(person: PersonRow, batch: RecordRow[]): Promise<SyncAnswer> {
  const fresh = (await getPerson(person.uuid)) ?? person;
  const items = [];
  for (const row of batch) items.push(toItem(row, await listPhotos(row.uuid)));
  const sentAt = new Date().toISOString();
  const { data } = await ask<SyncAnswer>('', {
    method: 'POST', token: person.token, json: { app_version: APP_VERSION, sent_at: sentAt, cursor: fresh.cursor, items },
  });
  if (!Array.isArray(data?.results)) throw foreign(200);
  if (typeof data.oldest_app === 'string') await setSetting(OLDEST, data.oldest_app);
  const skew = Date.parse(data.server_time) - Date.now();
  await mergeChanges(fresh, data.changes ?? []);
  await patchPerson(person.uuid, { cursor: data.cursor ?? fresh.cursor, clockSkew: Number.isNaN(skew) ? 0 : skew, blocked: null });
  return data;
}

/** Fetch what is new for one person; answers whether anything changed. */
export async function refresh(owner: string): Promise<{ changed: boolean; problem: ApiError | null }> {
  const person = await getPerson(owner);
  if (!person?.token || person.signedOut) return { changed: false, problem: null };
  try {
    return { changed: await pull(person), problem: null };
  } catch (error) {
    return { changed: false, problem: await note(owner, error) };
  }
}

/** When to wake up for the next try, in milliseconds from now; null when nothing waits. */
export async function nextWake(): Promise<number | null> {
  let soonest: number | null = null;
  for (const person of await listPeople()) {
    if (!person.token || person.blocked) continue;
    const rows = await listRecords(person.uuid);
    const at = nextDue(rows, await photosOf(person.uuid, rows));
    if (at !== null && (soonest === null || at < soonest)) soonest = at;
  }
  return soonest === null ? null : Math.max(0, soonest - Date.now());
}
