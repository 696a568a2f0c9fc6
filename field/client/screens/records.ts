/** Everything this person recorded: outbox with the state of each record and why, drafts, sent, and the team's. */
import { html, nothing } from 'lit';
import { ApiError } from '../api.ts';
import { dateTime, language, named, sizeText, t } from '../i18n.ts';
import { icon } from '../icons.ts';
import { readable } from '../labels.ts';
import { mayMove } from '../moves.ts';
import { correctionOf, finish, NotHere, startCorrection, stationsOf } from '../records.ts';
import { go } from '../router.ts';
import { app } from '../state.ts';
import { dropDraft, dropMove, dropPhoto, getFile, listPhotos, patchRecord, putPhoto } from '../store.ts';
import { callout, empty, head, Piece, placeOf, recordRow, stateBadge, titleOf, type Drawn } from '../ui.ts';
import { toast } from './toast.ts';
import type { PhotoRow, RecordRow } from '../types.ts';

const newest = (a: RecordRow, b: RecordRow): number => (b.finishedAt ?? b.updatedAt).localeCompare(a.finishedAt ?? a.updatedAt);

class RecordsScreen extends Piece {
  override render() {
    const rows = [...app.records].sort(newest);
    // A record whose photo is still here is not done with, though the record itself is.
    const stays = new Set([...app.photos, ...app.badPhotos].map((photo) => photo.record));
    const outbox = rows.filter((row) => ['waiting', 'sending', 'refused', 'conflict'].includes(row.state) || stays.has(row.uuid));
    const drafts = rows.filter((row) => row.state === 'draft');
    const sent = rows.filter((row) => row.state === 'sent' && row.isMine && row.kind !== 'move' && !stays.has(row.uuid));
    const team = rows.filter((row) => row.state === 'sent' && !row.isMine);
    const photos = app.photos.length;
    return html`${head(t('records_title'))}
      <section class="card"><h2>${t('records_outbox')}${outbox.length ? html` (${outbox.length})` : nothing}</h2>
        ${outbox.length ? html`<ul class="list">${outbox.map(recordRow)}</ul>` : html`<p>${t('records_nothing_waiting')}</p>`}
        ${photos ? html`<p class="hint">${t('photos_waiting_n', { n: photos })}</p>` : nothing}
        ${app.waiting ? html`<p class="hint" id="weight">${t('records_weight', { size: sizeText(app.weight) })}</p>` : nothing}
        ${app.tooOld ? callout('bad', t('app_too_old')) : nothing}
        ${this.trouble()}
        ${app.refused > 1 ? html`<button class="button button-quiet" @click=${this.sendAll}>${icon('arrowRepeat')}${t('records_send_all')}</button>` : nothing}
        ${app.waiting ? html`<button class="button button-main" ?disabled=${app.syncing || !app.online} @click=${this.sendNow}>${icon('send')}${app.syncing ? t('sending_now') : t('records_send')}</button>
          ${app.online ? nothing : html`<p class="hint">${t('offline')}. ${t('form_sent_when')}</p>`}` : nothing}</section>
      ${this.listOf(t('records_drafts'), drafts)} ${this.listOf(t('records_sent'), sent, true)} ${team.length ? this.listOf(t('records_team'), team) : nothing}`;
  }

  /** Why nothing leaves, in the person's own language. */
  private trouble(): Drawn {
    const { person, lastReport } = app;
    if (person?.blocked) return callout('bad', t(person.blocked === 'device_wipe' ? 'blocked_wipe' : 'blocked'), html`<a class="button button-quiet" href="#/enrol">${t('blocked_new_code')}</a>`);
    return lastReport?.problem && app.waiting && app.online ? callout('warn', problemText(lastReport.problem)) : nothing;
  }

  private listOf(title: string, rows: RecordRow[], always = false): Drawn {
    if (!rows.length && !always) return nothing;
    return html`<section class="card"><h2>${title}${rows.length ? html` (${rows.length})` : nothing}</h2>
      ${rows.length ? html`<ul class="list">${rows.map(recordRow)}</ul>` : empty('inboxes', t('records_none'))}</section>`;
  }

  private readonly sendNow = async (): Promise<void> => {
    const report = await app.sync(true);
    if (!report) return;
    if (app.person?.blocked) toast(t('blocked'), 'bad');
    else if (report.problem) toast(problemText(report.problem), 'bad');
    else toast(t('records_sent_n', { n: report.sent }));
  };

  private readonly sendAll = async (): Promise<void> => {
    for (const row of app.records.filter((one) => one.state === 'refused')) await finish(row, { finishedAt: row.finishedAt }, ['refused']);
    toast(t('form_in_outbox'));
  };
}

/** No word of a proxy or a server in trouble reaches the person. */
const problemText = (problem: ApiError): string => t(problem.code === 'app' || problem.kind === 'bad' ? 'records_fault' : 'records_last_try');

class RecordScreen extends Piece {
  static override properties = { uuid: {} };
  declare uuid: string;
  private photos: PhotoRow[] = [];
  private stationName = '';
  private shown = '';
  private sure = false;
  private busy = false;
  /** Answers of another phone in the words of their form. */
  private read: [string, string][] | null = null;

