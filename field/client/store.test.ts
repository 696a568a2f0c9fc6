import { beforeEach, describe, expect, it } from 'vitest';
import {
  addCorrection, closeStore, DATABASE, keepRecord, dropDraft, forgetPerson, getRecord, listPeople, listPhotos, listRecords, mergeRecord, patchRecord, putFile, putPerson, putPhoto, putRecord, getFile, getSetting, setSetting,
} from './store.ts';
import { personRow, recordRow } from './testing/rows.ts';
import type { PhotoRow } from './types.ts';

const photo = (record: string, state: PhotoRow['state'] = 'waiting'): PhotoRow => ({
  uuid: `photo-${record}`, owner: 'p1', record, name: 'a.jpg', type: 'image/jpeg', size: 3, sha256: 'x', bytes: new Uint8Array([1, 2, 3]).buffer, state, tries: 0, nextAt: 0, code: '', detail: '',
});

beforeEach(async () => {
  await closeStore();
  await new Promise<void>((done, fail) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = () => done();
    request.onerror = () => fail(request.error);
  });
});

describe('two windows', () => {
  it('the second one to write is told, and the first one stands', async () => {
    const row = recordRow({ state: 'draft', xml: 'start' });
    await putRecord(row);
    const one = { ...(await getRecord(row.uuid))!, xml: 'one' }, two = { ...(await getRecord(row.uuid))!, xml: 'two' };
    expect(await Promise.all([keepRecord(one, ['draft']), keepRecord(two, ['draft'])])).toEqual(['kept', 'newer']);
    expect((await getRecord(row.uuid))!.xml).toBe('one');
    expect(await keepRecord({ ...one, xml: 'one more' }, ['draft'])).toBe('kept');
    expect((await getRecord(row.uuid))!.xml).toBe('one more');
    two.rev = (await getRecord(row.uuid))!.rev;
    expect(await keepRecord(two, ['draft'])).toBe('kept');
  });

  it('a record that was sent is neither written over nor sent a second time', async () => {
    const row = recordRow({ state: 'draft', xml: 'start' });
    await putRecord(row);
    await putPhoto(photo(row.uuid, 'draft'));
    const late = { ...row, state: 'waiting' as const, xml: 'late' };
    expect(await keepRecord({ ...row, state: 'waiting', xml: 'done' }, ['draft'], true)).toBe('kept');
    expect((await listPhotos(row.uuid))[0]!.state).toBe('waiting');
    expect(await keepRecord(late, ['draft'], true)).toBe('left');
    expect(await keepRecord({ ...row, xml: 'typed later' }, ['draft'])).toBe('left');
    expect((await getRecord(row.uuid))!.xml).toBe('done');
  });

  it('a draft that was deleted does not come back by itself', async () => {
    const row = recordRow({ state: 'draft' });
    expect(await keepRecord(row, ['draft'])).toBe('kept');
    await dropDraft(row.uuid);
    expect(await keepRecord(row, ['draft'])).toBe('left');
    expect(await getRecord(row.uuid)).toBeUndefined();
  });

  it('two taps on "Correct" make one draft', async () => {
    const one = recordRow({ state: 'draft', replaces: 'old' }), two = recordRow({ state: 'draft', replaces: 'old' });
    const made = await Promise.all([addCorrection(one), addCorrection(two)]);
    expect(made.map((row) => row.uuid)).toEqual([one.uuid, one.uuid]);
    expect(await listRecords('p1')).toHaveLength(1);
  });
});

describe('the store', () => {
  it('still has everything after the browser was killed', async () => {
    const row = recordRow({ state: 'draft', xml: '<data>half</data>' });
    await putRecord(row);
    await setSetting('theme', 'dark');
    await closeStore();
    expect(await getRecord(row.uuid)).toEqual(row);
    expect(await getSetting('theme', 'auto')).toBe('dark');
  });

  it('lists to each person only their own', async () => {
    const mine = recordRow(), theirs = recordRow({ owner: 'p2' });
    await putRecord(mine);
    await putRecord(theirs);
    expect((await listRecords('p1')).map((row) => row.uuid)).toEqual([mine.uuid]);
    expect((await listRecords('p2')).map((row) => row.uuid)).toEqual([theirs.uuid]);
  });

  it('patches only in the states asked for', async () => {
    const row = recordRow({ state: 'draft' });
    await putRecord(row);
    expect(await patchRecord(row.uuid, { state: 'sent' }, ['waiting', 'sending'])).toBe(false);
    expect((await getRecord(row.uuid))?.state).toBe('draft');
  });

  it('drops drafts and nothing else', async () => {
    const draft = recordRow({ state: 'draft' }), waiting = recordRow();
    for (const row of [draft, waiting]) {
      await putRecord(row);
      await putPhoto(photo(row.uuid));
      await dropDraft(row.uuid);
    }
    expect(await getRecord(draft.uuid)).toBeUndefined();
    expect(await listPhotos(draft.uuid)).toEqual([]);
    expect(await getRecord(waiting.uuid)).toEqual(waiting);
    expect(await listPhotos(waiting.uuid)).toHaveLength(1);
  });

  it('forgets a person but keeps what was not sent, photos included', async () => {
    await putPerson(personRow());
    const states = ['draft', 'waiting', 'sending', 'refused', 'sent', 'conflict'] as const;
    for (const state of states) await putRecord(recordRow({ uuid: state, state }));
    const pending = recordRow({ uuid: 'sent-photo-waiting', state: 'sent' });
    await putRecord(pending);
    await putPhoto(photo(pending.uuid));
    await putFile('p1', 'a.xml', 'h', '<x/>');
    await forgetPerson('p1');
    expect(await listPeople()).toEqual([]);
    expect((await listRecords('p1')).map((row) => row.uuid).sort()).toEqual(['draft', 'refused', 'sending', 'sent-photo-waiting', 'waiting']);
    expect(await getFile('p1', 'a.xml')).toBeUndefined();
  });

  it('never merges the server over what was not sent', async () => {
    const waiting = recordRow(), sent = recordRow({ state: 'sent' });
    for (const row of [waiting, sent]) {
      await putRecord(row);
      await mergeRecord(row.uuid, (own) => ({ ...own!, detail: 'from the server' }));
    }
    expect((await getRecord(waiting.uuid))?.detail).toBe('');
    expect((await getRecord(sent.uuid))?.detail).toBe('from the server');
  });
});
