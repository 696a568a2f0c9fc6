/**
 * How each kind of question of ODK's engine is drawn: native controls with big targets, so that keyboard, screen reader and
 * thumb all work. A broken constraint is a message under the question, never a lock.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { controls, hintOf, isShown, isWarning, labelOf, nameOf, noteText, setInput, type AnyControlNode, type AnyNode, type SelectNode, type UploadNode } from './form.ts';
import { icon } from './icons.ts';
import { fold, t } from './i18n.ts';
import { localDateTime, localTime } from './records.ts';
import type { Drawn } from './ui.ts';

/** What a question needs from the screen it stands on. */
export interface Desk {
  zone: string;
  photos: boolean;
  position: boolean;
  /** Typed text that its question cannot hold: shown as it was typed, while the answer is empty. */
  unfitText(node: AnyNode): string | undefined;
  type(node: AnyControlNode, typed: string): void;
  /** Every station, where the list is too long for the engine to hold. */
  stations: { value: string; label: string }[] | null;
  takeStation(code: string): void;
  /** What was typed into the search box of a long list. */
  searches: Map<string, string>;
  /** Which row of a long list the arrow keys stand on. */
  active: Map<string, number>;
  changed(): void;
  typed(): void;
  redraw(): void;
  takePhoto(node: UploadNode, file: File): void;
  takePosition(node: AnyControlNode): void;
}

const LONG_LIST = 9;
const SHORT_LABEL = 18;
const SHOWN = 30;

export function drawNode(node: AnyNode, desk: Desk): Drawn {
  if (!isShown(node)) return nothing;
  switch (node.nodeType) {
    case 'group':
      return html`<div class="group" role="group" aria-label=${labelOf(node) || nothing}>${labelOf(node) ? html`<h3>${labelOf(node)}</h3>` : nothing}${drawAll([...node.currentState.children], desk)}</div>`;
    case 'repeat-range:controlled':
    case 'repeat-range:uncontrolled':
      return drawRepeat(node, desk);
    case 'note':
      return html`<div class="callout ${isWarning(node) ? 'callout-warn' : 'callout-info'}" role=${isWarning(node) ? 'status' : nothing}>${icon(isWarning(node) ? 'triangle' : 'info')}<div><p>${noteText(node)}</p></div></div>`;
    case 'model-value':
    case 'root':
    case 'repeat-instance':
      return nothing;
    default:
      return html`<div class="question" id="q-${node.nodeId}" data-name=${nameOf(node)}>${drawControl(node, desk)}</div>`;
  }
}

export const drawAll = (nodes: AnyNode[], desk: Desk): TemplateResult =>
  html`${repeat(nodes, (node) => node.nodeId, (node) => drawNode(node, desk))}`;

function drawControl(node: AnyControlNode, desk: Desk): Drawn {
  switch (node.nodeType) {
    case 'select':
      return drawSelect(node, desk);
    case 'input':
    case 'range':
      return drawInput(node, desk);
    case 'trigger':
      return html`<label class="pick pick-wide"><input type="checkbox" .checked=${Boolean(node.currentState.value)} ?disabled=${node.currentState.readonly}
        @change=${(event: Event) => { node.setValue((event.target as HTMLInputElement).checked); desk.changed(); }} /><span>${labelOf(node) || t('form_confirm')}</span></label>${below(node, desk)}`;
    case 'upload':
      return drawUpload(node, desk);
    default:
      return html`<p class="label">${labelOf(node)}</p><p class="hint">${t('form_unsupported')}</p>`;
  }
}

// ---- label, hint, message ----------------------------------------------------------------------

const hintId = (node: AnyNode): string => `hint-${node.nodeId}`;
const errorId = (node: AnyNode): string => `error-${node.nodeId}`;

function caption(node: AnyNode): TemplateResult {
  return html`${labelOf(node) || nameOf(node)}${node.currentState.required ? nothing : html` <span class="optional">${t('form_optional')}</span>`}`;
}

const hint = (node: AnyNode): Drawn => (hintOf(node) && labelOf(node) ? html`<p class="hint" id=${hintId(node)}>${hintOf(node)}</p>` : nothing);

