import { beforeEach, describe, expect, it, vi } from 'vitest';
import { firstGap, PART } from './attachments.ts';
import { closeStore, DATABASE, getFile, getPerson, getRecord, listPeople, listPhotos, listRecords, patchRecord, putPerson, putPhoto, putRecord } from './store.ts';
import { enrol, flush, nextWake, refresh, signOut, unsentOf } from './sync.ts';
import { FakeServer, person } from './testing/server.ts';
import { personRow, recordRow } from './testing/rows.ts';
import type { Bootstrap, FormInfo, PhotoRow } from './types.ts';

let server: FakeServer;

beforeEach(async () => {
  await closeStore();
  await new Promise<void>((done) => {
    indexedDB.deleteDatabase(DATABASE).onsuccess = () => done();
  });
  server = new FakeServer();
  server.install();
  await putPerson(personRow());
});

const states = async (): Promise<Record<string, string>> => Object.fromEntries((await listRecords('p1')).map((row) => [row.uuid, row.state]));

describe('sending', () => {
  it('sends each record once and marks it sent', async () => {
    const rows = [recordRow(), recordRow({ kind: 'note', note: { text: 'x', topic: '', station: '', meeting: null, place: '', at: '', severity: 0, source: 'seen' }, xml: undefined })];
    for (const row of rows) await putRecord(row);
    expect(await flush()).toMatchObject({ sent: 2, waiting: 0, problem: null });
    expect(server.stored.size).toBe(2);
    await flush(true);
    expect(server.requests.filter((one) => one.items.length)).toHaveLength(1);
    expect(server.requests[0]!.headers['Authorization']).toBe('Token token-p1');
  });

  it.each(['offline', 'portal', 'error', 'lost'] as const)('keeps everything when the request ends with: %s', async (fault) => {
    const row = recordRow();
    await putRecord(row);
    server.next(fault);
    const report = await flush();
    expect(report).toMatchObject({ sent: 0, waiting: 1 });
    expect(report.problem?.kind).toBe('network');
    expect(await getRecord(row.uuid)).toMatchObject({ state: 'waiting', tries: 1, xml: row.xml });
    expect(await nextWake()).toBeGreaterThan(0);
    expect((await flush()).sent).toBe(0); // not due yet
    expect((await flush(true)).sent).toBe(1);
    expect(server.stored.size).toBe(1);
    expect(server.conflicts).toEqual([]);
  });

  it('survives ten lost answers without a second copy', async () => {
    await putRecord(recordRow());
    for (let n = 0; n < 10; n += 1) {
      server.next('lost');
      await flush(true);
    }
    expect((await flush(true)).sent).toBe(1);
    expect(server.stored.size).toBe(1);
    expect(server.conflicts).toEqual([]);
  });

  it('sends again only what had no answer when the answer was cut short', async () => {
    for (let n = 0; n < 6; n += 1) await putRecord(recordRow());
    server.next('half');
    expect(await flush()).toMatchObject({ sent: 3, waiting: 3 });
    expect(await flush(true)).toMatchObject({ sent: 3, waiting: 0 });
    expect(server.stored.size).toBe(6);
  });

  it.each(['unlucky', 'never'] as const)('waits on an answer that is not final: %s', async (fault) => {
    const row = recordRow();
    await putRecord(row);
    server.next(fault);
    await flush();
    expect(await getRecord(row.uuid)).toMatchObject({ state: 'waiting', tries: 1 });
    await flush(true);
    expect(await states()).toEqual({ [row.uuid]: 'sent' });
  });

  it('one refused record never holds up the others', async () => {
    const bad = recordRow(), good = recordRow();
    await putRecord(bad);
    await putRecord(good);
    server.refuse.set(bad.uuid, 'This mission is closed.');
    expect(await flush()).toMatchObject({ sent: 1, refused: 1 });
    expect(await getRecord(bad.uuid)).toMatchObject({ state: 'refused', code: 'mission', detail: 'This mission is closed.', xml: bad.xml });
  });

  it('keeps both contents under one UUID and stops', async () => {
    const row = recordRow();
    server.stored.set(row.uuid, 'something else');
    await putRecord(row);
    await flush();
    expect(await states()).toEqual({ [row.uuid]: 'conflict' });
    expect((await getRecord(row.uuid))?.xml).toBe(row.xml);
  });

  it('makes the batch smaller when the server says it is too large', async () => {
    for (let n = 0; n < 5; n += 1) await putRecord(recordRow());
    server.most = 2;
    expect(await flush()).toMatchObject({ sent: 5, waiting: 0 });
  });

  it('takes up what was being sent when the app was killed', async () => {
    const row = recordRow({ state: 'sending' });
    await putRecord(row);
    await flush();
    expect(await states()).toEqual({ [row.uuid]: 'sent' });
  });

  it('is one run when called twice at once', async () => {
    await putRecord(recordRow());
    await Promise.all([flush(true), flush(true), flush(true)]);
    expect(server.requests.filter((one) => one.items.length)).toHaveLength(1);
  });

  it('does not touch a record that the person took back meanwhile', async () => {
    const row = recordRow();
    await putRecord(row);
    const real = globalThis.fetch;
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      await patchRecord(row.uuid, { state: 'draft' });
      return real(url, init);
    });
    await flush();
    expect(await states()).toEqual({ [row.uuid]: 'draft' });
  });
});

