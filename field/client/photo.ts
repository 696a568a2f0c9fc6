/** Scale a chosen picture on the phone: upright, at most 1600 px, JPEG, without the camera's metadata. */
import type { PhotoRow } from './types.ts';

export const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

export class PhotoError extends Error {}

/** A photo row ready for the store, or PhotoError when this browser cannot read the picture. */
export async function takePhoto(file: File, owner: string, record: string): Promise<PhotoRow> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new PhotoError(file.name);
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  if (!blob) throw new PhotoError(file.name);
  const bytes = await blob.arrayBuffer();
  const uuid = crypto.randomUUID();
  return {
    uuid, owner, record, name: `${uuid}.jpg`, type: 'image/jpeg', size: bytes.byteLength, sha256: await sha256(bytes), bytes,
    state: 'draft', tries: 0, nextAt: 0, code: '', detail: '',
  };
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
