/** Photos travel apart from their record, in parts that may be sent again (docs/sync.md 6). A photo never holds up a record. */
import { ApiError, ask, foreign } from './api.ts';
import { backoff } from './queue.ts';
import { digestOf } from './photo.ts';
import { getRecord, listPhotos, putPhoto, waitingPhotos } from './store.ts';
import type { PersonRow, PhotoRow, RecordRow } from './types.ts';

export const PART = 262_144;

interface PartAnswer { uuid: string; result: 'partial' | 'created' | 'already' | 'refused'; received?: [number, number][]; code?: string; detail?: string }

/** Send the photos that are due; answers false when it stopped because `hurry` says that a record wants to go first. */
export async function sendPhotos(person: PersonRow, force: boolean, until: number, hurry: () => Promise<boolean> = async () => false): Promise<boolean> {
  for (const photo of await waitingPhotos()) {
    if (photo.owner !== person.uuid || Date.now() > until || (!force && photo.nextAt > Date.now())) continue;
    const parent = await getRecord(photo.record);
    if (parent && parent.state !== 'sent' && parent.state !== 'conflict') continue;
    if (await hurry()) return false;
    try {
      await sendPhoto(person, photo);
    } catch (error) {
      const problem = error instanceof ApiError ? error : new ApiError('network', 'app', '');
      // Only our own server's word about this photo ends it; everything else waits.
      if (problem.ours && problem.isTooMuch) await putPhoto({ ...photo, state: 'refused', code: problem.code, detail: problem.detail });
      else await putPhoto({ ...photo, tries: photo.tries + 1, nextAt: Date.now() + backoff(photo.tries) });
      if (problem.kind !== 'bad') throw problem;
    }
  }
  return true;
}

async function sendPhoto(person: PersonRow, photo: PhotoRow): Promise<void> {
  const path = `attachments/${photo.uuid}/?parent=${photo.record}&name=${encodeURIComponent(photo.name)}&sha256=${photo.sha256}`;
  let from = photo.tries > 0 ? firstGap(await received(person, photo), photo.size) : 0;
  for (let parts = 0; parts < 400; parts += 1) {
    const end = Math.min(from + PART, photo.size);
    const whole = from === 0 && end === photo.size;
    const { data } = await ask<PartAnswer>(path, {
      method: 'PUT', token: person.token, seconds: 90, body: photo.bytes.slice(from, end),
      headers: { 'Content-Type': photo.type, ...(whole ? {} : { 'Content-Range': `bytes ${from}-${end - 1}/${photo.size}` }) },
    });
    if (typeof data?.result !== 'string') throw foreign();
    if (data.result === 'created' || data.result === 'already') return putPhoto({ ...photo, state: 'sent', code: '', detail: '' });
    if (data.result === 'refused') return putPhoto({ ...photo, state: 'refused', code: data.code ?? '', detail: data.detail ?? '' });
    from = firstGap(data.received ?? [[0, end]], photo.size);
    if (from >= photo.size) from = 0;
  }
}

async function received(person: PersonRow, photo: PhotoRow): Promise<[number, number][]> {
  try {
    const { data } = await ask<PartAnswer>(`attachments/${photo.uuid}/`, { token: person.token });
    return data.received ?? [];
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/**
 * Bring the photos of a record that another phone made, so that it can be corrected here. What is here already is not fetched again.
 * They are the server's: nothing of them is sent.
 */
export async function fetchPhotos(person: PersonRow, record: RecordRow): Promise<void> {
  const here = new Set((await listPhotos(record.uuid)).map((photo) => photo.uuid));
  for (const { uuid, name, sha256 } of record.pictures ?? []) {
    if (here.has(uuid)) continue;
    const { data } = await ask<ArrayBuffer>(`attachments/${uuid}/file/`, { token: person.token, bytes: true, seconds: 90 });
    if ((await digestOf(data)) !== sha256) throw foreign(200);
    await putPhoto({ uuid, owner: record.owner, record: record.uuid, name, type: 'image/jpeg', size: data.byteLength, sha256, bytes: data, state: 'sent', tries: 0, nextAt: 0, code: '', detail: '' });
  }
}

/** The first byte the server does not have. */
export function firstGap(ranges: [number, number][], size: number): number {
  let reached = 0;
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (start > reached) break;
    reached = Math.max(reached, end);
  }
  return Math.min(reached, size);
}
