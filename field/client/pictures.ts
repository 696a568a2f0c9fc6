/** Photos of a whole record: taken or chosen, several at once, each with its own fate. */
import { html, nothing, type TemplateResult } from 'lit';
import { t } from './i18n.ts';
import { icon } from './icons.ts';
import { PhotoError, takePhoto } from './photo.ts';
import { putPhoto } from './store.ts';
import type { PhotoRow, RecordRow } from './types.ts';

/** Keep the chosen files with their record; what could not be kept comes back as sentences, the others are kept all the same. */
export async function addPhotos(files: Iterable<File>, record: RecordRow): Promise<string[]> {
  const problems: string[] = [];
  for (const file of files) {
    try {
      await putPhoto(await takePhoto(file, record.owner, record.uuid));
    } catch (error) {
      problems.push(error instanceof PhotoError ? `${file.name}: ${t(error.why)}` : t('form_not_saved'));
    }
  }
  return problems;
}

export interface PhotoWork { photos: PhotoRow[]; problems: string[]; add(files: File[]): void; remove(photo: PhotoRow): void }

export function picturesPart(work: PhotoWork, allowed: boolean): TemplateResult {
  const chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length) work.add(files);
  };
  return html`<div class="field"><label for="photo">${t('note_photos')}</label>
    ${work.photos.length ? html`<ul class="list">${work.photos.map((photo, index) => html`<li class="row">${icon('camera')}<span class="row-main">${t('photo_n', { n: index + 1 })} · ${Math.ceil(photo.size / 1024)} kB</span>
      <button type="button" class="link" @click=${() => work.remove(photo)}>${t('form_remove')}<span class="sr"> ${t('photo_n', { n: index + 1 })}</span></button></li>`)}</ul>` : nothing}
    ${work.problems.length ? html`<div role="alert">${work.problems.map((text) => html`<p class="message">${icon('triangle')}${text}</p>`)}</div>` : nothing}
    ${allowed ? html`<input id="photo" type="file" accept="image/*" multiple @change=${chosen} />` : html`<p class="hint" id="photo">${t('form_photo_off')}</p>`}</div>`;
}
