/** Scale a chosen picture on the phone: upright, at most 1600 px, JPEG, without the camera's metadata. */
import type { PhotoRow } from './types.ts';

export const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** The server takes no larger file (docs/sync.md 6). */
export const MOST_BYTES = 20 * 1024 * 1024;

/** The picture cannot be taken; `why` is a sentence's key. */
export class PhotoError extends Error {
  constructor(name: string, readonly why: 'form_photo_bad' | 'form_photo_heic' | 'form_photo_large') {
    super(name);
  }
}

const isHeic = (file: File): boolean => /hei[cf]/i.test(file.type) || /\.hei[cf]$/i.test(file.name);

/** A photo row ready for the store, or PhotoError when this browser cannot read the picture. */
export async function takePhoto(file: File, owner: string, record: string): Promise<PhotoRow> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new PhotoError(file.name, isHeic(file) ? 'form_photo_heic' : 'form_photo_bad');
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  if (!blob) throw new PhotoError(file.name, 'form_photo_bad');
  if (blob.size > MOST_BYTES) throw new PhotoError(file.name, 'form_photo_large');
  const bytes = await blob.arrayBuffer();
  const uuid = crypto.randomUUID();
  return {
    uuid, owner, record, name: `${uuid}.jpg`, type: 'image/jpeg', size: bytes.byteLength, sha256: await digestOf(bytes), bytes,
    state: 'draft', tries: 0, nextAt: 0, code: '', detail: '',
  };
}

export async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