describe('a phone the server no longer takes', () => {
  it('keeps its records and says why', async () => {
    const row = recordRow();
    await putRecord(row);
    server.next('revoked');
    const report = await flush();
    expect(report.problem?.kind).toBe('stop');
    expect(await getPerson('p1')).toMatchObject({ blocked: 'device_revoked', token: null });
    expect(await states()).toEqual({ [row.uuid]: 'waiting' });
  });

  it('goes on after a new code', async () => {
    const row = recordRow();
    await putRecord(row);
    server.next('revoked');
    await flush();
    await enrol('7K2M-Q9TX', 'Phone', 'test', 'en');
    expect(await flush(true)).toMatchObject({ sent: 1 });
  });
});

describe('signing out', () => {
  it('with nothing unsent removes the person and ends the token', async () => {
    await putRecord(recordRow({ state: 'sent' }));
    await signOut('p1');
    expect(await listPeople()).toEqual([]);
    expect(await listRecords('p1')).toEqual([]);
    expect(server.requests.at(-1)).toMatchObject({ path: 'device/', method: 'DELETE' });
  });

  it('with unsent work keeps it, sends it later, and only then ends the token', async () => {
    const waiting = recordRow(), draft = recordRow({ state: 'draft' });
    await putRecord(waiting);
    await putRecord(draft);
    expect(await unsentOf('p1')).toBe(2);
    await signOut('p1');
    expect(await getPerson('p1')).toMatchObject({ signedOut: true, token: 'token-p1' });
    expect(await flush(true)).toMatchObject({ sent: 1 });
    expect(server.stored.size).toBe(1);
    expect(await listPeople()).toEqual([]);
    expect((await listRecords('p1')).map((row) => row.state)).toEqual(['draft']);
    await enrol('7K2M-Q9TX', 'Phone', 'test', 'en');
    expect((await listRecords('p1')).map((row) => row.uuid)).toEqual([draft.uuid]);
  });

  it('sends each person only under their own token', async () => {
    await putPerson(personRow('p2'));
    await putRecord(recordRow());
    await putRecord(recordRow({ owner: 'p2' }));
    await flush();
    const sent = server.requests.filter((one) => one.items.length);
    expect(sent.map((one) => one.headers['Authorization']).sort()).toEqual(['Token token-p1', 'Token token-p2']);
  });
});

