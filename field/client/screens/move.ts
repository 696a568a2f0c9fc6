/** Setting a sent record to another station: search, choose, why, into the outbox. */
import { html, nothing } from 'lit';
import { fold, t } from '../i18n.ts';
import { icon } from '../icons.ts';
import { mayMove, ownFirst, startMove } from '../moves.ts';
import { myStops, stationsOf } from '../records.ts';
import { go } from '../router.ts';
import { app } from '../state.ts';
import { empty, head, Piece, placeOf, titleOf, type Drawn } from '../ui.ts';
import { toast } from './toast.ts';
import type { RecordRow, Station } from '../types.ts';

const SHOWN = 20;
class MoveScreen extends Piece {
  static override properties = { uuid: {} };
  declare uuid: string;
  private stations: Station[] | null = null;
  private query = '';
  private chosen: Station | null = null;
  private reason = '';
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const mission = app.missions.find((one) => one.reference === this.record?.mission) ?? null;
    void stationsOf(mission).then((rows) => {
      this.stations = ownFirst(rows, myStops(mission).map((stop) => stop.station));
      this.requestUpdate();
    });
  }

  private get record(): RecordRow | undefined {
    return app.records.find((row) => row.uuid === this.uuid);
  }

  override render(): Drawn {
    const { record } = this;
    const back = `record/${this.uuid}`;
    if (!record || !mayMove(record, app.records, Date.now())) return html`${head(t('move_title'), record ? back : 'records')}${empty('geo', t('move_over'))}`;
    return html`${head(t('move_title'), back, `${titleOf(record)} · ${placeOf(record)}`)}
      <p>${t('move_lead')}</p>
      ${this.chosen ? this.confirm(record, this.chosen) : this.search(record)}`;
  }

  private search(record: RecordRow): Drawn {
    const words = fold(this.query).split(/\s+/).filter(Boolean);
    const hits = (this.stations ?? []).filter((row) => row.code !== record.station && words.every((word) => fold([row.code, row.name, row.municipality].join(' ')).includes(word)));
    return html`<section class="card"><div class="field"><label for="station-search">${t('stations_search')}</label>
        <input id="station-search" type="search" .value=${this.query} @input=${(event: Event) => { this.query = (event.target as HTMLInputElement).value; this.requestUpdate(); }} /></div>
      ${hits.length ? html`<ul class="list">${hits.slice(0, SHOWN).map((row) => html`<li><button type="button" class="row" @click=${() => this.choose(row)}>
        <span class="row-main"><b>${row.name}</b><small>${[row.code, row.municipality].filter(Boolean).join(', ')}</small></span>${icon('chevronRight')}</button></li>`)}</ul>` : html`<p class="hint" role="status">${this.stations ? t('stations_none') : t('loading')}</p>`}
      ${hits.length > SHOWN ? html`<p class="hint">${t('stations_more', { n: hits.length - SHOWN })}</p>` : nothing}</section>`;
  }

  private choose(row: Station | null): void {
    this.chosen = row;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(row ? '#move-reason' : '#station-search')?.focus());
  }

  private confirm(record: RecordRow, row: Station): Drawn {
    return html`<form class="card" novalidate @submit=${(event: Event) => { event.preventDefault(); void this.send(record, row); }}>
      <div class="chosen"><span>${row.name} (${row.code})</span><button type="button" class="button button-quiet" @click=${() => this.choose(null)}>${t('form_pick_change')}</button></div>
      <div class="field"><label for="move-reason">${t('form_reason')} <span class="optional">${t('form_optional')}</span></label>
        <input id="move-reason" maxlength="300" .value=${this.reason} @input=${(event: Event) => { this.reason = (event.target as HTMLInputElement).value; }} /></div>
      <button class="button button-main" ?disabled=${this.busy}>${icon('send')}${t('form_send')}</button></form>`;
  }

  private async send(record: RecordRow, row: Station): Promise<void> {
    if (this.busy) return; // two taps make one move
    this.busy = true;
    await startMove(record, row, this.reason);
    await app.reload();
    toast(`${t('form_in_outbox')} ${app.online ? '' : t('form_sent_when')}`.trim());
    go(`record/${record.uuid}`, true);
    void app.sync(true);
  }
}

customElements.define('move-screen', MoveScreen);
