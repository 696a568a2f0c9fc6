import { describe, expect, it } from 'vitest';
import { afterResult, backoff, due, nextBatch, nextDue, toItem } from './queue.ts';
import { recordRow } from './testing/rows.ts';
import type { SyncResult } from './types.ts';

const result = (row: { uuid: string }, what: string, more: object = {}): SyncResult => ({ uuid: row.uuid, kind: 'observation', result: what, ...more }) as SyncResult;

describe('a correction', () => {
  it('names what it replaces beside the form as well', () => {
    expect(toItem(recordRow({ replaces: 'old' }), [])).toMatchObject({ kind: 'observation', replaces: 'old' });
  });
});

describe('waiting', () => {
  it('doubles from one second to five minutes, with jitter below', () => {
    expect([0, 1, 2, 3].map((tries) => backoff(tries, () => 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backoff(30, () => 1)).toBe(300_000);
    expect(backoff(0, () => 0)).toBe(750);
  });

  it('takes danger first, then the oldest, and leaves what is not due', () => {
    const old = recordRow(), young = recordRow(), urgent = recordRow({ urgent: true }), later = recordRow({ nextAt: 5000 }), draft = recordRow({ state: 'draft' });
    expect(due([draft, later, young, urgent, old], 1000).map((row) => row.uuid)).toEqual([urgent.uuid, old.uuid, young.uuid]);
    expect(due([later, draft], 1000, true)).toEqual([later]);
  });

  it('takes up what a killed app left as sending', () => {
    expect(due([recordRow({ state: 'sending' })], 0)).toHaveLength(1);
  });

  it('knows when to wake up', () => {
    expect(nextDue([recordRow({ state: 'sent' }), recordRow({ nextAt: 7 }), recordRow({ nextAt: 3 })])).toBe(3);
    expect(nextDue([recordRow({ state: 'refused' })])).toBeNull();
  });
});

describe('a batch', () => {
  it('keeps to number and size, and always holds one', () => {
    const rows = Array.from({ length: 60 }, () => recordRow());
    expect(nextBatch(rows)).toHaveLength(50);
    expect(nextBatch(rows, 3)).toHaveLength(3);
    expect(nextBatch([recordRow({ xml: 'x'.repeat(2_000_000) }), recordRow()])).toHaveLength(1);
  });

  it('speaks the words of the protocol', () => {
    const row = recordRow({ isForced: true, reason: 'wrong number' });
    const item = toItem(row, []);
    expect(item).toMatchObject({ kind: 'observation', uuid: row.uuid, mission: 'BG-2026-1', xml: row.xml, is_forced: true, reason: 'wrong number', attachments: [] });
    const note = { text: 'Queue', topic: 'L04', station: '', meeting: null, place: '', at: row.startedAt, severity: 1, source: 'seen' };
    expect(toItem(recordRow({ kind: 'note', note }), [])).toMatchObject({ kind: 'note', ...note, replaces: null });
  });
});

describe('an answer', () => {
  const row = recordRow({ tries: 3, state: 'sending' });

  it.each(['created', 'already', 'revision'])('%s: sent', (what) => {
    expect(afterResult(row, result(row, what, { severity: 3, flags: { B10: 3 } }), 0)).toMatchObject({ state: 'sent', tries: 0, severity: 3, flags: { B10: 3 } });
  });

  it('conflict and refused stop, with the reason', () => {
    expect(afterResult(row, result(row, 'conflict'), 0).state).toBe('conflict');
    expect(afterResult(row, result(row, 'refused', { code: 'form', detail: 'No such form.' }), 0)).toEqual({ state: 'refused', code: 'form', detail: 'No such form.' });
  });

  it.each(['later', 'something of a newer server'])('%s: waits, nothing lost', (what) => {
    expect(afterResult(row, result(row, what), 1000, () => 1)).toMatchObject({ state: 'waiting', tries: 4, nextAt: 9000 });
  });
});
