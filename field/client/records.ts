/** Making, saving and finishing records: the steps between a screen and the store. */
import { fetchPhotos } from './attachments.ts';
import { app } from './state.ts';
import { cutDown } from './csv.ts';
import { FormSession, metaOf, withDeprecated } from './form.ts';
import { dayOf } from './i18n.ts';
import { addCorrection, getFile, keepRecord, listPhotos, putPhoto, putRecord, type Kept } from './store.ts';
import type { FormInfo, ItemKind, MissionInfo, NoteAnswers, RecordRow, RecordState, Station, Stop, Texts } from './types.ts';

/** A form or a list this phone has not fetched yet. */
export class NotHere extends Error {}

export const INCIDENT = 'I';
/** Time and danger: the first two things a coordinator asks. */
const INCIDENT_FIRST = ['I01', 'I06'];
export const stageOf = (kind: string): string => (kind.startsWith('closing') ? 'closing' : kind);
export const observationForms = (mission: MissionInfo | null): FormInfo[] => (mission?.forms ?? []).filter((form) => form.form !== INCIDENT);
export const incidentForm = (mission: MissionInfo | null): FormInfo | undefined => mission?.forms.find((form) => form.form === INCIDENT);
export const formForStop = (mission: MissionInfo | null, stop: Stop): FormInfo | undefined =>
  observationForms(mission).find((form) => stageOf(form.stage) === stageOf(stop.kind));

let stationCache: { key: string; rows: Station[] } = { key: '', rows: [] };

/** The mission's station list, parsed once. */
export async function stationsOf(mission: MissionInfo | null): Promise<Station[]> {
  const owner = app.person?.uuid;
  if (!mission?.stations || !owner) return [];
  const file = await getFile(owner, mission.stations.url);
  if (!file) return [];
  if (stationCache.key !== file.key + file.hash) stationCache = { key: file.key + file.hash, rows: JSON.parse(file.text) as Station[] };
  return stationCache.rows;
}

export const myStops = (mission: MissionInfo | null): Stop[] => {
  const mine = new Set((mission?.teams ?? []).filter((team) => team.is_mine).map((team) => team.uuid));
  return (mission?.stops ?? []).filter((stop) => mine.has(stop.team)).sort((a, b) => (a.planned_at ?? '').localeCompare(b.planned_at ?? '') || a.order - b.order);
};

// ---- forms -------------------------------------------------------------------------------------

/** Up to this many stations the engine holds the whole list; above, only those of the team and the one chosen. */
export const WHOLE_LIST = 1000;
const STATIONS = 'stations.csv';

interface Source { url: string; media: { name: string; url: string; hash: string }[]; key: string }

/** Open a form from what this phone keeps; `NotHere` when its definition was never fetched. */
async function definitionOf(owner: string, source: Source, codes: string[]): Promise<{ key: string; xml: string; media: Map<string, string> }> {
  const xml = await getFile(owner, source.url);
  if (!xml) throw new NotHere(source.url);
  const media = new Map<string, string>();
  let key = `${owner}|${source.key}|${xml.hash}`;
  for (const item of source.media) {
    const file = await getFile(owner, item.url);
    const list = item.name === STATIONS && file ? cutDown(file.text, codes, WHOLE_LIST) : null;
    if (file) media.set(item.name, list?.text ?? file.text);
    key += `${file?.hash ?? ''}${list?.isCut ? codes.join() : ''}`;
  }
  return { key, xml: xml.text, media };
}

export interface NewForm { form: FormInfo; stop?: Stop; station?: string; answers?: Record<string, string> }

