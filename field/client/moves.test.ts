import { beforeEach, describe, expect, it } from 'vitest';
import { differences } from './clash.ts';
import { mayMove, ownFirst, pendingMove, startMove, WINDOW } from './moves.ts';
import { coarse } from './position.ts';
import { mergeChanges } from './pull.ts';
import { toItem, weightOf } from './queue.ts';
import { mapLink } from './screens/stations.ts';
import { closeStore, DATABASE, dropMove, getRecord, getSetting, listRecords, putFile, putPerson, putRecord } from './store.ts';
import { flush, isTooOld, OLDEST, renameDevice } from './sync.ts';
import { FakeServer } from './testing/server.ts';
import { personRow, recordRow } from './testing/rows.ts';
import type { Change, PersonRow, PhotoRow, Station } from './types.ts';

let server: FakeServer;
const school: Station = { code: 'S002', name: 'School 2' };

beforeEach(async () => {
  await closeStore();
  await new Promise<void>((done) => {
    indexedDB.deleteDatabase(DATABASE).onsuccess = () => done();
  });
  server = new FakeServer();
  server.install();
  await putPerson(personRow());
});

describe('a record at the wrong station', () => {
  const sentAt = '2026-11-08T09:00:00.000Z';
  const sent = () => recordRow({ state: 'sent', sentAt, station: 'S001', stationName: 'School 1' });

  it('offers the stops of the team before the rest of the country', () => {
    const rows = ['S001', 'S002', 'S003', 'S004'].map((code) => ({ code, name: code }));
    expect(ownFirst(rows, ['S004', null, 'S002']).map((row) => row.code)).toEqual(['S004', 'S002', 'S001', 'S003']);
    expect(ownFirst(rows, [])).toEqual(rows);
  });

  it('may be moved for an hour, once at a time, by whoever sent it', () => {
    const row = sent();
    const at = Date.parse(sentAt);
    expect([0, WINDOW - 1, WINDOW].map((later) => mayMove(row, [row], at + later))).toEqual([true, true, false]);
    for (const other of [{ isMine: false }, { state: 'waiting' as const }, { kind: 'note' as const }, { replacedBy: 'x' }, { sentAt: null }]) expect(mayMove({ ...row, ...other }, [], at)).toBe(false);
    const move = recordRow({ kind: 'move', move: { record: row.uuid, station: 'S002' } });
    expect(mayMove(row, [row, move], at)).toBe(false);
    expect(mayMove(row, [row, { ...move, state: 'sent' }], at)).toBe(true);
  });

  it('waits as an item of its own; the record changes when the server has taken it', async () => {
    const row = sent();
    await putRecord(row);
    const move = await startMove(row, school, ' Next door. ');
    expect(toItem(move, [])).toEqual({ kind: 'move', uuid: move.uuid, mission: row.mission, record: row.uuid, station: 'S002', reason: 'Next door.', at: move.finishedAt });
    server.next('lost');
    await flush();
    expect(await getRecord(row.uuid)).toMatchObject({ station: 'S001' });
    expect(pendingMove(row.uuid, await listRecords('p1'))?.uuid).toBe(move.uuid);
    await flush(true);
    expect(await getRecord(row.uuid)).toMatchObject({ station: 'S002', stationName: 'School 2', state: 'sent' });
    expect(pendingMove(row.uuid, await listRecords('p1'))).toBeUndefined();
    expect(server.stored.size).toBe(1);
  });

  it('stays where it is when the server refuses, and the move can be taken back', async () => {
    const row = sent();
    await putRecord(row);
    const move = await startMove(row, school, '');
    server.refuse.set(move.uuid, 'The hour is over.');
    await flush();
    expect(await getRecord(row.uuid)).toMatchObject({ station: 'S001' });
    expect(await getRecord(move.uuid)).toMatchObject({ state: 'refused', detail: 'The hour is over.' });
    expect(await dropMove(row.uuid)).toBe(false);
    expect(await dropMove(move.uuid)).toBe(true);
    expect((await listRecords('p1')).map((one) => one.uuid)).toEqual([row.uuid]);
  });

  it('is not taken back once the server may have it', async () => {
    const move = await startMove(sent(), school, '');
    server.next('lost');
    await flush();
    expect(await dropMove(move.uuid)).toBe(false);
  });

  it('that the coordinator moved has the new name, not the old one', async () => {
    const row = sent();
    await putRecord(row);
    const url = 'missions/BG-2026-1/stations.json';
    const owner = personRow('p1', { bootstrap: { missions: [{ reference: 'BG-2026-1', stations: { count: 1, hash: '', url }, forms: [] }] } as unknown as PersonRow['bootstrap'] });
    await putFile('p1', url, '', JSON.stringify([school]));
    const change = (station: string): Change => ({ kind: 'observation', uuid: row.uuid, replaces: null, replaced_by: null, mission: 'BG-2026-1', is_mine: true, finished_at: sentAt, received_at: sentAt, station });
    await mergeChanges(owner, [change('S001')]);
    expect(await getRecord(row.uuid)).toMatchObject({ station: 'S001', stationName: 'School 1' });
    await mergeChanges(owner, [change('S002')]);
    expect(await getRecord(row.uuid)).toMatchObject({ station: 'S002', stationName: 'School 2' });
  });
});

