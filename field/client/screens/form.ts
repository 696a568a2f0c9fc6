/**
 * Filling a form, one part at a time. Every answer is on the phone's disk before the next one is given; the draft opens again where it was
 * left, also after the browser was killed.
 */
import { html, nothing } from 'lit';
import { FormSession, labelOf, type AnyControlNode, type Problem, type UploadNode } from '../form.ts';
import { icon } from '../icons.ts';
import { LANGUAGES, pick, t } from '../i18n.ts';
import { differences, type Difference } from '../clash.ts';
import { PhotoError, takePhoto } from '../photo.ts';
import { NotHere, WHOLE_LIST, fillStation, finish, keepCopy, onWritten, openForm, saveDraft, stationsOf } from '../records.ts';
import { go } from '../router.ts';
import { app } from '../state.ts';
import { getRecord, putPhoto, type Kept } from '../store.ts';
import { callout, clashCallout, phone, Piece, placeOf, type Drawn } from '../ui.ts';
import { answerText, controls, drawAll, unfitText, type Desk } from '../widgets.ts';
import { Extras } from './extras.ts';
import { toast } from './toast.ts';
import type { MissionInfo, RecordRow } from '../types.ts';

const TYPING_PAUSE = 250;
let warm: { uuid: string; session: FormSession } | null = null;

/** Hand over a session that was just made, so that the engine need not read the draft back. */
export function warmUp(uuid: string, session: FormSession): void {
  warm = { uuid, session };
}