  override render() {
    const row = app.records.find((record) => record.uuid === this.uuid);
    if (!row) return html`${head(t('record_title'), 'records')}${empty('inboxes', t('record_gone'))}`;
    if (this.shown !== row.uuid + row.state) void this.load(row);
    const place = [placeOf(row, row.stationName || this.stationName), app.missionName(row.mission)].filter(Boolean).join(' · ');
    return html`${head(titleOf(row), 'records', place)}
      <section class="card"><p class="badges">${stateBadge(row.state)}
          ${row.severity ? html`<span class="badge badge-severity-${row.severity}">${t('record_severity', { n: row.severity })}</span>` : nothing}
          ${row.isIncomplete ? html`<span class="badge">${t('record_incomplete')}</span>` : nothing}
          ${row.isUnmatched ? html`<span class="badge">${t('record_unmatched')}</span>` : nothing}</p>
        ${row.number ? html`<p>${t('record_number', { number: row.number })}</p>` : nothing}
        ${this.why(row)}
        <dl class="answers"><dt>${t('record_started')}</dt><dd>${dateTime(row.startedAt)}</dd>
          ${row.finishedAt ? html`<dt>${t('record_finished')}</dt><dd>${dateTime(row.finishedAt)}</dd>` : nothing}
          ${row.sentAt ? html`<dt>${t('record_received')}</dt><dd>${dateTime(row.sentAt)}</dd>` : nothing}
          ${Object.keys(row.flags).length ? html`<dt>${t('record_flags')}</dt><dd>${Object.entries(row.flags).map(([code, level]) => html`<span class="badge badge-severity-${level}">${code}</span> `)}</dd>` : nothing}</dl>
        ${row.note ? html`<p class="quote">${row.note.text}</p>` : nothing}
        ${this.corrected(row)} ${this.moved(row)}
        ${row.isMine ? nothing : html`<p class="hint">${t('record_from_team')} ${row.team ?? ''} ${t('record_team_correct')}</p>`}</section>
      ${this.pictures(row)}
      ${this.answers(row)} ${this.acts(row)}`;
  }

  private pictures(row: RecordRow): Drawn {
    const away = (row.pictures ?? []).filter((one) => !this.photos.some((photo) => photo.uuid === one.uuid)).length;
    if (!this.photos.length && !away) return nothing;
    return html`<section class="card"><h2>${t('record_photos')}</h2><ul class="list">${this.photos.map((photo) => html`<li class="row"><span class="row-main">${sizeText(photo.size)}
        ${photo.detail ? html`<small class="severe">${photo.detail}</small>` : nothing}</span><span class="badge badge-${photo.state}">${named('record_photo', photo.state)}</span></li>
        ${photo.state === 'refused' ? html`<li class="pair"><button class="button button-quiet" @click=${() => this.photoAgain(photo)}>${t('record_retry')}</button>
          <button class="button button-quiet" @click=${() => this.photoAway(photo)}>${t('form_remove')}</button></li>` : nothing}`)}</ul>
      ${away ? html`<p class="hint">${t('record_photos_away', { n: away })}</p>` : nothing}</section>`;
  }

  private async photoAgain(photo: PhotoRow): Promise<void> {
    await putPhoto({ ...photo, state: 'waiting', tries: 0, nextAt: 0, code: '', detail: '' });
    await this.photosChanged();
    void app.sync(true).then(() => this.photosChanged());
  }

  /** A photo that the server does not take may be let go; its record stays. */
  private async photoAway(photo: PhotoRow): Promise<void> {
    await dropPhoto(photo.uuid);
    await this.photosChanged();
  }

  private async photosChanged(): Promise<void> {
    this.photos = await listPhotos(this.uuid);
    await app.reload();
  }

  /** Where it was set to, or is about to be. */
  private moved(row: RecordRow): Drawn {
    if (row.move) return html`<p><a href="#/record/${row.move.record}">${t('move_of')}</a></p>`;
    return html`${app.records.filter((one) => one.move?.record === row.uuid).map((one) => html`<p>${icon('info')} ${one.state === 'sent' ? t('move_done', { place: placeOf(one) })
      : html`<a href="#/record/${one.uuid}">${t('move_waits', { place: placeOf(one) })}</a>`}</p>`)}`;
  }

  /** A correction that this phone knows of, also one that is still a draft or waits. */
  private corrected(row: RecordRow): Drawn {
    const later = correctionOf(row.uuid);
    if (later) return html`<p>${icon('info')} <a href="#/${later.state === 'draft' ? (later.kind === 'note' ? 'note' : 'form') : 'record'}/${later.uuid}">${t(later.state === 'draft' ? 'record_correcting' : 'record_corrected')}</a></p>`;
    return row.replacedBy ? html`<p>${icon('info')} ${t('record_corrected')}</p>` : nothing;
  }