/** A new draft: the engine makes its UUID, the app fills what it knows, the store keeps it before the first question is seen. */
export async function startForm(mission: MissionInfo, wish: NewForm): Promise<{ record: RecordRow; session: FormSession }> {
  const person = app.person!;
  const { form, stop } = wish;
  const codes = stationCodes(mission, stop?.station ?? wish.station);
  const definition = await definitionOf(person.uuid, { url: form.url, media: form.media, key: form.form_id + form.version }, codes);
  const session = await FormSession.open({ definition, language: document.documentElement.lang, deviceId: person.device.uuid, first: form.form === INCIDENT ? INCIDENT_FIRST : [] });
  const stations = await stationsOf(mission);
  const station = stations.find((row) => row.code === (stop?.station ?? wish.station));
  const today = dayOf(app.now(), mission.zone);
  const mine = mission.teams.filter((row) => row.is_mine);
  const team = mine.find((row) => row.uuid === stop?.team) ?? mine.find((row) => row.day === today) ?? mine[0];
  session.prefill('H01', team?.name);
  if (stop && !station && stop.place) session.prefill('station_typed', stop.place);
  fillStation(session, station);
  session.prefill('H07', localTime(mission.zone));
  if (form.form === INCIDENT) session.prefill('I01', localDateTime());
  for (const [name, value] of Object.entries(wish.answers ?? {})) session.prefill(name, value, true);
  const record = newRecord({
    uuid: session.uuid, owner: person.uuid, mission: mission.reference, kind: form.form === INCIDENT ? 'incident' : 'observation', title: form.title,
  });
  Object.assign(record, {
    form: form.form, formId: form.form_id, version: form.version, formUrl: form.url, media: form.media, stop: stop?.uuid ?? null,
    station: station?.code ?? '', stationName: station?.name ?? stop?.place ?? '', urgent: form.form === INCIDENT, xml: session.xml,
  });
  await putRecord(record);
  return { record, session };
}

/** Setting, kind and municipality follow the station, unless the observer has said otherwise. */
export function fillStation(session: FormSession, station: Station | undefined): void {
  if (!station) return;
  session.prefill('station', station.code);
  session.prefill('H04', station.municipality);
  session.prefill('H05', station.setting);
  session.prefill('H06', station.kind);
}

/** The stations of the team and the one in hand. */
function stationCodes(mission: MissionInfo | null | undefined, chosen: string | null | undefined): string[] {
  const mine = myStops(mission ?? null).map((stop) => stop.station);
  return [...new Set([...mine, chosen])].filter((code): code is string => Boolean(code)).sort();
}

/**
 * Take up a draft where it was left, also after the browser was killed; with `edit`, begin a correction of a sent record. `station`
 * is one that is about to be chosen.
 */
export async function openForm(record: RecordRow, edit = false, station = record.station): Promise<FormSession> {
  const owner = record.owner;
  const mission = app.missions.find((row) => row.reference === record.mission);
  const definition = await definitionOf(owner, { url: record.formUrl ?? '', media: record.media ?? [], key: `${record.formId}${record.version}` }, stationCodes(mission, station));
  const photos = await listPhotos(record.uuid);
  const files = photos.map((photo) => new File([photo.bytes], photo.name, { type: photo.type }));
  return FormSession.open({
    definition, language: record.isSpoken ? record.language : document.documentElement.lang, deviceId: app.person!.device.uuid, xml: record.xml ?? '', edit, files,
    replaces: record.replaces, unfit: edit ? {} : record.unfit, first: record.form === INCIDENT ? INCIDENT_FIRST : [],
  });
}

/**
 * A correction is a new record that names the old one; the old one stays as it was sent. There is one at a time: what is already begun
 * is answered instead of a second one. Photos that another phone took are fetched first: without a network that is an ApiError.
 */
export async function startCorrection(old: RecordRow): Promise<RecordRow> {
  await fetchPhotos(app.person!, old);
  const now = new Date().toISOString();
  const fresh: RecordRow = {
    ...old, state: 'draft', startedAt: old.startedAt, finishedAt: null, updatedAt: now, replaces: old.uuid, replacedBy: null, section: 0, tries: 0,
    nextAt: 0, sentAt: null, code: '', detail: '', severity: null, flags: {}, number: '', reason: '', isForced: false, fromServer: false, rev: 0, unfit: {}, pictures: undefined,
  };
  if (old.kind === 'note') fresh.uuid = crypto.randomUUID();
  else {
    const session = await openForm(old, true);
    // The record may have been set to another station since it was written.
    session.prefill('station', old.station, true);
    fresh.uuid = session.uuid;
    fresh.xml = withDeprecated(session.xml, old.uuid);
  }
  const kept = await addCorrection(fresh);
  if (kept.uuid !== fresh.uuid) return kept;
  await copyPhotos(old.uuid, fresh.uuid);
  return fresh;
}