/** The message of a broken constraint. An empty required question says nothing here: it is counted on the last page. */
function below(node: AnyControlNode, desk: Desk): Drawn {
  const violation = node.validationState.violation;
  const text = desk.unfitText(node) !== undefined ? unfitText(node) : violation?.condition === 'constraint' ? violation.message?.asString || t('form_value_odd') : '';
  return html`<p class="message" id=${errorId(node)} role="status">${text ? html`${icon('triangle')}${text}` : nothing}</p>`;
}

/** What a number question can hold. */
export const unfitText = (node: AnyControlNode): string => t(node.valueType === 'decimal' ? 'form_decimal' : 'form_number');

const describedBy = (node: AnyNode): string => `${hintOf(node) ? `${hintId(node)} ` : ''}${errorId(node)}`;

// ---- choosing ----------------------------------------------------------------------------------

/** A second tap on the chosen answer takes it back; the button for it shows itself to the keyboard, so that the page never jumps. */
function drawSelect(node: SelectNode, desk: Desk): Drawn {
  const many = node.selectType === 'select';
  const options = node.currentState.valueOptions;
  const value = node.currentState.value;
  if (!many && (options.length > LONG_LIST || node.appearances.autocomplete)) return drawPicker(node, desk);
  const short = options.every((option) => option.label.asString.length <= SHORT_LABEL) && !many;
  const set = (option: string, on: boolean): void => {
    if (!many) node.selectValue(on ? option : null);
    else node.selectValues(on ? [...value, option] : value.filter((one) => one !== option));
    desk.changed();
  };
  return html`<fieldset class="choices" aria-describedby=${describedBy(node)} ?disabled=${node.currentState.readonly}>
    <legend>${caption(node)}</legend>${hint(node)}
    <div class="choices-grid ${short ? 'two' : 'one'}">${options.map((option) => html`<label class="pick ${isAside(option.value) ? 'aside' : ''}">
      <input type=${many ? 'checkbox' : 'radio'} name=${node.nodeId} value=${option.value} .checked=${value.includes(option.value)}
        @click=${() => { if (!many && value.includes(option.value)) set(option.value, false); }}
        @change=${(event: Event) => set(option.value, (event.target as HTMLInputElement).checked)} /><span>${option.label.asString}</span></label>`)}</div>
    ${value.length && !many ? html`<button type="button" class="link link-quiet" @click=${() => { node.selectValue(null); desk.changed(); }}>${t('form_clear')}</button>` : nothing}
  </fieldset>${below(node, desk)}`;
}

/** Answers that never count in a denominator stand back a little, one tap away all the same. */
const isAside = (value: string): boolean => value === 'not_observed' || value === 'not_applicable';

/** A station's code, unless its label says it already. The codes of other lists are ours and nobody's to read. */
const code = (node: AnyNode, label: string, value: string): Drawn => (nameOf(node) !== 'station' || label.includes(value) ? nothing : html`<small>${value}</small>`);

/**
 * A long list (stations, municipalities): what is chosen, and a search. The list opens when the search is entered; it is one stop of the
 * Tab key: the arrows walk through it, Enter chooses, Escape closes.
 */
