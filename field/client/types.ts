/** The words of docs/sync.md as types, and the rows the phone keeps. */

export type Lang = 'en' | 'fr' | 'de';
export type Texts = Partial<Record<Lang, string>>;

// ---- what the server sends (docs/sync.md 2, 3) -------------------------------------------------

export interface PersonInfo { uuid: string; name: string; language: string; zone: string }
export interface DeviceInfo { uuid: string; name: string; expires_at: string | null }
/** `mission` is the one the code was made for; a server that does not say leaves it out. */
export interface EnrolAnswer { token: string; device: DeviceInfo; person: PersonInfo; missions: string[]; mission?: string }

export interface Meeting {
  uuid: string; title: string; kind: string; starts_at: string; ends_at: string; local_start: string; zone: string;
  place: string; link: string; state: string; notes?: string; participants?: string[];
}
export interface TeamMember { uuid: string; name: string; role: string; phone?: string }
export interface Team { uuid: string; name: string; day: string; is_mine: boolean; area?: string; members: TeamMember[] }
export interface Stop {
  uuid: string; team: string; kind: string; station: string | null; place: string; planned_at: string | null; order: number;
  outcome: string; reason: string;
}
export interface MediaInfo { name: string; hash: string; url: string }
export interface FormInfo {
  form: string; form_id: string; version: string; stage: string; title: Texts; languages: string[]; hash: string; url: string; media: MediaInfo[];
}
export interface Station {
  code: string; name: string; address?: string; municipality?: string; district?: string; setting?: string; kind?: string;
  voters?: number | null; lat?: number | null; lon?: number | null;
}
export interface Contact { name: string; role: string; phone?: string; email?: string }
export interface PollingDay { date: string; opens_at: string; closes_at: string; round: number }
export interface MissionInfo {
  reference: string; title: Texts; state: string; zone: string; country: string; role: string; is_open: boolean;
  polling_days: PollingDay[]; photos: boolean; position: boolean; emergency_number: string; contacts: Contact[];
  code_of_conduct: { version: string; language: string; text: string; accepted_at: string | null } | null;
  programme: Meeting[]; teams: Team[]; stops: Stop[];
  stations: { count: number; hash: string; url: string } | null; forms: FormInfo[];
}
export interface Bootstrap {
  server_time: string; person: PersonInfo; device: DeviceInfo; topics: { code: string; name: Texts }[]; missions: MissionInfo[]; cursor: string | null;
}

// ---- what the phone sends (docs/sync.md 4) -----------------------------------------------------

export type ItemKind = 'observation' | 'incident' | 'note' | 'move';
export interface AttachmentInfo { uuid: string; name: string; sha256: string; size: number }
export interface Position { lat: number; lon: number }
export interface SyncItem { kind: ItemKind; uuid: string; mission: string; [key: string]: unknown }
export interface SyncResult {
  uuid: string; kind: ItemKind; result: 'created' | 'already' | 'revision' | 'conflict' | 'refused' | 'later';
  code?: string; detail?: string; waiting?: boolean; severity?: number | null; flags?: Record<string, number>;
  is_incomplete?: boolean; is_unmatched?: boolean; number?: string;
}
export interface Change {
  kind: ItemKind; uuid: string; root?: string; replaces: string | null; replaced_by: string | null; mission: string; form?: string; version?: string;
  station?: string; team?: string; is_mine: boolean; finished_at: string; received_at: string; severity?: number | null;
  flags?: Record<string, number>; is_incomplete?: boolean; state?: string; answers?: Record<string, unknown>; number?: string; text?: string;
  /** The instance of one's own record that was made on another phone, so that it can be corrected here. */
  xml?: string;
  /** Photos of one's own record that another phone took: fetched when it is corrected here. */
  attachments?: AttachmentInfo[];
  position?: Position | null;
}
export interface SyncAnswer {
  server_time: string; results: SyncResult[]; cursor: string | null; changes?: Change[]; has_more?: boolean; bootstrap?: string;
  /** The oldest app that this server understands. */
  oldest_app?: string;
}

// ---- rows on the phone -------------------------------------------------------------------------

/** One person enrolled on this phone. `token` stays after signing out until nothing of theirs waits. */
export interface PersonRow {
  uuid: string; name: string; language: string; zone: string; device: DeviceInfo; token: string | null;
  etag: string | null; cursor: string | null; bootstrap: Bootstrap | null; pulledAt: string | null;
  signedOut: boolean;
  /** The mission the code was made for, and the one this person chose last. */
  codeMission?: string | null;
  mission?: string | null;
  /** Why the server no longer takes this phone (`device_revoked`, ...); null while all is well. */
  blocked: string | null;
  /** The person's own PIN on this phone (lock.ts), and how often it was typed wrongly. */
  lock?: Lock | null;
  /** Server clock minus phone clock, in milliseconds, at the last answer. */
  clockSkew: number;
}

/** A PIN as salted hash; after wrong tries nothing is asked before `until`. */
export interface Lock { salt: string; hash: string; rounds: number; wrong: number; until: number }

export type RecordState = 'draft' | 'waiting' | 'sending' | 'sent' | 'refused' | 'conflict';

export interface NoteAnswers {
  text: string; topic: string; station: string; meeting: string | null; place: string; at: string; severity: number; source: string;
}

/** One record. It is only ever removed by its owner (a draft) or after signing out (sent ones). */
export interface RecordRow {
  uuid: string; owner: string; mission: string; kind: ItemKind; state: RecordState;
  form?: string; formId?: string; version?: string; formUrl?: string; media?: MediaInfo[];
  title: Texts; stop?: string | null; station?: string; stationName?: string;
  xml?: string; note?: NoteAnswers; position?: Position | null;
  /** For a move: which record, and the code of the station it belongs to. */
  move?: { record: string; station: string };
  /** Photos that are on the server and were taken with another phone. */
  pictures?: AttachmentInfo[];
  startedAt: string; finishedAt: string | null; updatedAt: string; language: string;
  isForced: boolean; reason: string; replaces: string | null; replacedBy: string | null; urgent: boolean;
  section: number; answered: number; asked: number;
  /** The language was chosen in this form; otherwise it follows the app's. */
  isSpoken?: boolean;
  /** Counts the writes of a draft, so that a second window never writes over what the first one saved. */
  rev?: number;
  /** What was typed into a question and does not fit its type, by the question's path: shown again, never an answer. */
  unfit?: Record<string, string>;
  tries: number; nextAt: number; sentAt: string | null; code: string; detail: string;
  severity: number | null; flags: Record<string, number>; isIncomplete: boolean; isUnmatched: boolean; number: string;
  /** True for a record that came from the server (another phone, a team-mate, a wiped phone). */
  fromServer: boolean; isMine: boolean;
  /** Questions and answers as the observer read them when finishing. */
  summary?: [string, string][];
  answers?: Record<string, unknown>; team?: string;
}

export type PhotoState = 'draft' | 'waiting' | 'sent' | 'refused';
export interface PhotoRow {
  uuid: string; owner: string; record: string; name: string; type: string; size: number; sha256: string; bytes: ArrayBuffer;
  state: PhotoState; tries: number; nextAt: number; code: string; detail: string;
}
export interface FileRow { key: string; owner: string; url: string; hash: string; text: string }
