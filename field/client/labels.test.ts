import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readable } from './labels.ts';

const form = readFileSync(join(process.cwd(), 'field', 'client', 'testing', 'sample.xml'), 'utf8');

it('answers of another phone are read as questions and options, not as codes', () => {
  const answers = { flag_B05: 3, B01: 'yes', B09: ['police_or_security', 'candidate'], H11: 7, H07: '08:15:00.000', B34: 'odd', B05: null };
  expect(readable(form, answers, 'en')).toEqual([
    ['Arrival time', '08:15'], ['Board members present', '7'], [expect.any(String), 'Yes'], [expect.any(String), 'Police or security, Candidate'], [expect.any(String), 'odd'],
  ]);
  expect(readable(form, answers, 'fr').find(([, answer]) => answer === 'Oui')).toBeTruthy();
});

it('a form that cannot be read names nothing', () => {
  expect(readable('<html>', { B01: 'yes' }, 'en')).toEqual([]);
});
