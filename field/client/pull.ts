/** Fetching what the phone needs off line (docs/sync.md 3) and merging what changed on the server (5). */
import { ask, foreign } from './api.ts';
import { dropFile, getFile, listFiles, listRecords, mergeRecord, patchPerson, putFile } from './store.ts';
import type { Bootstrap, Change, FormInfo, MissionInfo, NoteAnswers, PersonRow, RecordRow, Station, SyncAnswer } from './types.ts';

interface Wanted { url: string; hash: string }

/** Bring programme, stations and forms up to date. What is here already stays usable until the new whole has arrived. */
export async function pull(person: PersonRow): Promise<boolean> {
  const headers: Record<string, string> = person.etag ? { 'If-None-Match': person.etag } : {};
  const answer = await ask<Bootstrap>('bootstrap/', { token: person.token, headers });
  const bootstrap = answer.status === 304 ? person.bootstrap : answer.data;
  if (!bootstrap) return false;
  if (!Array.isArray(bootstrap.missions) || !bootstrap.person || !bootstrap.device) throw foreign(answer.status);
  const wanted = filesOf(bootstrap);
  for (const file of wanted) await fetchFile(person, file);
  const changed = answer.status !== 304;
  const skew = Date.parse(bootstrap.server_time) - Date.now();
  await patchPerson(person.uuid, {
    bootstrap, etag: changed ? answer.etag : person.etag, pulledAt: new Date().toISOString(), device: bootstrap.device,
    name: bootstrap.person.name, zone: bootstrap.person.zone, ...(changed ? { clockSkew: Number.isNaN(skew) ? 0 : skew } : {}),
  });
  await tidyFiles(person.uuid, wanted);
  await fetchChanges({ ...person, bootstrap });
  return changed;
}

export function filesOf(bootstrap: Bootstrap): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const mission of bootstrap.missions) {
    if (mission.stations) wanted.set(mission.stations.url, mission.stations);
    for (const form of mission.forms) {
      wanted.set(form.url, form);
      for (const media of form.media) wanted.set(media.url, media);
    }
  }
  return [...wanted.values()];
}

async function fetchFile(person: PersonRow, file: Wanted): Promise<void> {
  const own = await getFile(person.uuid, file.url);
  if (own && own.hash === file.hash) return;
  const { data } = await ask<string>(file.url, { token: person.token, text: true, seconds: 120 });
  await putFile(person.uuid, file.url, file.hash, data);
}

/** Drop files that neither the new plan nor a record that may still be opened needs. */
async function tidyFiles(owner: string, wanted: Wanted[]): Promise<void> {
  const keep = new Set(wanted.map((file) => file.url));
  for (const row of await listRecords(owner)) {
    if (row.fromServer && !row.xml) continue;
    if (row.formUrl) keep.add(row.formUrl);
    for (const media of row.media ?? []) keep.add(media.url);
  }
  for (const file of await listFiles(owner)) if (!keep.has(file.url)) await dropFile(owner, file.url);
}

async function fetchChanges(person: PersonRow): Promise<void> {
  let cursor = person.cursor;
  for (let page = 0; page < 100; page += 1) {
    const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
    const { data } = await ask<SyncAnswer>(`changes/${query}`, { token: person.token });
    if (typeof data?.server_time !== 'string' && !Array.isArray(data?.changes)) throw foreign(200);
    await mergeChanges(person, data.changes ?? []);
    if (data.cursor) await patchPerson(person.uuid, { cursor: (cursor = data.cursor) });
    if (!data.has_more) return;
  }
}

/** Take over the server's view of records. A record that this phone has not sent yet is never touched. */
export async function mergeChanges(person: PersonRow, changes: Change[]): Promise<void> {
  if (!changes.length) return;
  const names = await stationNames(person, changes);
  for (const change of changes) await mergeRecord(change.uuid, (own) => fromChange(person, change, own, names));
}

/** Names of the stations, by mission and code, from the lists on this phone. */
async function stationNames(person: PersonRow, changes: Change[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const reference of new Set(changes.map((change) => change.mission))) {
    const url = missionOf(person, reference)?.stations?.url;
    const file = url ? await getFile(person.uuid, url) : undefined;
    for (const row of file ? (JSON.parse(file.text) as Station[]) : []) names.set(`${reference}|${row.code}`, row.name);
  }
  return names;
}

const missionOf = (person: PersonRow, reference: string): MissionInfo | undefined => person.bootstrap?.missions.find((row) => row.reference === reference);

function fromChange(person: PersonRow, change: Change, own: RecordRow | undefined, names: Map<string, string>): RecordRow {
  const base = own ?? bare(person, change);
  const form = formOf(person, change);
  return {
    ...base, ...(base.fromServer ? known(change, form) : {}), state: 'sent', severity: change.severity ?? null, flags: change.flags ?? {},
    isIncomplete: change.is_incomplete ?? false, replacedBy: change.replaced_by, number: change.number ?? base.number, answers: change.answers ?? base.answers,
    station: change.station || base.station, stationName: nameFor(base, change, names), team: change.team ?? base.team, ...(change.attachments ? { pictures: change.attachments } : {}),
  };
}

/** The name that is kept here, unless the record was set to another station meanwhile. */
function nameFor(base: RecordRow, change: Change, names: Map<string, string>): string {
  const isSame = !change.station || change.station === base.station;
  return (isSame && base.stationName) || names.get(`${change.mission}|${change.station}`) || '';
}

const formOf = (person: PersonRow, change: Change): FormInfo | undefined => missionOf(person, change.mission)?.forms.find((one) => one.form === change.form);

function bare(person: PersonRow, change: Change): RecordRow {
  return {
    uuid: change.uuid, owner: person.uuid, mission: change.mission, kind: change.kind, state: 'sent', form: change.form,
    version: change.version, title: {}, stop: null, station: change.station ?? '',
    startedAt: change.finished_at, finishedAt: change.finished_at, updatedAt: change.received_at, language: '', isForced: false,
    reason: '', replaces: change.replaces, replacedBy: change.replaced_by, urgent: false, section: 0, answered: 0, asked: 0, tries: 0,
    nextAt: 0, sentAt: change.received_at, code: '', detail: '', severity: null, flags: {}, isIncomplete: false, isUnmatched: false,
    number: '', fromServer: true, isMine: change.is_mine, team: change.team,
  };
}

/** What a record from another phone needs so that it can be read here, and corrected by whoever made it. */
function known(change: Change, form: FormInfo | undefined): Partial<RecordRow> {
  if (change.kind === 'note') return { note: noteOf(change), position: change.position ?? null };
  const found: Partial<RecordRow> = { position: change.position ?? null, ...(form ? { title: form.title, formId: form.form_id } : {}) };
  // Another version than the one in use stays readable as answers; its definition is not kept here.
  if (form && form.version === change.version) Object.assign(found, { formUrl: form.url, media: form.media });
  if (change.xml) found.xml = change.xml;
  return found;
}

function noteOf(change: Change): NoteAnswers {
  const told = (change.answers ?? {}) as Partial<NoteAnswers>;
  return {
    text: told.text ?? '', topic: told.topic ?? '', station: change.station ?? '', meeting: told.meeting ?? null, place: told.place ?? '',
    at: change.finished_at, severity: change.severity ?? 0, source: told.source ?? 'seen',
  };
}
