/** Small pieces that many screens use. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { icon, type Icon } from './icons.ts';
import type { Difference } from './clash.ts';
import { dateTime, named, pick, t, time } from './i18n.ts';
import { app } from './state.ts';
import type { Kept } from './store.ts';
import type { RecordRow } from './types.ts';

export type Drawn = TemplateResult | typeof nothing;

/** A part of the page that draws into the page itself: one style sheet for all, labels and ids can refer to each other. */
export class Piece extends LitElement {
  private readonly again = (): void => this.requestUpdate();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    app.addEventListener('change', this.again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    app.removeEventListener('change', this.again);
  }
}

export function head(title: string, back?: string, lead?: Drawn | string): TemplateResult {
  return html`<div class="head">
    ${back !== undefined ? html`<a class="head-back" href="#/${back}">${icon('chevronLeft')}<span>${t('back')}</span></a>` : nothing}
    <h1 tabindex="-1">${title}</h1>
    ${lead ? html`<p class="lead">${lead}</p>` : nothing}
  </div>`;
}

export const empty = (name: Icon, text: string): TemplateResult => html`<p class="empty">${icon(name)}<span>${text}</span></p>`;

export function callout(kind: 'info' | 'warn' | 'bad' | 'good', text: Drawn | string, more: Drawn = nothing): TemplateResult {
  const name: Icon = kind === 'good' ? 'checkCircle' : kind === 'info' ? 'info' : 'triangle';
  return html`<div class="callout callout-${kind}">${icon(name)}<div><p>${text}</p>${more}</div></div>`;
}

const STATE_ICON: Record<string, Icon> = { draft: 'pencil', waiting: 'hourglass', sending: 'cloudUp', sent: 'check', refused: 'triangle', conflict: 'shield' };

export const stateBadge = (state: string): TemplateResult =>
  html`<span class="badge badge-${state}">${icon(STATE_ICON[state] ?? 'info')}${named('state', state)}</span>`;

export function titleOf(record: RecordRow): string {
  if (record.kind === 'move') return t('move_row', { form: pick(record.title, record.form ?? '') });
  if (record.kind === 'note') return record.note?.text.trim().split('\n')[0]?.slice(0, 80) || t('note_title');
  return pick(record.title, record.form ?? t('record_title'));
}

/** The station as its name and code (one building may hold several), else the place in words. */
export function placeOf(record: RecordRow, name = record.stationName): string {
  if (record.move) return `${name ?? ''} (${record.move.station})`.trim();
  const code = record.station ?? '';
  if (!name || name.includes(code)) return name || code || record.note?.place || '';
  return `${name} (${code})`;
}

export function recordRow(record: RecordRow): TemplateResult {
  const draft = record.state === 'draft';
  const href = draft ? `#/${record.kind === 'note' ? 'note' : 'form'}/${record.uuid}` : `#/record/${record.uuid}`;
  const place = placeOf(record);
  const mission = app.missionName(record.mission);
  const photos = app.photos.filter((row) => row.record === record.uuid).length;
  const bad = app.badPhotos.filter((row) => row.record === record.uuid).length;
  return html`<li><a class="row" href=${href}>
    <span class="row-main"><b>${titleOf(record)}</b>
      <small>${place ? html`${place} · ` : nothing}${dateTime(record.finishedAt ?? record.updatedAt)}${record.number ? html` · ${record.number}` : nothing}</small>
      ${mission ? html`<small>${mission}</small>` : nothing}
      ${photos ? html`<small class="severe">${t('photos_waiting_n', { n: photos })}</small>` : nothing}
      ${bad ? html`<small class="severe">${t('photos_refused_n', { n: bad })}</small>` : nothing}
      ${why(record)}
      ${record.severity === 3 ? html`<small class="severe">${t('record_severity', { n: 3 })}</small>` : nothing}
    </span>
    ${stateBadge(record.state)}${icon('chevronRight')}</a></li>`;
}

/** Why a record of the outbox is still there. */
function why(record: RecordRow): Drawn {
  if (record.state === 'refused') return html`<small class="severe">${record.detail || record.code}</small>`;
  if (record.state !== 'waiting' || !record.tries) return nothing;
  return html`<small>${record.code === 'update' ? record.detail : t('record_tries', { n: record.tries, when: time(new Date(record.nextAt).toISOString()) })}</small>`;
}

export const phone = (number: string, label: string, strong = false): TemplateResult =>
  html`<a class="button ${strong ? 'button-danger' : 'button-quiet'}" href="tel:${number.replace(/[^+\d]/g, '')}">${icon('telephone')}${label}</a>`;

const MOST_SHOWN = 8;

/** Another window wrote the same draft, or sent it: what differs is shown, and nothing is thrown away before the person has chosen. */
export function clashCallout(kept: Kept, differ: Difference[], take: () => void, keep: () => void): TemplateResult {
  const left = kept === 'left';
  return html`<div role="alert">${callout('bad', left ? t('clash_left_lead') : t('clash_newer_lead'), html`
    ${differ.length ? html`<ul class="differ">${differ.slice(0, MOST_SHOWN).map((one) => html`<li><b>${one.name}</b><br />${t('clash_there')}: ${one.there || '–'}<br />${t('clash_here')}: ${one.here || '–'}</li>`)}</ul>` : nothing}
    ${differ.length > MOST_SHOWN ? html`<p>${t('clash_more', { n: differ.length - MOST_SHOWN })}</p>` : nothing}<div class="pair">
    <button type="button" class="button button-quiet" @click=${take}>${left ? t('clash_left_take') : t('clash_newer_take')}</button>
    <button type="button" class="button button-danger" @click=${keep}>${left ? t('clash_left_keep') : t('clash_newer_keep')}</button></div>`)}</div>`;
}

/** Buttons of which one is on. */
export function choice<T extends string>(name: string, legend: string, options: [T, string][], value: T, pick: (value: T) => void): TemplateResult {
  return html`<fieldset class="choices"><legend>${legend}</legend><div class="choices-grid ${options.some(([, label]) => label.length > 18) ? 'one' : options.length === 3 ? 'three' : ''}">
    ${options.map(([code, label]) => html`<label class="pick"><input type="radio" name=${name} .checked=${value === code} @change=${() => pick(code)} /><span>${label}</span></label>`)}
  </div></fieldset>`;
}