describe('an app and its server', () => {
  it('knows when the server no longer understands it', async () => {
    expect([['0.1.0', '0.1.0'], ['0.2.0', '0.1.9'], ['0.9.0', '0.10.0'], ['1.0.0', '2.0.0'], ['0.1.0', ''], ['0.1.0', 'soon']].map(([own, oldest]) => isTooOld(oldest!, own))).toEqual([false, false, true, true, false, false]);
    server.oldestApp = '9.0.0';
    await putRecord(recordRow());
    await flush();
    expect(await getSetting(OLDEST, '')).toBe('9.0.0');
  });

  it('gives the phone another name', async () => {
    await renameDevice(personRow(), 'The blue one');
    expect(server.requests.at(-1)).toMatchObject({ path: 'device/', method: 'PATCH' });
  });
});

describe('small things', () => {
  it('makes a position coarse and sends it with a note', () => {
    const position = coarse(42.69751, -23.32449);
    expect(position).toEqual({ lat: 42.698, lon: -23.324 });
    const note = { text: 'x', topic: '', station: '', meeting: null, place: '', at: '', severity: 0, source: 'seen' };
    expect(toItem(recordRow({ kind: 'note', note, position, xml: undefined }), [])).toMatchObject({ position });
    expect(toItem(recordRow({ kind: 'note', note, xml: undefined }), [])).toMatchObject({ position: null });
  });

  it('says what the outbox weighs: what waits, and photos of what waits or was sent', () => {
    const waiting = recordRow({ xml: 'x'.repeat(1000) }), sent = recordRow({ state: 'sent' }), draft = recordRow({ state: 'draft' });
    const photo = (record: string, state = 'waiting'): PhotoRow => ({ uuid: record + state, owner: 'p1', record, size: 10_000, state }) as PhotoRow;
    expect(weightOf([waiting, sent, draft], [photo(waiting.uuid), photo(sent.uuid), photo(draft.uuid), photo(sent.uuid, 'refused')])).toBe(21_600);
  });

  it('opens the map app of the phone', () => {
    expect(mapLink(42.7, 23.3, 'School & hall', 'Linux; Android 15')).toBe('geo:42.7,23.3?q=42.7,23.3(School%20%26%20hall)');
    expect(mapLink(42.7, 23.3, 'School', 'iPhone OS 18_1')).toBe('maps:?ll=42.7,23.3&q=School');
  });

  it('shows in which answers two windows differ, repeats apart, without what the form computes', () => {
    const xml = (h11: string, flag: string, second: string) => `<data xmlns:orx="x"><g><H11>${h11}</H11><flag_B10>${flag}</flag_B10></g><p><age>1</age></p><p><age>${second}</age></p><orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>`;
    expect(differences(xml('7', '', '2'), xml('8', '3', '2'))).toEqual([{ name: 'H11', there: '7', here: '8' }]);
    expect(differences(xml('7', '', '2'), xml('7', '', '3'))).toEqual([{ name: 'age', there: '2', here: '3' }]);
    expect(differences('', xml('7', '', ''))).toContainEqual({ name: 'H11', there: '', here: '7' });
  });
});