describe('fetching', () => {
  const form: FormInfo = {
    form: 'B', form_id: 'scrutin-B', version: '1', stage: 'voting', title: { en: 'Voting' }, languages: ['en'], hash: 'md5:1', url: 'forms/b.xml', media: [{ name: 'stations.csv', hash: 'md5:s', url: 'forms/stations.csv' }],
  };
  const bootstrap = (more: Partial<FormInfo> = {}): Bootstrap => ({
    server_time: new Date().toISOString(), person: person('p1'), device: { uuid: 'd', name: 'Phone', expires_at: null }, topics: [], cursor: null,
    missions: [{
      reference: 'BG-2026-1', title: { en: 'Bulgaria' }, state: 'election_day', zone: 'Europe/Sofia', country: 'BG', role: 'observer', is_open: true, polling_days: [],
      photos: false, position: false, emergency_number: '112', contacts: [], code_of_conduct: null, programme: [], teams: [], stops: [], stations: null, forms: [{ ...form, ...more }],
    }],
  });

  beforeEach(() => {
    server.bootstrap = bootstrap();
    server.files.set('forms/b.xml', '<h/>').set('forms/stations.csv', 'name,label');
  });

  it('brings forms and lists once, and asks with the last ETag', async () => {
    expect(await refresh('p1')).toEqual({ changed: true, problem: null });
    expect((await getFile('p1', 'forms/b.xml'))?.text).toBe('<h/>');
    expect(await refresh('p1')).toEqual({ changed: false, problem: null });
    expect(server.requests.filter((one) => one.path === 'forms/b.xml')).toHaveLength(1);
  });

  it('keeps the old plan when the new one arrives only in part', async () => {
    await refresh('p1');
    server.bootstrap = bootstrap({ hash: 'md5:2', url: 'forms/b2.xml', version: '2' });
    server.etag = '"2"';
    const { problem } = await refresh('p1');
    expect(problem).not.toBeNull();
    expect((await getPerson('p1'))?.bootstrap?.missions[0]!.forms[0]!.version).toBe('1');
    expect((await getFile('p1', 'forms/b.xml'))?.text).toBe('<h/>');
  });

  it('keeps an old form as long as a draft needs it', async () => {
    await refresh('p1');
    await putRecord(recordRow({ state: 'draft', formUrl: 'forms/b.xml', media: form.media }));
    server.bootstrap = bootstrap({ hash: 'md5:2', url: 'forms/b2.xml', version: '2', media: [] });
    server.etag = '"2"';
    server.files.set('forms/b2.xml', '<h2/>');
    await refresh('p1');
    expect((await getFile('p1', 'forms/b.xml'))?.text).toBe('<h/>');
    expect((await getFile('p1', 'forms/b2.xml'))?.text).toBe('<h2/>');
  });

  it('fetches the records of a wiped phone and leaves unsent ones alone', async () => {
    const waiting = recordRow();
    await putRecord(waiting);
    const change = { kind: 'observation' as const, replaces: null, replaced_by: null, mission: 'BG-2026-1', form: 'B', is_mine: true, finished_at: waiting.startedAt, received_at: waiting.startedAt, severity: 2 };
    server.changes = [{ ...change, uuid: 'from-before' }, { ...change, uuid: waiting.uuid }];
    await refresh('p1');
    expect(await getRecord('from-before')).toMatchObject({ state: 'sent', fromServer: true, severity: 2 });
    expect(await getRecord(waiting.uuid)).toEqual(waiting);
  });

  it('notices a wrong clock', async () => {
    server.clock = 3_600_000;
    await putRecord(recordRow());
    await flush();
    expect(Math.round((await getPerson('p1'))!.clockSkew / 60_000)).toBe(60);
  });
});

describe('photos', () => {
  const photo = (record: string, size: number): PhotoRow => ({
    uuid: 'ph1', owner: 'p1', record, name: 'a.jpg', type: 'image/jpeg', size, sha256: 'x', bytes: new Uint8Array(size).fill(7).buffer, state: 'waiting', tries: 0, nextAt: 0, code: '', detail: '',
  });

  it('go after their record, in parts, and on from where they were cut', async () => {
    const row = recordRow();
    await putRecord(row);
    await putPhoto(photo(row.uuid, PART * 2 + 10));
    const real = globalThis.fetch;
    let puts = 0;
    vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
      if (init.method === 'PUT' && (puts += 1) === 2) throw new TypeError('cut');
      return real(url, init);
    });
    expect(await flush()).toMatchObject({ sent: 1 });
    expect((await listPhotos(row.uuid))[0]).toMatchObject({ state: 'waiting', tries: 1 });
    await flush(true);
    expect((await listPhotos(row.uuid))[0]!.state).toBe('sent');
    expect(puts).toBe(4); // first, cut, second, third: nothing is sent twice
    expect(server.photos.get('ph1')!.bytes.every((byte) => byte === 7)).toBe(true);
  });

  it('wait while their record waits', async () => {
    const row = recordRow();
    await putRecord(row);
    await putPhoto(photo(row.uuid, 10));
    server.next('offline');
    await flush();
    expect(server.photos.size).toBe(0);
  });

  it('finds the first missing byte', () => {
    expect(firstGap([], 10)).toBe(0);
    expect(firstGap([[4, 10], [0, 4]], 10)).toBe(10);
    expect(firstGap([[0, 3], [5, 10]], 10)).toBe(3);
  });
});
