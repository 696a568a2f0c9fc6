/**
 * One form being filled: ODK's engine computes, this module hands its state to the screen and its XML to the store.
 *
 * Nothing here blocks sending: a broken constraint or an empty required question is a message (field-forms 4, "warn, do not block").
 */
import type {
  AnyNode, AnyControlNode, GeneralChildNode, LoadFormResult, RootNode, SelectNode, UploadNode,
} from '@getodk/xforms-engine';
import type { Lang } from './types.ts';

export type { AnyNode, AnyControlNode, GeneralChildNode, RootNode, SelectNode, UploadNode };

export interface Definition { key: string; xml: string; media: Map<string, string> }
export interface OpenOptions { definition: Definition; language: string; deviceId: string; xml?: string; edit?: boolean; files?: File[]; onChange?: () => void;
  /** The record that this one corrects; the engine forgets it when it takes a draft up again. */
  replaces?: string | null;
  /** Typed texts that did not fit, from the draft. */
  unfit?: Record<string, string>;
  /** Names of questions that are asked before all others. */
  first?: string[];
}
export interface Section { node: GeneralChildNode; label: string; nodes: GeneralChildNode[] }
export interface Problem { node: AnyControlNode; section: number; text: string; kind: 'constraint' | 'required' | 'warning' | 'unfit' }

type Loaded = Exclude<LoadFormResult, { status: 'failure' }>;
const definitions = new Map<string, Promise<Loaded>>();

/** Parse a form once; the next form of the same version opens at once. */
function load(definition: Definition): Promise<Loaded> {
  const known = definitions.get(definition.key);
  if (known) return known;
  const loading = parse(definition);
  definitions.set(definition.key, loading);
  loading.catch(() => definitions.delete(definition.key));
  return loading;
}

async function parse(definition: Definition): Promise<Loaded> {
  const { loadForm } = await import('./engine.ts');
  const result = await loadForm(definition.xml, {
    missingResourceBehavior: 'BLANK',
    fetchFormAttachment: async (url) => {
      const name = decodeURIComponent(url.pathname.split('/').pop() ?? '');
      const text = definition.media.get(name);
      if (text === undefined) return new Response('', { status: 404 });
      return new Response(text, { headers: { 'Content-Type': name.endsWith('.csv') ? 'text/csv' : 'application/xml' } });
    },
  });
  if (result.status === 'failure') throw result.error;
  return result;
}

export class FormSession {
  private pending = false;
  private listener: () => void;
  /** Typed text that its question cannot hold, by the question's path. The answer is empty then; the text stays to be read and mended. */
  readonly unfit: Map<string, string>;

  private constructor(readonly root: RootNode, private readonly replaces: string, private readonly first: string[], unfit: Record<string, string>, onChange?: () => void) {
    this.listener = onChange ?? (() => undefined);
    this.unfit = new Map(Object.entries(unfit));
  }

