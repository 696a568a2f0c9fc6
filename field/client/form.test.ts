import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, controls, FormSession, metaOf, setInput, withDeprecated, type AnyControlNode } from './form.ts';

const here = join(process.cwd(), 'field', 'client', 'testing');
const stations = 'name,label,municipality,district,setting,kind,voters\n224601001,"School ""Ivan Vazov""",Sofia,Sofia,urban,ordinary,812\n224601002,Читалище,Sofia,Sofia,rural,ordinary,300\n';
const sample = { key: 'sample', xml: readFileSync(join(here, 'sample.xml'), 'utf8'), media: new Map([['stations.csv', stations]]) };
const open = (more: object = {}) => FormSession.open({ definition: sample, language: 'en', deviceId: 'device-1', ...more });
const control = (session: FormSession, name: string) => session.node(name) as AnyControlNode;

describe('a form', () => {
  it('makes its own UUID and shows its sections', async () => {
    const session = await open();
    expect(session.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(session.sections().map((section) => section.label)).toEqual(['Visit', 'Around the station', '']);
    expect((await open()).uuid).not.toBe(session.uuid);
  });

  it('warns, computes and never blocks', async () => {
    const session = await open();
    setInput(control(session, 'H11'), '3');
    setInput(control(session, 'H12'), '5');
    expect(session.problems().filter((problem) => problem.kind === 'warning').map((problem) => problem.text)).toEqual(['There are more women than members. Please check.']);
    session.prefill('B05', 'yes');
    expect(session.value('flag_B05')).toBe('3');
    setInput(control(session, 'H11'), '300');
    expect(session.problems().find((problem) => problem.kind === 'constraint')?.text).toBe('A number from 0 to 99.');
    expect(session.xml).toContain('<H11>300</H11>');
  });

  it('hides what is not relevant and counts what is', async () => {
    const session = await open();
    const before = session.counts();
    session.prefill('H03', '224601001');
    expect(session.node('H03_typed')!.currentState.relevant).toBe(false);
    expect(session.counts()).toEqual({ asked: before.asked - 1, answered: before.answered + 1 });
  });

  it('reads the station list', async () => {
    const session = await open();
    const node = session.node('H03')!;
    expect(node.nodeType === 'select' && node.currentState.valueOptions.map((option: { label: { asString: string } }) => option.label.asString)).toEqual(['School "Ivan Vazov"', 'Читалище']);
  });

  it('opens without a list that was not fetched', async () => {
    const session = await FormSession.open({ definition: { ...sample, key: 'bare', media: new Map() }, language: 'en', deviceId: 'd' });
    expect(session.sections()).toHaveLength(3);
  });

  it('switches language in the middle and keeps the answers', async () => {
    const session = await open();
    session.prefill('B01', 'no');
    session.setLanguage('fr');
    expect(session.language).toBe('fr');
    expect(session.sections()[0]!.label).toBe('Visite');
    expect(session.value('B01')).toBe('no');
    expect(session.languages).toEqual(['en', 'fr', 'de']);
  });

  it('is taken up where it was left, under the same UUID', async () => {
    const session = await open();
    setInput(control(session, 'H07'), '08:15');
    session.prefill('B34', 'bad');
    setInput(control(session, 'B35'), 'Line <one> & "two"');
    const again = await open({ xml: session.xml });
    expect(again.uuid).toBe(session.uuid);
    expect(again.value('H07')).toBe('08:15:00.000');
    expect(again.value('B35')).toBe('Line <one> & "two"');
    expect(again.xml).toBe(session.xml);
  });

  it('a correction has its own UUID and names the old one', async () => {
    const session = await open();
    const edited = await open({ xml: session.xml, edit: true });
    expect(edited.uuid).not.toBe(session.uuid);
    expect(edited.deprecated).toBe(session.uuid);
  });

  it('stays a correction when it is taken up again, and again', async () => {
    const session = await open();
    const edited = await open({ xml: session.xml, edit: true });
    let draft = edited.xml;
    for (let n = 0; n < 3; n += 1) {
      const again = await open({ xml: draft, replaces: session.uuid });
      setInput(control(again, 'H11'), String(n + 3));
      draft = again.xml;
      expect([again.uuid, again.deprecated]).toEqual([edited.uuid, session.uuid]);
    }
    expect(draft.match(/deprecatedID>/g)).toHaveLength(2);
    const second = await open({ xml: draft, edit: true });
    expect(second.deprecated).toBe(edited.uuid);
  });

  it('tells of a change once', async () => {
    let told = 0;
    const session = await open({ onChange: () => (told += 1) });
    await Promise.resolve();
    told = 0;
    session.prefill('B01', 'yes');
    setInput(control(session, 'H11'), '3');
    expect(told).toBe(0);
    await Promise.resolve();
    expect(told).toBe(1);
  });

  it('empties an answer of every type', async () => {
    const session = await open();
    for (const name of ['H07', 'H11', 'B35']) {
      if (name === 'B35') session.prefill('B34', 'bad');
      setInput(control(session, name), name === 'H07' ? '09:00' : '7');
      expect(session.value(name)).not.toBe('');
      setInput(control(session, name), '');
      expect(session.value(name)).toBe('');
      expect(session.xml).toContain(`<${name}/>`);
    }
  });

  it('refuses letters in a number without losing what was there', async () => {
    const session = await open();
    setInput(control(session, 'H11'), '7');
    expect(setInput(control(session, 'H11'), '7a')).toBe(false);
    expect(session.value('H11')).toBe('7');
  });
});

describe('a number that does not fit', () => {
  it.each(['12a', '7,5', '1e3', '12345678901', 'abc', '99999999999999', '2147483648', '--3'])('%s is no answer, and stays as it was typed', async (typed) => {
    const session = await open();
    const node = control(session, 'H11');
    for (let length = 1; length <= typed.length; length += 1) session.type(node, typed.slice(0, length));
    expect(session.value('H11')).toBe('');
    expect(session.xml).toContain('<H11/>');
    expect(session.unfitText(node)).toBe(typed);
    expect(session.problems().find((problem) => problem.node === node)).toMatchObject({ kind: 'unfit', text: typed });
    const again = await open({ xml: session.xml, unfit: Object.fromEntries(session.unfit) });
    expect(again.unfitText(control(again, 'H11'))).toBe(typed);
    session.type(node, '12');
    expect([session.value('H11'), session.unfitText(node)]).toEqual(['12', undefined]);
    expect(session.problems().filter((problem) => problem.kind === 'unfit')).toEqual([]);
  });

  it('a whole number below zero is a number', async () => {
    const session = await open();
    session.type(control(session, 'H11'), '-3');
    expect(session.value('H11')).toBe('-3');
  });
});

describe('what is asked first', () => {
  it('comes before the station', async () => {
    const session = await open({ first: ['B34', 'H07'] });
    expect(session.sections()[0]!.nodes[0]!.currentState.reference).toMatch(/B34$/);
    expect(session.sections().map((section) => section.nodes.length).reduce((a, b) => a + b)).toBe((await open()).sections().map((section) => section.nodes.length).reduce((a, b) => a + b));
  });
});

describe('names', () => {
  it('a correction is named once', () => {
    const xml = '<d><meta><orx:instanceID>uuid:new</orx:instanceID></meta></d>';
    const named = withDeprecated(xml, 'old');
    expect(metaOf(named, 'deprecatedID')).toBe('old');
    expect(withDeprecated(named, 'other')).toBe(named);
  });

  it('of languages', () => {
    expect([codeOf('Français (fr)'), codeOf('de'), codeOf(''), codeOf('Türkçe (tr)')]).toEqual(['fr', 'de', null, null]);
  });

  it('in meta, with and without a prefix', () => {
    expect(metaOf('<meta><orx:instanceID>uuid:abc</orx:instanceID></meta>', 'instanceID')).toBe('abc');
    expect(metaOf('<meta/>', 'deprecatedID')).toBe('');
  });
});

/** The forms that the server publishes; `tests/field/client/test_forms.py` writes them here before it calls this file. */
const folder = process.env['SCRUTIN_FORMS'] ?? '';
describe.skipIf(!folder || !existsSync(folder))('every standard form', async () => {
  const { readdirSync } = await import('node:fs');
  const files = folder && existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.xml')) : [];
  const given = (name: string, other: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : other);
  const media = new Map([['stations.csv', given('stations.csv', stations)], ['mission.csv', given('mission.csv', 'name,label\n')]]);

  it.each(files)('%s opens, speaks three languages, is filled and read back', async (name) => {
    const definition = { key: name, xml: readFileSync(join(folder, name), 'utf8'), media };
    const session = await FormSession.open({ definition, language: 'de', deviceId: 'd' });
    expect(session.language).toBe('de');
    expect(session.languages).toEqual(expect.arrayContaining(['de', 'en', 'fr']));
    for (const node of session.sections().flatMap((section) => section.nodes.flatMap(controls))) {
      expect(node.currentState.label?.asString ?? node.currentState.hint?.asString, node.currentState.reference).toBeTruthy();
      if (node.nodeType === 'select') node.selectValue(node.currentState.valueOptions[0]?.value ?? null);
      else if (node.nodeType === 'input') setInput(node, ({ int: '1', time: '08:15', dateTime: '2026-11-08T08:15', date: '2026-11-08' } as Record<string, string>)[node.valueType] ?? 'text');
    }
    expect(session.counts().answered).toBeGreaterThan(5);
    const again = await FormSession.open({ definition, language: 'en', deviceId: 'd', xml: session.xml });
    expect(again.xml).toBe(session.xml);
  });
});