/** The photos of one record for another one that takes its place; they are sent with it. */
async function copyPhotos(from: string, to: string): Promise<void> {
  for (const photo of await listPhotos(from)) await putPhoto({ ...photo, uuid: crypto.randomUUID(), record: to, state: 'draft', tries: 0, nextAt: 0, code: '', detail: '' });
}

/** The record that corrects this one, as far as this phone knows; drafts included. */
export const correctionOf = (uuid: string): RecordRow | undefined => app.records.find((row) => row.replaces === uuid);

/** Other windows of the same phone hear when a draft was written. */
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('scrutin-records');

export function onWritten(heard: (uuid: string) => void): () => void {
  const listener = (event: MessageEvent): void => heard(String(event.data));
  channel?.addEventListener('message', listener);
  return () => channel?.removeEventListener('message', listener);
}

/** Save a draft as it stands, unless another window was quicker or it has left the drafts. */
export async function saveDraft(record: RecordRow, patch: Partial<RecordRow>): Promise<Kept> {
  const fresh: RecordRow = { ...record, ...patch, updatedAt: new Date().toISOString() };
  const kept = await keepRecord(fresh, ['draft']);
  if (kept === 'kept') {
    Object.assign(record, fresh);
    channel?.postMessage(record.uuid);
  }
  return kept;
}

/**
 * What was typed in this window while another one went on: a draft of its own. If the record was sent there, it is a correction of it,
 * so that nothing counts twice.
 */
export async function keepCopy(record: RecordRow, there: RecordRow | undefined, xml = record.xml): Promise<RecordRow> {
  const uuid = crypto.randomUUID();
  const replaces = there && there.state !== 'draft' ? there.uuid : record.replaces;
  const own = xml?.replace(/(<(?:\w+:)?instanceID(?:\s[^>]*)?>\s*uuid:)[^<\s]+/, `$1${uuid}`);
  const copy: RecordRow = { ...record, uuid, xml: own && replaces ? withDeprecated(own, replaces) : own, state: 'draft', replaces, rev: 0, updatedAt: new Date().toISOString() };
  await putRecord(copy);
  await copyPhotos(record.uuid, uuid);
  return copy;
}

/** Put a draft into the outbox (with its photos): from here on it only changes by the server's answer. */
export async function finish(record: RecordRow, patch: Partial<RecordRow> = {}, from: RecordState[] = ['draft']): Promise<Kept> {
  const now = new Date().toISOString();
  const ready: RecordRow = { ...record, finishedAt: now, ...patch, state: 'waiting', updatedAt: now, tries: 0, nextAt: 0, code: '', detail: '', unfit: {} };
  if (ready.xml && metaOf(ready.xml, 'instanceID') !== ready.uuid) throw new Error('instanceID');
  const kept = await keepRecord(ready, from, true);
  if (kept === 'kept') {
    Object.assign(record, ready);
    channel?.postMessage(record.uuid);
  }
  await app.reload();
  if (kept === 'kept') void app.sync(true);
  return kept;
}

// ---- notes -------------------------------------------------------------------------------------

export async function startNote(mission: MissionInfo, station = ''): Promise<RecordRow> {
  const note: NoteAnswers = { text: '', topic: '', station, meeting: null, place: '', at: new Date().toISOString(), severity: 0, source: 'seen' };
  const record = newRecord({ uuid: crypto.randomUUID(), owner: app.person!.uuid, mission: mission.reference, kind: 'note', title: {} });
  Object.assign(record, { note, station });
  return record;
}

interface Start { uuid: string; owner: string; mission: string; kind: ItemKind; title: Texts }

function newRecord(start: Start): RecordRow {
  const now = new Date().toISOString();
  return {
    ...start, state: 'draft', startedAt: now, finishedAt: null, updatedAt: now, language: document.documentElement.lang, isForced: false,
    reason: '', replaces: null, replacedBy: null, urgent: false, section: 0, answered: 0, asked: 0, tries: 0, nextAt: 0, sentAt: null, code: '',
    detail: '', severity: null, flags: {}, isIncomplete: false, isUnmatched: false, number: '', fromServer: false, isMine: true,
  };
}

/** Now, as a date and time question wants it. */
export function localDateTime(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The wall clock where the mission is, as HH:MM. */
export function localTime(zone?: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(app.now());
  } catch {
    return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(app.now());
  }
}