class FormScreen extends Piece {
  static override properties = { uuid: {} };
  declare uuid: string;
  private record: RecordRow | null = null;
  private session: FormSession | null = null;
  private problem = '';
  private section = 0;
  private reviewing = false;
  private saved: 'saved' | 'saving' | 'failed' = 'saved';
  private station = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** On which page a warning across pages first applied: it is shown there, where the answer that raised it is. */
  private readonly raised = new Map<string, number>();
  private saving: Promise<void> = Promise.resolve();
  /** What the store had when this window last read or wrote it: answers, and all that is kept beside them. */
  private known = { answers: '', all: '' };
  /** Another window wrote or sent this record while something unsaved stood here. */
  private clash: Kept | null = null;
  private differ: Difference[] = [];
  private readonly extras = new Extras({
    record: () => this.record, redraw: () => this.requestUpdate(), save: () => this.save(), ready: async () => { await this.save(); return !this.clash; },
    isOfQuestion: (photo) => (this.session?.xml ?? '').includes(photo.name),
  });
  private deaf: () => void = () => undefined;
  private readonly desk: Desk = this.makeDesk();
  private readonly leave = (): void => { if (document.visibilityState === 'hidden') void this.save(); };

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.leave);
    this.deaf = onWritten((uuid) => void this.heard(uuid));
    void this.open();
  }

  override disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.leave);
    this.deaf();
    void this.save().then(() => this.keepClashing()).then(() => app.reload());
    super.disconnectedCallback();
  }

  private get mission(): MissionInfo | null {
    return app.missions.find((row) => row.reference === this.record?.mission) ?? null;
  }

  private async open(): Promise<void> {
    const record = await getRecord(this.uuid);
    if (!record || record.owner !== app.person?.uuid || record.state !== 'draft') return go(record ? `record/${record.uuid}` : 'records', true);
    try {
      const session = warm?.uuid === this.uuid ? warm.session : await openForm(record);
      warm = null;
      this.section = record.section;
      await this.takeUp(record, session);
    } catch (error) {
      this.problem = error instanceof NotHere ? t('new_no_forms') : t('form_failed');
      console.error(error);
    }
    this.requestUpdate();
    await this.updateComplete;
    if (document.activeElement === document.body) this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  /** Show this state of the record, as it is in the store. */
  private async takeUp(record: RecordRow, session: FormSession): Promise<void> {
    this.record = record;
    this.session = session;
    this.station = session.value('station');
    this.known = this.standing(session, record);
    await this.longList();
    await this.extras.load();
    this.raised.clear();
    for (const node of session.warnings()) this.raised.set(node.nodeId, -1);
    session.onChange(() => this.requestUpdate());
  }

  private standing(session: FormSession, record: RecordRow): { answers: string; all: string } {
    const answers = JSON.stringify([session.xml, [...session.unfit], record.reason, record.position ?? null]);
    return { answers, all: JSON.stringify([answers, this.section, record.language, record.isSpoken, record.stationName]) };
  }

  private get isUnsaved(): boolean {
    return !!this.session && !!this.record && this.standing(this.session, this.record).answers !== this.known.answers;
  }

  // ---- two windows -----------------------------------------------------------------------------

  /** Another window wrote this record. What has nothing of its own here takes the newer at once. */
  private async heard(uuid: string): Promise<void> {
    if (uuid === this.uuid && !this.clash && this.record?.state === 'draft' && !this.isUnsaved) await this.takeOther();
  }

  private async takeOther(): Promise<void> {
    this.clash = null;
    const row = await getRecord(this.uuid);
    if (row?.state === 'draft') await this.takeUp(row, await openForm(row));
    else {
      this.record = null;
      toast(t('clash_left'));
      go(row ? `record/${row.uuid}` : 'records', true);
    }
    this.requestUpdate();
  }

  private readonly keepMine = async (): Promise<void> => {
    const row = await getRecord(this.uuid);
    if (row?.state === 'draft') {
      this.clash = null;
      this.record!.rev = row.rev;
      await this.save();
    } else {
      const copy = await this.keepClashing();
      this.record = null;
      await app.reload();
      if (copy) go(`form/${copy.uuid}`, true);
    }
    this.requestUpdate();
  };

  /** Leaving in the middle of a clash: what was typed here becomes a draft of its own. */
  private async keepClashing(): Promise<RecordRow | null> {
    const { record, session } = this;
    if (!this.clash || !record || !session) return null;
    this.clash = null;
    return keepCopy({ ...record, unfit: Object.fromEntries(session.unfit) }, await getRecord(record.uuid), session.xml);
  }

  /** Show what differs, by the words of the questions. */
  private async clashed(kept: Kept): Promise<void> {
    const session = this.session!;
    const there = await getRecord(this.uuid);
    this.differ = differences(there?.xml ?? '', session.xml).flatMap((one) => inWords(session, one));
    this.clash = kept;
    this.requestUpdate();
  }

  // ---- drawing ---------------------------------------------------------------------------------

  override render(): Drawn {
    const { session, record } = this;
    if (this.problem) return html`<h1 tabindex="-1">${t('record_title')}</h1>${callout('bad', this.problem)}<a class="button button-quiet" href="#/records">${t('back')}</a>`;
    if (!session || !record) return html`<h1 tabindex="-1">${t('form_loading')}</h1>`;
    const sections = session.sections();
    const at = Math.min(this.section, sections.length - 1);
    const now = sections[at];
    const place = placeOf(record);
    const mission = app.missionName(record.mission);
    return html`<form class="form" novalidate @submit=${(event: Event) => event.preventDefault()}>
      <div class="form-top"><a class="head-back" href="#/records">${icon('chevronLeft')}<span>${t('form_later')}</span></a>${this.languages(session)}</div>
      <p class="crumb">${pick(record.title, record.form)}${place ? html` · ${place}` : nothing}${mission ? html` · ${mission}` : nothing}</p>
      ${this.clash ? clashCallout(this.clash, this.differ, () => void this.takeOther(), () => void this.keepMine()) : nothing}
      ${this.danger(session)}
      ${this.reviewing || !now ? this.review(session, sections.length) : html`
        <h1 tabindex="-1">${now.label || pick(record.title)}</h1>
        <p class="crumb" aria-live="polite">${t('form_section', { n: at + 1, of: sections.length })}</p>
        <progress max=${sections.length} value=${at + 1} aria-label=${t('form_section', { n: at + 1, of: sections.length })}></progress>
        ${drawAll(now.nodes, this.desk)} ${this.warnings(session, at)}
        <div class="bar"><button type="button" class="button button-quiet" ?disabled=${at === 0} @click=${() => this.turn(at - 1)}>${icon('chevronLeft')}<span>${t('back')}</span></button>
          <button type="button" class="button button-main" @click=${() => (at + 1 < sections.length ? this.turn(at + 1) : this.turn(sections.length))}>${at + 1 < sections.length ? t('form_next') : t('form_finish')}</button></div>`}
      <p class="hint saved" role="status">${this.saved === 'failed' ? html`<strong>${t('form_not_saved')}</strong>` : this.saved === 'saving' ? t('form_saving') : t('form_saved')}</p>
    </form>`;
  }

  private languages(session: FormSession): Drawn {
    const codes = session.languages;
    if (codes.length < 2) return nothing;
    return html`<label class="language"><span class="sr">${t('form_language')}</span><select @change=${(event: Event) => this.speak((event.target as HTMLSelectElement).value)}>
      ${codes.map((code) => html`<option value=${code} ?selected=${code === session.language}>${LANGUAGES[code]}</option>`)}</select></label>`;
  }

  private danger(session: FormSession): Drawn {
    const number = this.mission?.emergency_number;
    if (this.record?.kind !== 'incident' || !number || session.value('I06') !== 'yes') return nothing;
    return callout('bad', t('incident_call_first'), phone(number, t('incident_call', { number }), true));
  }

  private warnings(session: FormSession, at: number): Drawn {
    const now = session.warnings();
    for (const node of now) if (!this.raised.has(node.nodeId)) this.raised.set(node.nodeId, at);
    const apply = new Set<string>(now.map((node) => node.nodeId));
    for (const id of this.raised.keys()) if (!apply.has(id as never)) this.raised.delete(id);
    return drawAll(now.filter((node) => this.raised.get(node.nodeId) === at), this.desk);
  }

  private review(session: FormSession, last: number): Drawn {
    const problems = session.problems();
    const missing = problems.filter((problem) => problem.kind === 'required');
    const checks = problems.filter((problem) => problem.kind !== 'required');
    const jump = (problem: { node: AnyControlNode; section: number; text: string }, text: string) => problem.section < 0
      ? html`<li class="row"><span class="row-main">${text}</span></li>`
      : html`<li><button type="button" class="row" @click=${() => this.turn(problem.section, problem.node.nodeId)}><span class="row-main">${text}</span>${icon('chevronRight')}</button></li>`;
    return html`<h1 tabindex="-1">${t('form_review')}</h1>
      <p class="crumb">${t('form_answered', { n: session.counts().answered, of: session.counts().asked })}</p>
      ${checks.length ? html`<section class="card"><h2>${t('form_review_checks')}</h2><p class="hint">${t('form_review_checks_lead')}</p>
        <ul class="list">${checks.map((problem) => jump(problem, checkText(problem)))}</ul></section>` : nothing}
      ${missing.length ? html`<section class="card"><h2>${t('form_review_unanswered', { n: missing.length })}</h2><p class="hint">${t('form_review_unanswered_lead')}</p>
        <ul class="list">${missing.map((problem) => jump(problem, labelOf(problem.node)))}</ul></section>` : callout('good', t('form_review_ok'))}
      ${this.record?.replaces ? html`<div class="field"><label for="reason">${t('form_reason')}</label><input id="reason" .value=${this.record.reason} maxlength="300"
        @input=${(event: Event) => { this.record!.reason = (event.target as HTMLInputElement).value; this.desk.typed(); }} /></div>` : nothing}
      ${this.mission?.photos || this.extras.photos.length ? html`<section class="card">${this.extras.pictures(this.mission?.photos ?? false)}</section>` : nothing}
      ${this.mission?.position ? this.extras.position() : nothing}
      <details class="card"><summary>${t('form_remarks')}</summary><dl class="answers">${this.summary(session).map(([question, answer]) => html`<dt>${question}</dt><dd>${answer}</dd>`)}</dl></details>
      <div class="bar"><button type="button" class="button button-quiet" @click=${() => this.turn(last - 1)}>${icon('chevronLeft')}<span>${t('back')}</span></button>
        <button type="button" class="button button-main" @click=${this.send}>${icon('send')}${missing.length ? t('form_send_incomplete') : t('form_send')}</button></div>`;
  }

  private summary(session: FormSession): [string, string][] {
    return session.sections().flatMap((section) => section.nodes.flatMap(controls))
      .filter((node) => node.nodeType !== 'note' && node.currentState.instanceValue).map((node) => [labelOf(node), answerText(node)]);
  }

  // ---- acts ------------------------------------------------------------------------------------

  private turn(to: number, focus?: string): void {
    this.reviewing = to >= (this.session?.sections().length ?? 0);
    this.section = this.reviewing ? this.section : Math.max(0, to);
    void this.save();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const target = focus ? this.querySelector<HTMLElement>(`#q-${CSS.escape(focus)}`) : null;
      if (!target) window.scrollTo({ top: 0 });
      target?.scrollIntoView({ block: 'center' });
      (target?.querySelector<HTMLElement>('input, textarea, select, button') ?? this.querySelector<HTMLElement>('h1'))?.focus({ preventScroll: true });
    });
  }

  private speak(code: string): void {
    this.session?.setLanguage(code);
    Object.assign(this.record!, { language: code, isSpoken: true });
    void this.save();
    this.requestUpdate();
  }

  private makeDesk(): Desk {
    const screen = this;
    return {
      get zone() { return screen.mission?.zone ?? ''; },
      get photos() { return screen.mission?.photos ?? false; },
      get position() { return screen.mission?.position ?? false; },
      stations: null,
      takeStation: (code) => void this.takeStation(code),
      unfitText: (node) => screen.session?.unfitText(node),
      type: (node, typed) => screen.session?.type(node, typed),
      searches: new Map(),
      active: new Map(),
      changed: () => { void this.stationChanged(); void this.save(); this.requestUpdate(); },
      typed: () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.save(), TYPING_PAUSE);
        this.requestUpdate();
      },
      redraw: () => this.requestUpdate(),
      takePhoto: (node, file) => void this.photo(node, file),
      takePosition: (node) => this.position(node),
    };
  }

  private async longList(): Promise<void> {
    const all = await stationsOf(this.mission);
    if (all.length > WHOLE_LIST) this.desk.stations = all.map((row) => ({ value: row.code, label: [row.code, row.municipality, row.name].filter(Boolean).join(' · ') }));
  }

  /** A station that the engine was not given: open the draft again with it. Seldom, and quicker than giving it all of them. */
  private async takeStation(code: string): Promise<void> {
    await this.save();
    const session = await openForm({ ...this.record!, xml: this.session!.xml, unfit: Object.fromEntries(this.session!.unfit) }, false, code);
    session.setLanguage(this.session!.language);
    await this.takeUp(this.record!, session);
    session.prefill('station', code, true);
    this.desk.changed();
  }

  private async stationChanged(): Promise<void> {
    const code = this.session!.value('station');
    if (code === this.station) return;
    this.station = code;
    const station = (await stationsOf(this.mission)).find((row) => row.code === code);
    this.record!.stationName = station?.name ?? '';
    fillStation(this.session!, station);
    await this.save();
    this.requestUpdate();
  }

  /** Write the draft as it is now. One write after the other, so that an older state never lands on a newer one. */
  private save(): Promise<void> {
    clearTimeout(this.timer);
    const { session, record } = this;
    if (!session || !record || record.state !== 'draft' || this.clash) return Promise.resolve();
    this.saved = 'saving';
    this.saving = this.saving.then(async () => {
      if (record.state !== 'draft' || this.clash) return;
      const now = this.standing(session, record);
      if (now.all === this.known.all) {
        this.saved = 'saved';
        return this.requestUpdate();
      }
      const mine = now.answers !== this.known.answers;
      const station = session.value('station') || session.value('station_typed');
      try {
        const kept = await saveDraft(record, {
          xml: session.xml, unfit: Object.fromEntries(session.unfit), section: this.section, station, stationName: record.stationName || session.value('station_typed'),
          ...session.counts(),
        });
        this.saved = 'saved';
        // What another window saved is taken over where this one only turned a page; else the person chooses.
        if (kept === 'kept') this.known = this.standing(session, record);
        else if (mine) await this.clashed(kept);
        else await this.takeOther();
      } catch (error) {
        this.saved = 'failed';
        console.error(error);
      }
      this.requestUpdate();
    });
    return this.saving;
  }

  private readonly send = async (): Promise<void> => {
    const { session, record } = this;
    if (!session || !record || record.state !== 'draft') return;
    await this.save();
    if (this.clash || this.session !== session) return;
    const forced = session.problems().some((problem) => problem.kind === 'constraint');
    const urgent = record.kind === 'incident' || session.value('severity') === '3';
    const kept = await finish(record, { xml: session.xml, language: session.language || record.language, isForced: forced, urgent, summary: this.summary(session), ...session.counts() });
    if (kept !== 'kept') return this.clashed(kept);
    toast(`${t('form_in_outbox')} ${app.online ? '' : t('form_sent_when')}`.trim());
    go('records', true);
  };

  private async photo(node: UploadNode, file: File): Promise<void> {
    try {
      const row = await takePhoto(file, this.record!.owner, this.record!.uuid);
      node.setValue(new File([row.bytes], row.name, { type: row.type }));
      await putPhoto({ ...row, name: node.currentState.instanceValue || row.name });
      this.desk.changed();
    } catch (error) {
      toast(error instanceof PhotoError ? t(error.why) : t('form_not_saved'), 'bad');
    }
  }

  /** Coarse on purpose: three decimals are about a hundred metres. */
  private position(node: AnyControlNode): void {
    navigator.geolocation.getCurrentPosition((found) => {
      const text = `${found.coords.latitude.toFixed(3)} ${found.coords.longitude.toFixed(3)} 0 ${Math.max(100, Math.round(found.coords.accuracy))}`;
      (node as unknown as { setValue(value: string): void }).setValue(text);
      this.desk.changed();
    }, () => toast(t('form_position_failed'), 'bad'), { timeout: 20_000 });
  }
}

/** A difference as the person reads question and answers; nothing of what the form computes. */
function inWords(session: FormSession, { name, there, here }: Difference): Difference[] {
  const node = session.node(name);
  if (!node || node.nodeType === 'model-value') return [];
  const words = (value: string): string => (node.nodeType === 'select' ? value.split(' ').map((one) => node.getValueOption(one)?.label.asString ?? one).join(', ') : value);
  return [{ name: labelOf(node) || name, there: words(there), here: words(here) }];
}

/** A problem as a sentence on the last page. */
function checkText(problem: Problem): string {
  if (problem.kind === 'warning') return problem.text;
  const why = problem.kind === 'unfit' ? `${t('form_unfit', { typed: problem.text })} ${unfitText(problem.node)}` : problem.text || t('form_value_odd');
  return `${labelOf(problem.node)}: ${why}`;
}

customElements.define('form-screen', FormScreen);
