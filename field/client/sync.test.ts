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

describe('somebody else answers in our place', () => {
  it.each(['hotel-401', 'proxy-403', 'proxy-404', 'other-200', 'proxy-413', 'html-413'] as const)('%s refuses nothing and ends no token', async (stranger) => {
    const row = recordRow();
    await putRecord(row);
    server.next(stranger);
    expect(await flush()).toMatchObject({ sent: 0, refused: 0, waiting: 1 });
    expect(await getRecord(row.uuid)).toMatchObject({ state: 'waiting', tries: 1, detail: '' });
    expect(await getPerson('p1')).toMatchObject({ blocked: null, token: 'token-p1' });
    expect(await flush(true)).toMatchObject({ sent: 1 });
  });

  it('a 413 that is a page makes the batch smaller', async () => {
    for (let n = 0; n < 4; n += 1) await putRecord(recordRow());
    server.next('html-413');
    expect(await flush()).toMatchObject({ sent: 4, waiting: 0 });
    expect(server.requests.map((one) => one.items.length)).toEqual([4, 2, 2]);
  });

  it.each(['other-200', 'portal', 'hotel-401'] as const)('%s instead of the plan is no network, without a word of a program', async (stranger) => {
    server.next(stranger);
    const { changed, problem } = await refresh('p1');
    expect([changed, problem?.kind, problem?.detail]).toEqual([false, 'network', '']);
  });

  it('a page instead of a form is not kept as the form', async () => {
    const real = globalThis.fetch;
    server.bootstrap = bootstrap();
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => (url.endsWith('b.xml') ? Promise.resolve(new Response('<html>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } })) : real(url, init)));
    expect((await refresh('p1')).problem?.kind).toBe('network');
    expect(await getFile('p1', 'forms/b.xml')).toBeUndefined();
  });

  it('enrols nobody', async () => {
    server.next('other-200');
    await expect(enrol('7K2MQ9TX', 'Phone', 'test', 'en')).rejects.toMatchObject({ kind: 'network' });
  });
});

describe('the mission of the code', () => {
  it('is kept with the person', async () => {
    expect(await enrol('7K2MQ9TX', 'Phone', 'test', 'en')).toMatchObject({ codeMission: 'MD-2026-1', mission: null });
    await closeStore();
    expect(await getPerson('p1')).toMatchObject({ codeMission: 'MD-2026-1' });
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

  it('names what another phone recorded, and takes its form along so that it can be corrected', async () => {
    const at = new Date().toISOString();
    const change = { replaces: null, mission: 'BG-2026-1', finished_at: at, received_at: at, severity: 2, version: '1', form: 'B' };
    server.bootstrap!.missions[0]!.stations = { count: 1, hash: 'md5:x', url: 'stations.json' };
    server.files.set('stations.json', '[{"code": "S001", "name": "School"}]');
    server.changes = [
      { ...change, kind: 'observation', uuid: 'mine', replaced_by: null, is_mine: true, station: 'S001', xml: '<data/>' },
      { ...change, kind: 'observation', uuid: 'theirs', replaced_by: null, is_mine: false, station: 'S001', team: 'Team 1' },
      { ...change, kind: 'note', uuid: 'note', replaced_by: 'later', is_mine: true, form: undefined, answers: { text: 'Words', topic: 'L07', source: 'told', place: '' } },
    ];
    await refresh('p1');
    expect(await getRecord('mine')).toMatchObject({ title: { en: 'Voting' }, stationName: 'School', formId: 'scrutin-B', formUrl: 'forms/b.xml', xml: '<data/>' });
    const theirs = await getRecord('theirs');
    expect(theirs).toMatchObject({ title: { en: 'Voting' }, team: 'Team 1', isMine: false });
    expect(theirs!.xml).toBeUndefined();
    expect(await getRecord('note')).toMatchObject({ note: { text: 'Words', topic: 'L07', source: 'told', severity: 2 }, replacedBy: 'later' });
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

  it('wait like a record: an alarm is set, signing out keeps them and the token', async () => {
    const row = recordRow({ state: 'sent' });
    await putRecord(row);
    await putPhoto(photo(row.uuid, 10));
    server.next('offline');
    expect(await flush()).toMatchObject({ waiting: 1 });
    expect(await nextWake()).toBeGreaterThan(0);
    expect(await unsentOf('p1')).toBe(1);
    await signOut('p1');
    expect(await getPerson('p1')).toMatchObject({ signedOut: true, token: 'token-p1' });
    await flush(true);
    expect(server.photos.get('ph1')!.bytes).toHaveLength(10);
    expect(await listPeople()).toEqual([]);
    expect(await nextWake()).toBeNull();
  });

  it('of a record that the server refused hold nobody up', async () => {
    const row = recordRow({ state: 'refused' });
    await putRecord(row);
    await putPhoto(photo(row.uuid, 10));
    expect(await nextWake()).toBeNull();
    await signOut('p1');
    expect(await listPeople()).toEqual([]);
    expect((await listPhotos(row.uuid))[0]!.state).toBe('waiting');
  });

  it.each(['proxy-413', 'proxy-403', 'proxy-404', 'hotel-401'] as const)('wait when a stranger refuses them: %s', async (stranger) => {
    const row = recordRow({ state: 'sent' });
    await putRecord(row);
    await putPhoto(photo(row.uuid, 10));
    server.next(stranger);
    await flush();
    expect((await listPhotos(row.uuid))[0]).toMatchObject({ state: 'waiting', tries: 1 });
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
