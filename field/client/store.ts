/**
 * Everything the phone keeps, in one IndexedDB database.
 *
 * Promises: a write that resolved is on the disk (`durability: strict` for records and photos); a record leaves the store only by
 * `dropDraft`, `dropMove` or `forgetPerson`; every list is of one owner. A newer app adds stores in `upgrade` and never rewrites records.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { FileRow, PersonRow, PhotoRow, PhotoState, RecordRow, RecordState } from './types.ts';

interface Schema extends DBSchema {
  people: { key: string; value: PersonRow };
  records: { key: string; value: RecordRow; indexes: { owner: string; state: string } };
  photos: { key: string; value: PhotoRow; indexes: { record: string; state: string } };
  files: { key: string; value: FileRow; indexes: { owner: string } };
  settings: { key: string; value: unknown };
}

export const DATABASE = 'scrutin-field';
const VERSION = 1;
let opening: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>(DATABASE, VERSION, {
    upgrade(db) {
      db.createObjectStore('people', { keyPath: 'uuid' });
      const records = db.createObjectStore('records', { keyPath: 'uuid' });
      records.createIndex('owner', 'owner');
      records.createIndex('state', 'state');
      const photos = db.createObjectStore('photos', { keyPath: 'uuid' });
      photos.createIndex('record', 'record');
      photos.createIndex('state', 'state');
      db.createObjectStore('files', { keyPath: 'key' }).createIndex('owner', 'owner');
      db.createObjectStore('settings');
    },
    // A newer app in another tab wants to upgrade: let go, and open again at the next call.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      opening = null;
    },
    terminated() {
      opening = null;
    },
  });
  return opening;
}

/** For tests: close, so that the next call opens the database anew (a killed browser does the same). */
export async function closeStore(): Promise<void> {
  (await opening)?.close();
  opening = null;
}

// ---- settings ----------------------------------------------------------------------------------

export async function getSetting<T>(key: string, fallback: T): Promise<T> {
  const value = await (await database()).get('settings', key);
  return value === undefined ? fallback : (value as T);
}

export async function setSetting(key: string, value: unknown): Promise<void> {
  await (await database()).put('settings', value, key);
}

// ---- people ------------------------------------------------------------------------------------

export async function listPeople(): Promise<PersonRow[]> {
  return (await database()).getAll('people');
}

export async function getPerson(uuid: string): Promise<PersonRow | undefined> {
  return (await database()).get('people', uuid);
}

export async function putPerson(row: PersonRow): Promise<void> {
  const db = await database();
  const tx = db.transaction('people', 'readwrite', { durability: 'strict' });
  await Promise.all([tx.store.put(row), tx.done]);
}

/** Change some columns of a person, in one transaction: the worker and the page may both be at it. */
export async function patchPerson(uuid: string, patch: Partial<PersonRow>): Promise<void> {
  const db = await database();
  const tx = db.transaction('people', 'readwrite', { durability: 'strict' });
  const row = await tx.store.get(uuid);
  if (row) await tx.store.put({ ...row, ...patch });
  await tx.done;
}

/** Remove a person and all that was accepted by the server. Unsent records stay unless `withUnsent`. */
export async function forgetPerson(uuid: string, withUnsent = false): Promise<void> {
  const db = await database();
  const tx = db.transaction(['people', 'records', 'photos', 'files'], 'readwrite', { durability: 'strict' });
  const records = await tx.objectStore('records').index('owner').getAll(uuid);
  for (const row of records) {
    const done = row.state === 'sent' || row.state === 'conflict' || withUnsent;
    const photos = await tx.objectStore('photos').index('record').getAll(row.uuid);
    const photosDone = photos.every((photo) => photo.state === 'sent' || photo.state === 'refused') || withUnsent;
    if (!done || !photosDone) continue;
    for (const photo of photos) await tx.objectStore('photos').delete(photo.uuid);
    await tx.objectStore('records').delete(row.uuid);
  }
  for (const key of await tx.objectStore('files').index('owner').getAllKeys(uuid)) await tx.objectStore('files').delete(key);
  await tx.objectStore('people').delete(uuid);
  await tx.done;
}

// ---- records -----------------------------------------------------------------------------------

export async function listRecords(owner: string): Promise<RecordRow[]> {
  return (await database()).getAllFromIndex('records', 'owner', owner);
}

export async function getRecord(uuid: string): Promise<RecordRow | undefined> {
  return (await database()).get('records', uuid);
}

export async function putRecord(row: RecordRow): Promise<void> {
  const db = await database();
  const tx = db.transaction('records', 'readwrite', { durability: 'strict' });
  await Promise.all([tx.store.put(row), tx.done]);
}

/**
 * Change some columns of a record, in one transaction. With `only`, nothing happens unless the record is in one of these states:
 * a late answer of the server must not overwrite what the person did meanwhile.
 */
