/**
 * What all screens share: who is here, what they have, and what the network is doing. One object; screens draw it again on `change`.
 * The truth is in the store; this is its picture in memory.
 */
import { pick, setLanguage } from './i18n.ts';
import { defaultMission } from './missions.ts';
import { getSetting, listPeople, listRecords, patchPerson, photosIn, setSetting } from './store.ts';
import { flush, isTooOld, nextWake, OLDEST, refresh, type FlushReport } from './sync.ts';
import { IDLE } from './lock.ts';
import { isQueued, loosePhotos, weightOf } from './queue.ts';
import type { MissionInfo, PersonRow, PhotoRow, RecordRow } from './types.ts';

const REFRESH_EVERY = 5 * 60_000;
const REMEMBER = 'scrutin-enrolled';

export class AppState extends EventTarget {
  people: PersonRow[] = [];
  person: PersonRow | null = null;
  records: RecordRow[] = [];
  /** Photos that wait although their record is with the server; without their bytes. */
  photos: PhotoRow[] = [];
  /** Photos that the server did not take; without their bytes. */
  badPhotos: PhotoRow[] = [];
  /** What the outbox will cost, in bytes. */
  weight = 0;
  /** The server understands only newer apps; records are kept until this one is updated. */
  tooOld = false;
  /** Who typed their PIN since the app was started or left. */
  private opened: string | null = null;
  private hiddenAt = 0;
  theme = 'auto';
  online = navigator.onLine;
  syncing = false;
  lastReport: FlushReport | null = null;
  /** A new service worker waits to take over. */
  update: ServiceWorker | null = null;
  /** The browser threw the store away although someone was enrolled. */
  storageLost = false;
  installPrompt: { prompt(): Promise<unknown> } | null = null;
  ready = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private refreshedAt = 0;
  private running: Promise<FlushReport | null> | null = null;
  private again = false;

