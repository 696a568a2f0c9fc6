import { describe, expect, it } from 'vitest';
import { defaultMission, othersOf } from './missions.ts';
import type { Meeting, MissionInfo } from './types.ts';

const mission = (reference: string, date: string | null, more: Partial<MissionInfo> = {}): MissionInfo => ({
  reference, title: { en: reference }, state: 'election_day', zone: 'Europe/Sofia', country: 'BG', role: 'observer', is_open: true,
  polling_days: date ? [{ date, opens_at: '07:00', closes_at: '20:00', round: 1 }] : [], photos: false, position: false, emergency_number: '112', contacts: [],
  code_of_conduct: null, programme: [], teams: [], stops: [], stations: null, forms: [], ...more,
});
const now = new Date('2026-11-08T09:00:00Z');

describe('the mission in hand', () => {
  const rows = [mission('AA-2026-1', '2027-03-01'), mission('BG-2026-1', '2026-11-08'), mission('ZZ-2026-1', null)];

  it('is the one the code was made for', () => {
    expect(defaultMission(rows, 'ZZ-2026-1', now)?.reference).toBe('ZZ-2026-1');
  });

  it('else the one that votes today', () => {
    expect(defaultMission(rows, null, now)?.reference).toBe('BG-2026-1');
    expect(defaultMission(rows, 'not here', now)?.reference).toBe('BG-2026-1');
  });

  it('else the nearest, and one that is over only when there is no other', () => {
    const over = mission('CC-2026-1', '2026-11-08', { is_open: false });
    expect(defaultMission([over, rows[0]!, mission('DD-2026-1', '2026-12-01')], null, now)?.reference).toBe('DD-2026-1');
    expect(defaultMission([mission('EE-2026-1', '2026-11-07'), mission('FF-2026-1', '2026-11-09')], null, now)?.reference).toBe('FF-2026-1');
    expect(defaultMission([over], 'CC-2026-1', now)).toBe(over);
    expect(defaultMission([], 'BG-2026-1', now)).toBeNull();
  });
});

describe('who takes part in a meeting', () => {
  it('leaves out the one after whom it is called', () => {
    const meeting = (title: string, participants?: string[]): Meeting => ({ title, participants }) as Meeting;
    expect(othersOf(meeting('Amber Shore Radio', ['Amber Shore Radio']))).toEqual([]);
    expect(othersOf(meeting('Round table', ['List One', 'List Two']))).toEqual(['List One', 'List Two']);
    expect(othersOf(meeting('Briefing'))).toEqual([]);
  });
});