function drawPicker(node: SelectNode, desk: Desk): Drawn {
  const chosen = node.currentState.value[0];
  const search = desk.searches.get(node.nodeId);
  const id = `pick-${node.nodeId}`;
  const close = (): void => {
    desk.searches.delete(node.nodeId);
    desk.active.delete(node.nodeId);
  };
  const choose = (value: string | null): void => {
    close();
    if (value && !node.getValueOption(value)) return desk.takeStation(value);
    node.selectValue(value);
    desk.changed();
    focusSoon(value ? `#q-${node.nodeId} .chosen button` : `#${id}`);
  };
  const open = (query: string): void => {
    desk.searches.set(node.nodeId, query);
    desk.active.delete(node.nodeId);
    desk.redraw();
  };
  if (chosen && search === undefined) {
    const label = node.getValueOption(chosen)?.label.asString ?? chosen;
    return html`<div class="field"><p class="label" id=${id}>${caption(node)}</p>${hint(node)}
      <div class="chosen"><span>${label}${code(node, label, chosen)}</span>
      <button type="button" class="button button-quiet" aria-describedby=${id} @click=${() => { open(''); focusSoon(`#${id}`); }}>${t('form_pick_change')}</button></div></div>${below(node, desk)}`;
  }
  const isOpen = search !== undefined;
  const hits = isOpen ? matching(node, desk, search) : [];
  const at = desk.active.get(node.nodeId) ?? -1;
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      if (hits[at]) choose(hits[at].value);
    } else if (event.key === 'Escape' && isOpen) {
      close();
      desk.redraw();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) return open('');
      const to = Math.max(0, Math.min(hits.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)));
      desk.active.set(node.nodeId, to);
      desk.redraw();
      document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: 'nearest' });
    }
  };
  return html`<div class="field"><label for=${id}>${caption(node)}</label>${hint(node)}
    <input id=${id} type="search" role="combobox" autocomplete="off" placeholder=${t('form_pick_search')} .value=${search ?? ''} aria-describedby=${describedBy(node)}
      aria-autocomplete="list" aria-expanded=${hits.length ? 'true' : 'false'} aria-controls=${hits.length ? `${id}-list` : nothing}
      aria-activedescendant=${hits[at] ? `${id}-${at}` : nothing} @focus=${() => { if (!isOpen) open(''); }} @keydown=${keys}
      @input=${(event: Event) => open((event.target as HTMLInputElement).value)} />
    ${hits.length ? html`<ul class="list list-pick" role="listbox" id="${id}-list" aria-label=${labelOf(node)}>${hits.map((option, index) => html`<li class="row ${index === at ? 'row-at' : ''}" role="option"
      id="${id}-${index}" aria-selected=${option.value === chosen || index === at ? 'true' : 'false'} @click=${() => choose(option.value)}>
      <span class="row-main"><b>${option.label}</b>${code(node, option.label, option.value)}</span></li>`)}</ul>` : isOpen ? html`<p class="hint" role="status">${t('form_pick_none')}</p>` : nothing}
    ${chosen ? html`<button type="button" class="link" @click=${() => choose(null)}>${t('form_clear')}</button>` : nothing}</div>${below(node, desk)}`;
}

/** The first rows that hold every word of the search. */
function matching(node: SelectNode, desk: Desk, search: string): { value: string; label: string }[] {
  const whole = nameOf(node) === 'station' ? desk.stations : null;
  const options = whole ?? node.currentState.valueOptions.map((option) => ({ value: option.value, label: option.label.asString }));
  const words = fold(search).split(/\s+/).filter(Boolean);
  const hits = [];
  for (const option of options) {
    if (hits.length >= SHOWN) break;
    const text = fold(`${option.value} ${option.label}`);
    if (words.every((word) => text.includes(word))) hits.push(option);
  }
  return hits;
}

/** The element that took the place of the one just used keeps the keyboard. */
function focusSoon(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector.replace(/:/g, '\\:'))?.focus({ preventScroll: true }));
}

// ---- typing ------------------------------------------------------------------------------------

function drawInput(node: Extract<AnyControlNode, { nodeType: 'input' | 'range' }>, desk: Desk): Drawn {
  const id = `in-${node.nodeId}`;
  const type = node.valueType as string;
  const write = (event: Event): void => {
    desk.type(node, (event.target as HTMLInputElement).value);
    desk.typed();
  };
  const label = html`<label for=${id}>${caption(node)}</label>${hint(node)}`;
  if (type === 'geopoint') return html`<div class="field"><p class="label" id=${id}>${caption(node)}</p>${hint(node)}${position(node, desk)}</div>${below(node, desk)}`;
  const value = inputValue(node);
  if (type === 'string' && node.nodeType === 'input' && isFreeText(node)) {
    return html`<div class="field">${label}<textarea id=${id} class="grows" rows=${rowsOf(value)} .value=${value} ?readonly=${node.currentState.readonly} aria-describedby=${describedBy(node)} @input=${write} @blur=${() => desk.changed()}></textarea></div>${below(node, desk)}`;
  }
  const kind = type === 'date' ? 'date' : type === 'time' ? 'time' : type === 'dateTime' ? 'datetime-local' : 'text';
  const mode = type === 'int' ? 'numeric' : type === 'decimal' ? 'decimal' : 'text';
  const unfit = desk.unfitText(node);
  return html`<div class="field">${label}<div class="input-row">
      <input id=${id} type=${kind} inputmode=${mode} .value=${unfit ?? value} ?readonly=${node.currentState.readonly} autocomplete="off"
        aria-describedby=${describedBy(node)} aria-invalid=${node.validationState.violation?.condition === 'constraint' || unfit !== undefined ? 'true' : 'false'}
        class=${mode === 'numeric' ? 'short' : ''} @input=${write} @blur=${() => desk.changed()} />
      ${kind === 'time' || kind === 'datetime-local' ? html`<button type="button" class="button button-quiet" aria-describedby=${id} @click=${() => { desk.type(node, nowAs(kind, desk.zone)); desk.changed(); }}>${t('form_now')}</button>` : nothing}
    </div></div>${below(node, desk)}`;
}

