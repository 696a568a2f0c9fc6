/** A quick note: a few words, where, how serious, how known, photos. Kept at every letter, like a form. */
import { html, nothing } from 'lit';
import type { Difference } from '../clash.ts';
import { pick, t } from '../i18n.ts';
import { icon } from '../icons.ts';
import { finish, keepCopy, onWritten, saveDraft, startNote, stationsOf } from '../records.ts';
import { go } from '../router.ts';
import { app } from '../state.ts';
import { dropDraft, getRecord, type Kept } from '../store.ts';
import { callout, choice, clashCallout, empty, head, Piece, type Drawn } from '../ui.ts';
import { Extras } from './extras.ts';
import { toast } from './toast.ts';
import type { MissionInfo, NoteAnswers, RecordRow, Station } from '../types.ts';

const PAUSE = 250;

/** What of a note is written: a change of these is saved. */
const standing = (record: RecordRow): string => JSON.stringify([record.note, record.position ?? null]);

/** An instant as the phone's own clock shows it, for the browser's control. */
function localOf(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

class NoteScreen extends Piece {
  static override properties = { uuid: {} };
  declare uuid: string;
  private record: RecordRow | null = null;
  private stations: Station[] = [];
  private problem = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sure = false;
  /** The note as it was last read or written here. */
  private saved = '';
  private clash: Kept | null = null;
  private differ: Difference[] = [];
  private readonly extras = new Extras({
    record: () => this.record, redraw: () => this.requestUpdate(), save: () => this.save(), isOfQuestion: () => false,
    ready: async () => { this.saved = ''; await this.save(); return !this.clash; },
  });
  private deaf: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.deaf = onWritten((uuid) => void this.heard(uuid));
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.deaf();
    const { record } = this;
    if (!record?.note?.text) return;
    // Leaving in the middle of a clash keeps what was typed here as a record of its own.
    const leave = this.clash ? getRecord(record.uuid).then((row) => keepCopy(record, row)) : this.save();
    void leave.then(() => app.reload());
  }

  /** A note belongs to the mission it was begun in, whichever is in hand now. */
  private get mission(): MissionInfo | null {
    return this.record ? (app.missions.find((row) => row.reference === this.record!.mission) ?? app.mission) : app.mission;
  }

  private async open(): Promise<void> {
    if (!app.mission) return;
    const known = this.uuid && !this.uuid.startsWith('at:') ? await getRecord(this.uuid) : undefined;
    if (known && (known.state !== 'draft' || known.owner !== app.person?.uuid)) return go(`record/${known.uuid}`, true);
    this.record = known ?? (await startNote(app.mission, this.uuid.startsWith('at:') ? this.uuid.slice(3) : ''));
    this.stations = await stationsOf(this.mission);
    this.saved = standing(this.record);
    await this.extras.load();
  }

  override render(): Drawn {
    if (!app.mission) return html`${head(t('note_title'), 'new')}${empty('journal', t('today_no_mission'))}`;
    const { record } = this;
    if (!record) return html`${head(t('loading'))}`;
    const note = record.note!;
    const mission = this.mission!;
    return html`${head(t('note_title'), 'new', app.missionName(record.mission))}
      ${this.problem ? html`<div role="alert">${callout('bad', this.problem)}</div>` : nothing}
      ${this.clash ? clashCallout(this.clash, this.differ, () => void this.take(), () => void this.keepMine()) : nothing}
      <form class="stack" novalidate @submit=${this.send}>
        <div class="field"><label for="text">${t('note_text')}</label><p class="hint" id="text-hint">${t('note_text_hint')}</p>
          <textarea id="text" rows="5" aria-describedby="text-hint" .value=${note.text} @input=${(event: Event) => this.set({ text: (event.target as HTMLTextAreaElement).value })}></textarea></div>
        ${choice('severity', t('note_severity'), [0, 1, 2, 3].map((n) => [String(n), t(`severity_${n}` as 'severity_0')] as [string, string]), String(note.severity), (value) => this.set({ severity: Number(value) }))}
        ${choice('source', t('note_source'), [['seen', t('source_seen')], ['told', t('source_told')], ['document', t('source_document')], ['media', t('source_media')]], note.source, (value) => this.set({ source: value }))}
        <div class="field"><label for="topic">${t('note_topic')}</label><select id="topic" @change=${(event: Event) => this.set({ topic: (event.target as HTMLSelectElement).value })}>
          <option value="">${t('note_no_topic')}</option>${(app.person?.bootstrap?.topics ?? []).map((row) => html`<option value=${row.code} ?selected=${row.code === note.topic}>${pick(row.name, row.code)}</option>`)}</select></div>
        <div class="field"><label for="station">${t('note_station')}</label><input id="station" list="station-codes" .value=${note.station} autocomplete="off" placeholder=${t('note_no_station')} aria-describedby="station-hint"
            @change=${(event: Event) => this.set({ station: (event.target as HTMLInputElement).value.trim() })} />
          ${note.station && this.stations.length && !this.stations.some((row) => row.code === note.station) ? html`<p class="message" id="station-hint" role="status">${icon('triangle')}${t('note_station_unknown')}</p>` : nothing}
          <datalist id="station-codes">${this.stations.slice(0, 2000).map((row) => html`<option value=${row.code}>${row.name}</option>`)}</datalist></div>
        ${mission.programme.length ? html`<div class="field"><label for="meeting">${t('note_meeting')}</label><select id="meeting" @change=${(event: Event) => this.set({ meeting: (event.target as HTMLSelectElement).value || null })}>
          <option value="">${t('note_no_meeting')}</option>${mission.programme.map((row) => html`<option value=${row.uuid} ?selected=${row.uuid === note.meeting}>${row.title}</option>`)}</select></div>` : nothing}
        <div class="field"><label for="place">${t('note_place')}</label><input id="place" maxlength="200" .value=${note.place} @input=${(event: Event) => this.set({ place: (event.target as HTMLInputElement).value })} /></div>
        <div class="field"><label for="at">${t('note_at')}</label><input id="at" type="datetime-local" .value=${localOf(note.at)} @change=${(event: Event) => this.setTime((event.target as HTMLInputElement).value)} /></div>
        ${this.extras.pictures(mission.photos)}
        ${mission.position ? this.extras.position() : nothing}
        <button class="button button-main">${icon('send')}${t('note_send')}</button>
        ${record.state === 'draft' && note.text ? this.deletion() : nothing}
      </form>`;
  }

  private deletion(): Drawn {
    if (!this.sure) return html`<button type="button" class="button button-quiet" @click=${() => { this.sure = true; this.requestUpdate(); }}>${icon('trash')}${t('record_delete')}</button>`;
    return callout('warn', t('record_delete_sure'), html`<div class="pair"><button type="button" class="button button-danger" @click=${this.drop}>${t('record_delete_yes')}</button>
      <button type="button" class="button button-quiet" @click=${() => { this.sure = false; this.requestUpdate(); }}>${t('cancel')}</button></div>`);
  }

  private set(patch: Partial<NoteAnswers>): void {
    const note = { ...this.record!.note!, ...patch };
    this.record!.note = note;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE);
    this.requestUpdate();
  }

  private async save(): Promise<void> {
    const record = this.record;
    if (!record || record.state !== 'draft' || this.clash) return;
    const own = standing(record);
    if (own === this.saved) return;
    const station = record.note!.station;
    const name = this.stations.find((row) => row.code === station)?.name ?? '';
    const kept = await saveDraft(record, { note: record.note, station, stationName: name });
    if (kept === 'kept') this.saved = own;
    else await this.clashed(kept);
  }

  private async clashed(kept: Kept): Promise<void> {
    this.clash = kept;
    const there = (await getRecord(this.record!.uuid))?.note;
    const here = this.record!.note!;
    const names: [keyof NoteAnswers, string][] = [['text', t('note_text')], ['station', t('note_station')], ['place', t('note_place')], ['topic', t('note_topic')]];
    this.differ = names.filter(([name]) => there && there[name] !== here[name]).map(([name, label]) => ({ name: label, there: String(there![name] ?? ''), here: String(here[name] ?? '') }));
    this.requestUpdate();
  }

  /** Another window saved this note. What has nothing of its own here takes the newer; else both are shown and the person chooses. */
  private async heard(uuid: string): Promise<void> {
    if (!this.record || uuid !== this.record.uuid || this.clash || standing(this.record) !== this.saved) return;
    await this.take();
  }

  private async take(): Promise<void> {
    const row = this.record ? await getRecord(this.record.uuid) : undefined;
    this.clash = null;
    if (!row || row.state !== 'draft') {
      toast(t('clash_left'));
      this.record = null;
      return go(row ? `record/${row.uuid}` : 'records', true);
    }
    this.record = row;
    this.saved = standing(row);
    this.requestUpdate();
  }

  private readonly keepMine = async (): Promise<void> => {
    const row = await getRecord(this.record!.uuid);
    this.clash = null;
    if (row?.state === 'draft') {
      this.record!.rev = row.rev;
      this.saved = '';
      await this.save();
    } else {
      const copy = await keepCopy(this.record!, row);
      this.record = copy;
      this.saved = standing(copy);
      go(`note/${copy.uuid}`, true);
    }
    await app.reload();
    this.requestUpdate();
  };

  private readonly send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const record = this.record!;
    if (!record.note!.text.trim()) {
      this.problem = t('note_text_missing');
      this.requestUpdate();
      this.querySelector<HTMLElement>('#text')?.focus();
      return;
    }
    clearTimeout(this.timer);
    await this.save();
    if (this.clash) return;
    const kept = await finish(record, { urgent: record.note!.severity === 3 });
    if (kept !== 'kept') return this.clashed(kept);
    toast(`${t('form_in_outbox')} ${app.online ? '' : t('form_sent_when')}`.trim());
    go('records', true);
  };

  private setTime(value: string): void {
    const at = new Date(value);
    if (!Number.isNaN(at.getTime())) this.set({ at: at.toISOString() });
  }

  private readonly drop = async (): Promise<void> => {
    clearTimeout(this.timer);
    const uuid = this.record!.uuid;
    this.record = null;
    await dropDraft(uuid);
    await app.reload();
    go('records', true);
  };
}

customElements.define('note-screen', NoteScreen);