  static async open(options: OpenOptions): Promise<FormSession> {
    const form = await load(options.definition);
    let session: FormSession | undefined;
    const config = {
      stateFactory: <T extends object>(state: T): T =>
        new Proxy(state, {
          set(target, key, value) {
            (target as Record<PropertyKey, unknown>)[key] = value;
            session?.changed();
            return true;
          },
        }),
      preloadProperties: { deviceID: options.deviceId },
      instanceAttachments: { fileNameFactory: (meta: { basename: string; extension: string | null }) => `${meta.basename}${meta.extension ?? ''}` },
    };
    const data = options.xml ? [instanceData(options.xml, options.files ?? [])] as const : null;
    const instance = !data ? form.createInstance(config as never)
      : options.edit ? await form.editInstance({ inputType: 'FORM_INSTANCE_INPUT_RESOLVED', data } as never, config as never)
        : await form.restoreInstance({ data } as never, config as never);
    session = new FormSession(instance.root, options.edit ? '' : (options.replaces ?? ''), options.first ?? [], options.unfit ?? {}, options.onChange);
    session.setLanguage(options.language);
    return session;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  /** The engine tells of each changed property; the screen is told once. */
  private changed(): void {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.listener();
    });
  }

  // ---- what is filled --------------------------------------------------------------------------

  get xml(): string {
    const xml = this.root.instanceState.instanceXML;
    return this.replaces ? withDeprecated(xml, this.replaces) : xml;
  }

  get uuid(): string {
    return metaOf(this.xml, 'instanceID');
  }

  get deprecated(): string {
    return metaOf(this.xml, 'deprecatedID');
  }

  node(name: string): AnyNode | undefined {
    return nodeNamed(this.root, name);
  }

  value(name: string): string {
    const state = this.node(name)?.currentState as { instanceValue?: string } | undefined;
    return state?.instanceValue ?? '';
  }

  /** Fill a question by its name from what the app knows; an answer already there is kept unless `overwrite`. */
  prefill(name: string, value: string | number | null | undefined, overwrite = false): void {
    const node = this.node(name);
    if (!node || value === null || value === undefined || value === '') return;
    if (!overwrite && this.value(name)) return;
    if (node.nodeType === 'select') {
      if (node.getValueOption(String(value))) node.selectValue(String(value));
    } else if (node.nodeType === 'input') {
      setInput(node, String(value));
    }
  }

  /** Write what was typed. What does not fit empties the answer and stays as text: never another number than the one typed. */
  type(node: AnyControlNode, typed: string): void {
    const path = node.currentState.reference;
    if (setInput(node, typed)) this.unfit.delete(path);
    else {
      setInput(node, '');
      this.unfit.set(path, typed);
    }
  }

  unfitText(node: AnyNode): string | undefined {
    return this.unfit.get(node.currentState.reference);
  }

  // ---- language --------------------------------------------------------------------------------

  get languages(): Lang[] {
    return this.root.languages.map((language) => codeOf(language.language)).filter((code): code is Lang => code !== null);
  }

  get language(): string {
    return codeOf(this.root.currentState.activeLanguage.language) ?? '';
  }

  setLanguage(code: string): void {
    const found = this.root.languages.find((language) => codeOf(language.language) === code);
    if (found && !found.isSyntheticDefault && found !== this.root.currentState.activeLanguage) this.root.setLanguage(found);
  }

  // ---- what is shown ---------------------------------------------------------------------------

  /**
   * Top-level groups are the pages of the form; questions beside them make a page of their own. Notes beside them are warnings
   * across pages: they belong to no page (`warnings()`).
   */
  sections(): Section[] {
    const found: Section[] = [];
    let loose: GeneralChildNode[] = [];
    const close = (): void => {
      if (loose.length) found.push({ node: loose[0]!, label: '', nodes: loose });
      loose = [];
    };
    for (const child of this.root.currentState.children) {
      if (!isShown(child) || child.nodeType === 'note') continue;
      if (child.nodeType === 'group') {
        close();
        found.push({ node: child, label: labelOf(child), nodes: [...child.currentState.children].filter(isShown) });
      } else {
        loose.push(child);
      }
    }
    close();
    return this.first.length ? this.firstThingsFirst(found) : found;
  }

  /** In an incident, when it happened and who is in danger come before where. */
  private firstThingsFirst(sections: Section[]): Section[] {
    const rank = (node: GeneralChildNode): number => (this.first.indexOf(nameOf(node)) + 1 || this.first.length + 1);
    const sorted = sections.map((section) => ({ ...section, nodes: [...section.nodes].sort((a, b) => rank(a) - rank(b)) }));
    const best = (section: Section): number => Math.min(...section.nodes.map(rank));
    return sorted.sort((a, b) => best(a) - best(b));
  }

  /** Notes outside all groups that apply now. */
  warnings(): GeneralChildNode[] {
    return [...this.root.currentState.children].filter((child) => child.nodeType === 'note' && isShown(child));
  }

  /** Messages in the order of the pages. `required` is a hint only. */
  problems(): Problem[] {
    const found: Problem[] = [];
    this.sections().forEach((section, index) => {
      for (const node of section.nodes.flatMap(controls)) {
        const typed = this.unfitText(node);
        if (typed !== undefined) {
          found.push({ node, section: index, kind: 'unfit', text: typed });
          continue;
        }
        const violation = node.validationState.violation;
        if (violation) found.push({ node, section: index, kind: violation.condition, text: violation.message?.asString ?? '' });
        if (node.nodeType === 'note' && isWarning(node)) found.push({ node, section: index, kind: 'warning', text: noteText(node) });
      }
    });
    for (const node of this.warnings()) found.push({ node: node as AnyControlNode, section: -1, kind: 'warning', text: noteText(node) });
    return found;
  }

  counts(): { answered: number; asked: number } {
    const nodes = this.sections().flatMap((section) => section.nodes.flatMap(controls)).filter((node) => node.nodeType !== 'note');
    return { asked: nodes.length, answered: nodes.filter((node) => node.currentState.instanceValue !== '').length };
  }
}

// ---- helpers -----------------------------------------------------------------------------------

function instanceData(xml: string, files: File[]): FormData {
  const data = new FormData();
  data.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }));
  for (const file of files) data.set(file.name, file);
  return data;
}