  async start(): Promise<void> {
    await this.reload();
    this.theme = await getSetting('theme', 'auto');
    this.applyTheme();
    this.storageLost = !this.people.length && localStorage.getItem(REMEMBER) !== null;
    setLanguage(await getSetting('language', this.person?.language ?? navigator.language));
    this.ready = true;
    this.tell();
    window.addEventListener('online', () => this.wentOnline(true));
    window.addEventListener('offline', () => this.wentOnline(false));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') this.hiddenAt = Date.now();
      else {
        if (this.hiddenAt && Date.now() - this.hiddenAt > IDLE) this.close();
        void this.sync();
      }
    });
    if (this.person) void navigator.storage?.persist?.().catch(() => false);
    void this.sync();
  }

  // ---- one person at a time --------------------------------------------------------------------

  /** The person in hand has a PIN that was not typed yet. */
  get locked(): boolean {
    return Boolean(this.person?.lock) && this.opened !== this.person?.uuid;
  }

  open(): void {
    this.opened = this.person?.uuid ?? null;
    this.tell();
  }

  close(): void {
    this.opened = null;
    this.tell();
  }

  /** Read the store again and tell the screens. */
  async reload(): Promise<void> {
    this.people = await listPeople();
    const here = this.people.filter((row) => !row.signedOut);
    const current = await getSetting<string | null>('person', null);
    this.person = here.find((row) => row.uuid === current) ?? here[0] ?? null;
    this.records = this.person ? await listRecords(this.person.uuid) : [];
    const own = async (state: 'waiting' | 'refused'): Promise<PhotoRow[]> =>
      (await photosIn(state)).filter((row) => row.owner === this.person?.uuid).map((row) => ({ ...row, bytes: new ArrayBuffer(0) }));
    const photos = await own('waiting');
    this.photos = loosePhotos(photos, this.records);
    this.badPhotos = await own('refused');
    this.weight = weightOf(this.records, photos);
    this.tooOld = isTooOld(await getSetting(OLDEST, ''));
    this.tell();
  }

  tell(): void {
    this.dispatchEvent(new Event('change'));
  }

  async choosePerson(uuid: string): Promise<void> {
    this.opened = null;
    await setSetting('person', uuid);
    localStorage.setItem(REMEMBER, '1');
    this.storageLost = false;
    await this.reload();
    const known = await getSetting<string | null>('language', null);
    setLanguage(known ?? this.person?.language);
    this.tell();
  }

  async chooseLanguage(code: string): Promise<void> {
    await setSetting('language', code);
    setLanguage(code);
    this.tell();
  }

  async chooseTheme(theme: string): Promise<void> {
    this.theme = theme;
    await setSetting('theme', theme);
    this.applyTheme();
    this.tell();
  }

  private applyTheme(): void {
    document.documentElement.dataset['theme'] = this.theme;
  }

  forgetEnrolment(): void {
    localStorage.removeItem(REMEMBER);
  }

  // ---- the mission in hand ---------------------------------------------------------------------

  get missions(): MissionInfo[] {
    return this.person?.bootstrap?.missions ?? [];
  }

  /** What the person chose last; it is kept with the person, so that no restart sends work into another mission. */
  get mission(): MissionInfo | null {
    const chosen = this.missions.find((row) => row.reference === this.person?.mission);
    return chosen ?? defaultMission(this.missions, this.person?.codeMission, this.now());
  }

  async chooseMission(reference: string): Promise<void> {
    if (!this.person) return;
    await patchPerson(this.person.uuid, { mission: reference });
    await this.reload();
  }

  /** The name of a record's mission, where the person has more than one; else nothing needs saying. */
  missionName(reference: string): string {
    if (this.missions.length < 2) return '';
    const title = pick(this.missions.find((row) => row.reference === reference)?.title);
    return title ? `${title} (${reference})` : reference;
  }

  /** The time as the server has it, so that a phone whose clock is wrong still shows the right day. */
  now(): Date {
    return new Date(Date.now() + (this.person?.clockSkew ?? 0));
  }

  get waiting(): number {
    return this.records.filter(isQueued).length + this.photos.length;
  }

  /** Records and photos that the server did not take: they wait for the person. */
  get refused(): number {
    return this.records.filter((row) => row.state === 'refused').length + this.badPhotos.length;
  }

  // ---- network ---------------------------------------------------------------------------------

  private wentOnline(online: boolean): void {
    this.online = online;
    this.tell();
    if (online) void this.sync(true);
  }

  /**
   * Send what waits, fetch what is new, and set the alarm for the next try. Safe to call at any time: what is asked for while it runs is
   * done in a round of its own afterwards, for the people and the records there are by then.
   */
  sync(force = false): Promise<FlushReport | null> {
    if (this.running) {
      this.again ||= force;
      return this.running;
    }
    this.running = this.rounds(force).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async rounds(force: boolean): Promise<FlushReport | null> {
    let report = await this.round(force);
    while (this.again) {
      this.again = false;
      report = await this.round(true);
    }
    return report;
  }

  private async round(force: boolean): Promise<FlushReport | null> {
    if (!this.people.length) return null;
    if (!navigator.onLine) {
      void this.askForBackgroundSync();
      return null;
    }
    this.syncing = true;
    this.tell();
    try {
      const report = await flush(force);
      this.lastReport = report;
      const old = Date.now() - this.refreshedAt > REFRESH_EVERY;
      // Another person's trouble on this phone is no reason not to look for one's own news.
      const reachable = force || report.problem?.kind !== 'network';
      if (this.person && reachable && (force || old || report.stale)) await this.fetchNew();
    } finally {
      this.syncing = false;
      await this.reload();
      await this.setAlarm();
    }
    return this.lastReport;
  }

  private async fetchNew(): Promise<void> {
    const { problem } = await refresh(this.person!.uuid);
    if (problem) this.lastReport = { ...this.lastReport!, problem };
    else this.refreshedAt = Date.now();
  }

  private async setAlarm(): Promise<void> {
    clearTimeout(this.timer);
    const wait = await nextWake();
    if (wait === null) return;
    this.timer = setTimeout(() => void this.sync(), Math.max(wait, 500));
    void this.askForBackgroundSync();
  }

  /** Where the browser has it, the service worker sends even after the app was closed. */
  private async askForBackgroundSync(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    try {
      const registration = await navigator.serviceWorker.getRegistration();
      const manager = (registration as unknown as { sync?: { register(tag: string): Promise<void> } })?.sync;
      await manager?.register('outbox');
    } catch {
      // Not allowed or not there (iOS, Firefox): start, `online` and the button remain.
    }
  }
}

export const app = new AppState();