export async function patchRecord(uuid: string, patch: Partial<RecordRow>, only?: RecordState[]): Promise<boolean> {
  const db = await database();
  const tx = db.transaction('records', 'readwrite', { durability: 'strict' });
  const row = await tx.store.get(uuid);
  const fits = row !== undefined && (!only || only.includes(row.state));
  if (fits) await tx.store.put({ ...row, ...patch });
  await tx.done;
  return fits;
}

/** What became of a write: `kept`, or another window wrote first (`newer`), or the record has left the drafts (`left`). */
export type Kept = 'kept' | 'newer' | 'left';

/**
 * Write a record that this window holds, in one transaction: only if it is still in one of the states `from` and nobody wrote it since
 * it was read here (`rev`). With `photos`, its draft photos join the outbox in the same breath. On success `row.rev` is the new one.
 */
export async function keepRecord(row: RecordRow, from: RecordState[], photos = false): Promise<Kept> {
  const db = await database();
  const tx = db.transaction(['records', 'photos'], 'readwrite', { durability: 'strict' });
  const records = tx.objectStore('records');
  const there = await records.get(row.uuid);
  const rev = row.rev ?? 0;
  let kept: Kept = 'kept';
  if (there ? !from.includes(there.state) : rev > 0) kept = 'left';
  else if (there && (there.rev ?? 0) !== rev) kept = 'newer';
  else {
    await records.put({ ...row, rev: rev + 1 });
    for (const photo of photos ? await tx.objectStore('photos').index('record').getAll(row.uuid) : []) {
      if (photo.state === 'draft') await tx.objectStore('photos').put({ ...photo, state: 'waiting' });
    }
  }
  await tx.done;
  if (kept === 'kept') row.rev = rev + 1;
  return kept;
}

/** Add a correction unless one of this record is there already; answers the one that counts. */
export async function addCorrection(row: RecordRow): Promise<RecordRow> {
  const db = await database();
  const tx = db.transaction('records', 'readwrite', { durability: 'strict' });
  const there = (await tx.store.index('owner').getAll(row.owner)).find((one) => one.replaces === row.replaces && one.state !== 'sent' && one.state !== 'conflict');
  if (!there) await tx.store.put(row);
  await tx.done;
  return there ?? row;
}

/** A move that waits or was refused is taken back: the record stays where it is. One that is on its way is not touched. */
export async function dropMove(uuid: string): Promise<boolean> {
  const db = await database();
  const tx = db.transaction('records', 'readwrite', { durability: 'strict' });
  const row = await tx.store.get(uuid);
  const fits = row?.kind === 'move' && (row.state === 'refused' || (row.state === 'waiting' && row.tries === 0));
  if (fits) await tx.store.delete(uuid);
  await tx.done;
  return fits;
}

/** A draft is the person's to throw away; nothing else is. */
export async function dropDraft(uuid: string): Promise<void> {
  const db = await database();
  const tx = db.transaction(['records', 'photos'], 'readwrite', { durability: 'strict' });
  const row = await tx.objectStore('records').get(uuid);
  if (row?.state === 'draft') {
    for (const key of await tx.objectStore('photos').index('record').getAllKeys(uuid)) await tx.objectStore('photos').delete(key);
    await tx.objectStore('records').delete(uuid);
  }
  await tx.done;
}

/** Merge what the server knows (docs/sync.md 5): never over a record of this phone that is not yet sent. */
export async function mergeRecord(uuid: string, make: (own: RecordRow | undefined) => RecordRow): Promise<void> {
  const db = await database();
  const tx = db.transaction('records', 'readwrite', { durability: 'strict' });
  const own = await tx.store.get(uuid);
  if (!own || own.state === 'sent') await tx.store.put(make(own));
  await tx.done;
}

// ---- photos ------------------------------------------------------------------------------------

export async function listPhotos(record: string): Promise<PhotoRow[]> {
  return (await database()).getAllFromIndex('photos', 'record', record);
}

export async function waitingPhotos(): Promise<PhotoRow[]> {
  return photosIn('waiting');
}

export async function photosIn(state: PhotoState): Promise<PhotoRow[]> {
  return (await database()).getAllFromIndex('photos', 'state', state);
}

export async function putPhoto(row: PhotoRow): Promise<void> {
  const db = await database();
  const tx = db.transaction('photos', 'readwrite', { durability: 'strict' });
  await Promise.all([tx.store.put(row), tx.done]);
}

export async function dropPhoto(uuid: string): Promise<void> {
  await (await database()).delete('photos', uuid);
}

// ---- files: forms, station lists ---------------------------------------------------------------

const fileKey = (owner: string, url: string): string => `${owner}|${url}`;

export async function getFile(owner: string, url: string): Promise<FileRow | undefined> {
  return (await database()).get('files', fileKey(owner, url));
}

export async function putFile(owner: string, url: string, hash: string, text: string): Promise<void> {
  await (await database()).put('files', { key: fileKey(owner, url), owner, url, hash, text });
}

export async function listFiles(owner: string): Promise<FileRow[]> {
  return (await database()).getAllFromIndex('files', 'owner', owner);
}

export async function dropFile(owner: string, url: string): Promise<void> {
  await (await database()).delete('files', fileKey(owner, url));
}
