import { afterEach, describe, expect, it } from 'vitest';
import { gapText, setLanguage, sizeText, t } from './i18n.ts';

afterEach(() => setLanguage('en'));

describe('sentences with something in them', () => {
  it('are written as their language writes them', () => {
    expect(t('today_emergency', { number: '112' })).toBe('Emergency number: 112');
    expect(t('today_team_is', { name: 'Team 2' })).toBe('My team: Team 2');
    setLanguage('fr');
    expect(t('today_emergency', { number: '112' })).toBe('Numéro d’urgence : 112');
    expect(t('today_team_is', { name: 'Équipe 2' })).toBe('Mon équipe : Équipe 2');
  });

  it('give sizes with the sign of the language', () => {
    expect([sizeText(1), sizeText(22_000), sizeText(2_200_000)]).toEqual(['1 kB', '22 kB', '2.1 MB']);
    setLanguage('fr');
    expect([sizeText(22_000), sizeText(2_200_000)]).toEqual(['22 ko', '2,1 Mo']);
    setLanguage('de');
    expect([sizeText(22_000), sizeText(2_200_000)]).toEqual(['22 kB', '2,1 MB']);
  });

  it('say how wrong a clock is in a unit that a person can imagine', () => {
    const minute = 60_000;
    expect([25, 119, 180, 1440 * 40, 525_960 * 34].map((n) => gapText(n * minute))).toEqual(['25 minutes', '119 minutes', '3 hours', '40 days', '34 years']);
    setLanguage('fr');
    expect(t('clock_wrong', { gap: gapText(-1440 * 3 * minute) })).toMatch(/fausse d’environ 3\sjours\./);
    setLanguage('de');
    expect(t('clock_wrong', { gap: gapText(1440 * 3 * minute) })).toContain('um etwa 3 Tage falsch');
  });
});