  private async load(row: RecordRow): Promise<void> {
    this.shown = row.uuid + row.state;
    this.photos = await listPhotos(row.uuid);
    this.stationName = (await stationsOf(app.missions.find((one) => one.reference === row.mission) ?? null)).find((station) => station.code === row.station)?.name ?? '';
    const form = !row.summary && row.answers && row.formUrl ? await getFile(row.owner, row.formUrl) : undefined;
    const read = form ? readable(form.text, row.answers ?? {}, language()) : [];
    this.read = read.length ? read : null;
    this.requestUpdate();
  }

  private why(row: RecordRow): Drawn {
    if (row.state === 'refused') return callout('bad', html`${t('record_refused_lead')} ${row.detail || row.code}`);
    if (row.state === 'conflict') return callout('warn', t('record_conflict_lead'));
    if (row.state === 'waiting' && row.tries) return html`<p class="hint">${t('record_tries', { n: row.tries, when: dateTime(new Date(row.nextAt).toISOString()) })} ${row.detail}</p>`;
    return nothing;
  }

  private answers(row: RecordRow): Drawn {
    const answers: [string, unknown][] = row.summary ?? this.read ?? Object.entries(row.answers ?? {}).filter(([, value]) => value !== null && value !== '');
    if (!answers.length) return nothing;
    return html`<details class="card"><summary>${t('record_answers')}</summary><dl class="answers">${answers.map(([code, value]) => html`<dt>${code}</dt><dd>${Array.isArray(value) ? value.join(', ') : String(value)}</dd>`)}</dl></details>`;
  }

  private acts(row: RecordRow): Drawn {
    // A record that was never tried may be taken back; after a try the server may have it, and a change must be a correction.
    const back = row.state === 'refused' || (row.state === 'waiting' && row.tries === 0);
    if (row.move) {
      return html`<div class="stack">${row.state === 'refused' ? html`<button class="button button-main" @click=${() => this.resend(row)}>${t('record_retry')}</button>` : nothing}
        ${back ? html`<button class="button button-quiet" @click=${() => this.unmove(row)}>${icon('trash')}${t('move_undo')}</button>` : nothing}</div>`;
    }
    return html`<div class="stack">
      ${row.state === 'draft' ? html`<a class="button button-main" href="#/${row.kind === 'note' ? 'note' : 'form'}/${row.uuid}">${t('record_open')}</a>` : nothing}
      ${row.state === 'refused' ? html`<button class="button button-main" @click=${() => this.resend(row)}>${t('record_retry')}</button>` : nothing}
      ${back ? html`<button class="button button-quiet" @click=${() => this.reopen(row)}>${icon('pencil')}${t('record_reopen')}</button>` : nothing}
      ${mayMove(row, app.records, Date.now()) ? html`<a class="button button-quiet" href="#/move/${row.uuid}">${icon('geo')}${t('move_title')}</a>` : nothing}
      ${this.correction(row)}
      ${row.state === 'draft' ? this.deletion(row) : nothing}</div>`;
  }

  private correction(row: RecordRow): Drawn {
    if (row.state !== 'sent' || !row.isMine || row.replacedBy || correctionOf(row.uuid)) return nothing;
    if (row.note || (row.xml && row.formUrl)) return html`<button class="button button-quiet" ?disabled=${this.busy} @click=${() => this.correct(row)}>${icon('pencil')}${t('record_correct')}</button>`;
    return html`<p class="hint">${t('record_no_correct')}</p>`;
  }

  private deletion(row: RecordRow): Drawn {
    if (!this.sure) return html`<button class="button button-quiet" @click=${() => { this.sure = true; this.requestUpdate(); }}>${icon('trash')}${t('record_delete')}</button>`;
    return callout('warn', t('record_delete_sure'), html`<div class="pair"><button class="button button-danger" @click=${() => this.drop(row)}>${t('record_delete_yes')}</button>
      <button class="button button-quiet" @click=${() => { this.sure = false; this.requestUpdate(); }}>${t('cancel')}</button></div>`);
  }

  private async unmove(row: RecordRow): Promise<void> {
    await dropMove(row.uuid);
    await app.reload();
    go(`record/${row.move!.record}`, true);
  }

  private async drop(row: RecordRow): Promise<void> {
    await dropDraft(row.uuid);
    await app.reload();
    go('records', true);
  }

  private async resend(row: RecordRow): Promise<void> {
    await finish(row, { finishedAt: row.finishedAt }, ['refused']);
    toast(t('form_in_outbox'));
  }

  private async reopen(row: RecordRow): Promise<void> {
    if (!(await patchRecord(row.uuid, { state: 'draft', code: '', detail: '' }, ['waiting', 'refused']))) return;
    await app.reload();
    go(`${row.kind === 'note' ? 'note' : 'form'}/${row.uuid}`);
  }

  private async correct(row: RecordRow): Promise<void> {
    if (this.busy) return; // two taps make one correction
    this.busy = true;
    try {
      const fresh = await startCorrection(row);
      await app.reload();
      go(`${fresh.kind === 'note' ? 'note' : 'form'}/${fresh.uuid}`);
    } catch (error) {
      toast(error instanceof NotHere ? t('new_no_forms') : error instanceof ApiError ? t('record_photos_offline') : t('form_failed'), 'bad');
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }
}

customElements.define('records-screen', RecordsScreen);
customElements.define('record-screen', RecordScreen);