/** A question that wants sentences: everything but what the app fills itself, a station typed by hand, and what the form draws otherwise. */
function isFreeText(node: Extract<AnyControlNode, { nodeType: 'input' }>): boolean {
  if (node.appearances.multiline) return true;
  if ([...(node.appearances as unknown as Iterable<string>)].length) return false;
  return !/^H\d|_typed$/.test(nameOf(node));
}

/** As many lines as the text has, so that it can be read whole; browsers that can let the box grow by themselves. */
const rowsOf = (value: string): number => Math.min(12, Math.max(3, value.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / 34), 0)));

function nowAs(kind: string, zone: string): string {
  return kind === 'time' ? localTime(zone) : localDateTime();
}

/** What the browser's own control wants: HH:MM, YYYY-MM-DD, YYYY-MM-DDTHH:MM. */
function inputValue(node: AnyControlNode): string {
  const value = node.currentState.instanceValue;
  const type = node.valueType as string;
  if (type === 'time') return value.slice(0, 5);
  if (type === 'date') return value.slice(0, 10);
  return type === 'dateTime' ? value.slice(0, 16) : value;
}

function position(node: AnyControlNode, desk: Desk): Drawn {
  const [lat, lon] = node.currentState.instanceValue.split(' ');
  if (!desk.position) return html`<p class="hint">${t('form_position_off')}</p>`;
  return html`${lat && lon ? html`<p>${t('form_position_is', { lat, lon })}</p>` : nothing}
    <button type="button" class="button button-quiet" @click=${() => desk.takePosition(node)}>${icon('geo')}${t('form_position')}</button>
    ${lat ? html`<button type="button" class="link" @click=${() => { setInput(node, ''); desk.changed(); }}>${t('form_clear')}</button>` : nothing}`;
}

function drawUpload(node: UploadNode, desk: Desk): Drawn {
  const id = `up-${node.nodeId}`;
  const name = node.currentState.instanceValue;
  return html`<div class="field"><label for=${id}>${caption(node)}</label>${hint(node)}
    ${name ? html`<p>${icon('camera')} ${t('photo_n', { n: 1 })}</p><button type="button" class="link" @click=${() => { node.setValue(null); desk.changed(); }}>${t('form_remove')}</button>` : nothing}
    ${desk.photos ? html`<input id=${id} type="file" accept="image/*" @change=${(event: Event) => {
      const file = (event.target as HTMLInputElement).files?.[0];
      if (file) desk.takePhoto(node, file);
    }} />` : html`<p class="hint">${t('form_photo_off')}</p>`}</div>${below(node, desk)}`;
}

// ---- repeats -----------------------------------------------------------------------------------

function drawRepeat(node: Extract<AnyNode, { nodeType: 'repeat-range:controlled' | 'repeat-range:uncontrolled' }>, desk: Desk): Drawn {
  const free = node.nodeType === 'repeat-range:uncontrolled' ? node : null;
  return html`<div class="group"><h3>${labelOf(node)}</h3>
    ${repeat([...node.currentState.children], (child) => child.nodeId, (child, index) => html`<div class="repeat" role="group" aria-label="${labelOf(node)} ${index + 1}">
      <p class="repeat-head"><b>${index + 1}</b>${free ? html`<button type="button" class="link" @click=${() => { free.removeInstances(index); desk.changed(); }}>${t('form_remove')}</button>` : nothing}</p>
      ${drawAll([...child.currentState.children], desk)}</div>`)}
    ${free ? html`<button type="button" class="button button-quiet" @click=${() => { free.addInstances(); desk.changed(); }}>${icon('plus')}${t('form_add')}</button>` : nothing}</div>`;
}

/** The answer as the observer reads it, for the last page. */
export function answerText(node: AnyControlNode): string {
  if (node.nodeType === 'select') return node.currentState.value.map((value) => node.getValueOption(value)?.label.asString ?? value).join(', ');
  return inputValue(node);
}

export { controls };
