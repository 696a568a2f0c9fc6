/** Rows for tests. */
import type { PersonRow, RecordRow } from '../types.ts';
import { person } from './server.ts';

let number = 0;

export function personRow(uuid = 'p1', more: Partial<PersonRow> = {}): PersonRow {
  return {
    ...person(uuid), device: { uuid: `device-${uuid}`, name: 'Phone', expires_at: null }, token: `token-${uuid}`, etag: null, cursor: null,
    bootstrap: null, pulledAt: null, signedOut: false, blocked: null, clockSkew: 0, ...more,
  };
}

export function recordRow(more: Partial<RecordRow> = {}): RecordRow {
  number += 1;
  const uuid = more.uuid ?? `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const at = new Date(Date.UTC(2026, 10, 8, 8, number)).toISOString();
  return {
    uuid, owner: 'p1', mission: 'BG-2026-1', kind: 'observation', state: 'waiting', title: { en: 'Voting' }, form: 'B', stop: null,
    xml: `<data><meta><instanceID>uuid:${uuid}</instanceID></meta></data>`, startedAt: at, finishedAt: at, updatedAt: at, language: 'en', isForced: false,
    reason: '', replaces: null, replacedBy: null, urgent: false, section: 0, answered: 0, asked: 0, tries: 0, nextAt: 0, sentAt: null, code: '',
    detail: '', severity: null, flags: {}, isIncomplete: false, isUnmatched: false, number: '', fromServer: false, isMine: true, ...more,
  };
}
