import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from './api.ts';
import { fetchPhotos } from './attachments.ts';
import { digestOf, PhotoError, takePhoto } from './photo.ts';
import { closeStore, DATABASE, getRecord, listPhotos, listRecords, putPerson, putPhoto, putRecord } from './store.ts';
import { flush } from './sync.ts';
import { FakeServer } from './testing/server.ts';
import { personRow, recordRow } from './testing/rows.ts';
import type { PhotoRow } from './types.ts';

let server: FakeServer;

beforeEach(async () => {
  vi.unstubAllGlobals();
  await closeStore();
  await new Promise<void>((done) => {
    indexedDB.deleteDatabase(DATABASE).onsuccess = () => done();
  });
  server = new FakeServer();
  server.install();
  await putPerson(personRow());
});

const photo = (record: string, uuid: string): PhotoRow => ({
  uuid, owner: 'p1', record, name: `${uuid}.jpg`, type: 'image/jpeg', size: 10, sha256: '', bytes: new Uint8Array(10).fill(7).buffer, state: 'waiting', tries: 0, nextAt: 0, code: '', detail: '',
});

describe('photos', () => {
  it('that the server does not take hold up nothing: the next one and the next record go', async () => {
    const row = recordRow({ state: 'sent' });
    await putRecord(row);
    for (const uuid of ['a', 'b', 'c']) await putPhoto(photo(row.uuid, uuid));
    server.refusePhoto.set('a', { code: 'size', detail: 'Too large.' });
    server.refusePhoto.set('b', { code: 'heic', detail: 'HEIC.' });
    const later = recordRow();
    await putRecord(later);
    await flush();
    const states = Object.fromEntries((await listPhotos(row.uuid)).map((one) => [one.uuid, `${one.state} ${one.detail}`.trim()]));
    expect(states).toEqual({ a: 'refused Too large.', b: 'refused HEIC.', c: 'sent' });
    expect((await getRecord(later.uuid))!.state).toBe('sent');
    const asked = server.requests.length;
    await flush(true);
    expect(server.requests.slice(asked).filter((one) => one.path.startsWith('attachments/'))).toEqual([]);
  });

  it('let a record go first that was finished while they are sent', async () => {
    const row = recordRow({ state: 'sent' });
    await putRecord(row);
    for (const uuid of ['a', 'b', 'c']) await putPhoto(photo(row.uuid, uuid));
    const urgent = recordRow({ urgent: true });
    server.onPhoto = async (uuid) => {
      if (uuid === 'a') await putRecord(urgent);
    };
    expect(await flush()).toMatchObject({ sent: 1, waiting: 0 });
    const order = server.requests.filter((one) => one.method !== 'GET').map((one) => one.path.split('/')[1] || one.items[0]?.uuid);
    expect(order).toEqual(['a', urgent.uuid, 'b', 'c']);
    expect((await listRecords('p1')).map((one) => one.state)).toEqual(['sent', 'sent']);
  });

  it('of another phone are fetched once, checked, and not sent again', async () => {
    const bytes = new Uint8Array(20).fill(9);
    server.photos.set('a', { bytes, have: [] });
    const row = recordRow({ state: 'sent', fromServer: true, pictures: [{ uuid: 'a', name: '1.png', size: 20, sha256: await digestOf(bytes.buffer) }] });
    await putRecord(row);
    await fetchPhotos(personRow(), row);
    await fetchPhotos(personRow(), row);
    expect(server.requests.filter((one) => one.path === 'attachments/a/file/')).toHaveLength(1);
    const [kept] = await listPhotos(row.uuid);
    expect(kept).toMatchObject({ name: '1.png', state: 'sent', size: 20 });
    expect(new Uint8Array(kept!.bytes)).toEqual(bytes);
    await flush(true);
    expect(server.requests.some((one) => one.method === 'PUT')).toBe(false);
  });

  it('that came damaged, or not at all, are not kept', async () => {
    const row = recordRow({ state: 'sent', pictures: [{ uuid: 'a', name: '1.png', size: 20, sha256: 'other' }] });
    server.photos.set('a', { bytes: new Uint8Array(20), have: [] });
    await expect(fetchPhotos(personRow(), row)).rejects.toBeInstanceOf(ApiError);
    server.next('offline');
    await expect(fetchPhotos(personRow(), row)).rejects.toMatchObject({ kind: 'network' });
    expect(await listPhotos(row.uuid)).toEqual([]);
  });

  it.each([['IMG_1.HEIC', '', 'form_photo_heic'], ['x', 'image/heif', 'form_photo_heic'], ['x.tiff', 'image/tiff', 'form_photo_bad']])('that this browser cannot read are refused with a sentence: %s', async (name, type, why) => {
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new DOMException('no', 'InvalidStateError')));
    const error = await takePhoto(new File(['x'], name, { type }), 'p1', 'r').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(PhotoError);
    expect((error as PhotoError).why).toBe(why);
  });
});
