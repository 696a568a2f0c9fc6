/**
 * What the phone computes, written down for the server to compare (DESIGN 3, "Flags and checks"): every form in SCRUTIN_FORMS is filled
 * many times from a seed and its flags, warnings, broken constraints and unanswered questions go to SCRUTIN_PARITY.
 * `tests/field/client/test_forms.py` calls this and evaluates the same XML on the server.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controls, FormSession, nameOf, setInput, type AnyControlNode } from './form.ts';

const folder = process.env['SCRUTIN_FORMS'] ?? '';
const target = process.env['SCRUTIN_PARITY'] ?? '';
const rounds = Number(process.env['SCRUTIN_ROUNDS'] ?? 20);
const NUMBERS = ['0', '1', '2', '3', '7', '40', '200', '812', '5000', '-3', '100000'];
const TIMES = ['00:30', '06:55', '07:00', '07:16', '07:31', '08:05', '09:10', '19:40', '20:00', '20:20', '23:50'];

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function fill(node: AnyControlNode, next: () => number): void {
  const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  if (node.currentState.readonly || next() < 0.15) return;
  if (node.nodeType === 'select') {
    const values = node.currentState.valueOptions.map((option) => option.value);
    if (!values.length) return;
    if (node.selectType === 'select') node.selectValues(values.filter(() => next() < 0.3));
    else node.selectValue(any(values));
  } else if (node.nodeType === 'input') {
    const typed = { int: any(NUMBERS), time: any(TIMES), dateTime: `2026-11-08T${any(TIMES)}`, date: '2026-11-08' } as Record<string, string>;
    setInput(node, typed[node.valueType] ?? any(['', 'Two booths, one list.', 'a < b & c']));
  }
}

function outcome(session: FormSession): object {
  const named = (prefix: string, wanted: (value: string) => boolean): [string, string][] => {
    const found = [...session.xml.matchAll(new RegExp(`<${prefix}_([^>/]+)>([^<]*)</`, 'g'))];
    return found.map((one): [string, string] => [one[1]!, one[2]!]).filter(([, value]) => wanted(value));
  };
  const problems = session.problems();
  const codes = (kind: string): string[] => problems.filter((problem) => problem.kind === kind).map((problem) => nameOf(problem.node)).sort();
  return {
    flags: Object.fromEntries(named('flag', (value) => /^[0-3]$/.test(value)).map(([code, value]) => [code, Number(value)])),
    severity: session.value('severity'), warnings: named('warn', (value) => value === '1').map(([code]) => code).sort(),
    broken: codes('constraint'), unanswered: codes('required'),
  };
}

describe.skipIf(!folder || !target)('filled from a seed', () => {
  it('every form, many times', async () => {
    const media = new Map(['stations.csv', 'mission.csv'].map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    const cases: object[] = [];
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.xml')).sort()) {
      const definition = { key: name, xml: readFileSync(join(folder, name), 'utf8'), media };
      for (let round = 0; round < rounds; round += 1) {
        const next = random(round * 7919 + name.charCodeAt(0));
        const session = await FormSession.open({ definition, language: 'en', deviceId: 'd' });
        // Twice, because an answer may open further questions.
        for (const node of session.sections().flatMap((section) => section.nodes.flatMap(controls))) fill(node, next);
        for (const node of session.sections().flatMap((section) => section.nodes.flatMap(controls))) if (!node.currentState.instanceValue) fill(node, next);
        cases.push({ form: name.replace('.xml', ''), round, xml: session.xml, ...outcome(session) });
      }
    }
    writeFileSync(target, JSON.stringify(cases));
    expect(cases.length).toBeGreaterThan(0);
  }, 500_000);
});