/** The UUID in `meta/instanceID` or `meta/deprecatedID`, without its prefix. */
export function metaOf(xml: string, name: string): string {
  const found = new RegExp(`<(?:\\w+:)?${name}>\\s*(?:uuid:)?([^<\\s]+)\\s*</`).exec(xml);
  return found?.[1] ?? '';
}

/** The instance with `meta/deprecatedID`, where it does not name one yet. */
export function withDeprecated(xml: string, replaces: string): string {
  if (metaOf(xml, 'deprecatedID')) return xml;
  return xml.replace(/<((?:\w+:)?)instanceID(?:\s[^>]*)?>[^<]*<\/\1instanceID>/, (whole, prefix: string) => `${whole}<${prefix}deprecatedID>uuid:${replaces}</${prefix}deprecatedID>`);
}

/** `Français (fr)` and `fr` both mean fr. */
export function codeOf(name: string): Lang | null {
  const code = /\(([a-z]{2})\)/i.exec(name)?.[1] ?? name;
  return ['en', 'fr', 'de'].includes(code.toLowerCase()) ? (code.toLowerCase() as Lang) : null;
}

export function nameOf(node: AnyNode): string {
  return node.currentState.reference.split('/').pop()!.replace(/\[\d+\]$/, '');
}

function nodeNamed(node: AnyNode, name: string): AnyNode | undefined {
  if (nameOf(node) === name && node.nodeType !== 'root') return node;
  for (const child of node.currentState.children ?? []) {
    const found = nodeNamed(child as AnyNode, name);
    if (found) return found;
  }
  return undefined;
}

export function labelOf(node: AnyNode): string {
  return text(node.currentState.label?.asString);
}

export function hintOf(node: AnyNode): string {
  return text(node.currentState.hint?.asString);
}

/** pyxform writes `-` where a translation is missing. */
const text = (value: string | undefined): string => (value === undefined || value.trim() === '-' ? '' : value);

export function noteText(node: AnyNode): string {
  return labelOf(node) || hintOf(node);
}

/** Our forms show a note only when its warning applies; a note that is always there is plain information. */
function isWarning(node: AnyNode): boolean {
  const bind = (node.definition as { bind?: { relevant?: { isDefaultExpression?: boolean } } }).bind;
  return bind?.relevant?.isDefaultExpression === false;
}
export { isWarning };

export function isShown(node: AnyNode): boolean {
  if (!node.currentState.relevant || node.nodeType === 'model-value') return false;
  if (node.nodeType === 'group') return [...node.currentState.children].some(isShown);
  if (node.nodeType === 'repeat-range:controlled' || node.nodeType === 'repeat-range:uncontrolled') return node.currentState.hasRelevantBodyNodes ?? true;
  return true;
}

/** Every shown control below a node, the node included. */
export function controls(node: AnyNode): AnyControlNode[] {
  if (!node.currentState.relevant) return [];
  const children = node.currentState.children;
  if (children) return [...children].flatMap((child) => controls(child as AnyNode));
  return node.nodeType === 'model-value' ? [] : [node as AnyControlNode];
}

/** Put typed text into an input of any type; what the type cannot hold changes nothing and is answered false. */
export function setInput(node: AnyControlNode, typed: string): boolean {
  if (node.nodeType !== 'input' && node.nodeType !== 'range') return false;
  const set = (value: unknown): unknown => (node.setValue as (value: unknown) => unknown).call(node, value);
  const value = typed.trim();
  // A text without letters is '', not null: the engine could not write null down.
  if (value === '') set(['int', 'decimal', 'date', 'time', 'dateTime'].includes(node.valueType) ? null : '');
  else if (node.valueType === 'int') {
    if (!/^-?\d{1,10}$/.test(value) || Math.abs(Number(value)) > 2_147_483_647) return false;
    set(BigInt(value));
  } else if (node.valueType === 'decimal') {
    if (!/^-?\d{1,12}([.,]\d{0,12})?$/.test(value)) return false;
    set(Number(value.replace(',', '.')));
  } else if (node.valueType === 'time') {
    set(/^\d{2}:\d{2}$/.test(value) ? `${value}:00.000` : value);
  } else if (node.valueType === 'dateTime') {
    set(/T\d{2}:\d{2}$/.test(value) ? `${value}:00.000${offset(value)}` : value);
  } else {
    set(node.valueType === 'string' ? typed : value);
  }
  return true;
}

/** The phone's own offset on that day, as `+02:00`. */
function offset(local: string): string {
  const minutes = -new Date(local).getTimezoneOffset();
  const two = (part: number): string => String(Math.trunc(Math.abs(part))).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}
