/** Reading answers without the engine: the words of a form's questions and options, for records that were filled elsewhere. */
import { codeOf } from './form.ts';

interface Words { label: string; options: Map<string, string> }

/** Question and answer as an observer reads them; what the form does not ask (flags, warnings, sums) is left out. */
export function readable(xform: string, answers: Record<string, unknown>, language: string): [string, string][] {
  const words = wordsOf(xform, language);
  const found: [string, string][] = [];
  for (const [name, { label, options }] of words) {
    const value = answers[name];
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && typeof value[0] === 'object')) continue;
    const parts = (Array.isArray(value) ? value : [value]).map(String);
    found.push([label || name, parts.map((part) => options.get(part) ?? (/^\d\d:\d\d:/.test(part) ? part.slice(0, 5) : part)).join(', ')]);
  }
  return found;
}

/** Label and options of every question, in the order of the form. */
function wordsOf(xform: string, language: string): Map<string, Words> {
  const page = new DOMParser().parseFromString(xform, 'application/xml');
  const texts = textsOf(page, language);
  const words = new Map<string, Words>();
  for (const control of all(page, 'input', 'select', 'select1', 'upload', 'trigger', 'range')) {
    const name = control.getAttribute('ref')?.split('/').pop() ?? '';
    if (name) words.set(name, { label: labelOf(control, texts), options: optionsOf(page, control, texts) });
  }
  return words;
}

function textsOf(page: Document, language: string): Map<string, string> {
  const translations = all(page, 'translation');
  const chosen = translations.find((one) => codeOf(one.getAttribute('lang') ?? '') === language) ?? translations.find((one) => one.hasAttribute('default')) ?? translations[0];
  const entries = chosen ? all(chosen, 'text').map((one) => [one.getAttribute('id') ?? '', one.textContent?.trim() ?? ''] as const) : [];
  return new Map(entries);
}

function labelOf(control: Element, texts: Map<string, string>): string {
  const label = [...control.children].find((one) => one.localName === 'label');
  const id = /jr:itext\('([^']+)'\)/.exec(label?.getAttribute('ref') ?? '')?.[1];
  const text = id ? texts.get(id) : label?.textContent?.trim();
  return text && text !== '-' ? text : '';
}

function optionsOf(page: Document, control: Element, texts: Map<string, string>): Map<string, string> {
  const options = new Map<string, string>();
  for (const item of all(control, 'item')) options.set(child(item, 'value'), labelOf(item, texts));
  const list = /instance\('([^']+)'\)/.exec(all(control, 'itemset')[0]?.getAttribute('nodeset') ?? '')?.[1];
  const instance = list ? all(page, 'instance').find((one) => one.getAttribute('id') === list) : undefined;
  for (const item of instance ? all(instance, 'item') : []) options.set(child(item, 'name'), texts.get(child(item, 'itextId')) ?? (child(item, 'label') || child(item, 'name')));
  return options;
}

const all = (node: Document | Element, ...names: string[]): Element[] => [...node.getElementsByTagName('*')].filter((one) => names.includes(one.localName));
const child = (node: Element, name: string): string => [...node.children].find((one) => one.localName === name)?.textContent?.trim() ?? '';
