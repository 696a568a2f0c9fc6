/**
 * How each kind of question of ODK's engine is drawn: native controls with big targets, so that keyboard, screen reader and
 * thumb all work. A broken constraint is a message under the question, never a lock.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { controls, hintOf, isShown, isWarning, labelOf, nameOf, noteText, setInput, type AnyControlNode, type AnyNode, type SelectNode, type UploadNode } from './form.ts';
import { icon } from './icons.ts';
import { t } from './i18n.ts';
import { localTime } from './records.ts';
import type { Drawn } from './ui.ts';

/** What a question needs from the screen it stands on. */
export interface Desk {
  zone: string;
  photos: boolean;
  position: boolean;
  /** Node ids whose typed text does not fit their type. */
  unfit: Set<string>;
  /** Every station, where the list is too long for the engine to hold. */
  stations: { value: string; label: string }[] | null;
  takeStation(code: string): void;
  /** What was typed into the search box of a long list. */
  searches: Map<string, string>;
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
  const text = desk.unfit.has(node.nodeId) ? t('form_number') : violation?.condition === 'constraint' ? violation.message?.asString || t('form_value_odd') : '';
  return html`<p class="message" id=${errorId(node)} role="status">${text ? html`${icon('triangle')}${text}` : nothing}</p>`;
}

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

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The code of an option, unless its label says it already. */
const code = (label: string, value: string): Drawn => (label.includes(value) ? nothing : html`<small>${value}</small>`);

/** A long list (stations, municipalities): what is chosen, and a search. */
function drawPicker(node: SelectNode, desk: Desk): Drawn {
  const chosen = node.currentState.value[0];
  const search = desk.searches.get(node.nodeId);
  const id = `pick-${node.nodeId}`;
  const choose = (value: string | null): void => {
    desk.searches.delete(node.nodeId);
    if (value && !node.getValueOption(value)) return desk.takeStation(value);
    node.selectValue(value);
    desk.changed();
  };
  const whole = nameOf(node) === 'station' ? desk.stations : null;
  const options = whole ?? node.currentState.valueOptions.map((option) => ({ value: option.value, label: option.label.asString }));
  const open = (query: string): void => {
    desk.searches.set(node.nodeId, query);
    desk.redraw();
  };
  if (chosen && search === undefined) {
    return html`<div class="field"><p class="label" id=${id}>${caption(node)}</p>${hint(node)}
      <div class="chosen"><span>${node.getValueOption(chosen)?.label.asString ?? chosen}${code(node.getValueOption(chosen)?.label.asString ?? chosen, chosen)}</span>
      <button type="button" class="button button-quiet" aria-describedby=${id} @click=${() => open('')}>${t('form_pick_change')}</button></div></div>${below(node, desk)}`;
  }
  const words = fold(search ?? '').split(/\s+/).filter(Boolean);
  const hits = [];
  for (const option of options) {
    if (hits.length > SHOWN) break;
    const text = fold(`${option.value} ${option.label}`);
    if (words.every((word) => text.includes(word))) hits.push(option);
  }
  return html`<div class="field"><label for=${id}>${caption(node)}</label>${hint(node)}
    <input id=${id} type="search" autocomplete="off" placeholder=${t('form_pick_search')} .value=${search ?? ''} aria-describedby=${describedBy(node)}
      @input=${(event: Event) => open((event.target as HTMLInputElement).value)} />
    ${hits.length ? html`<ul class="list list-pick">${hits.slice(0, SHOWN).map((option) => html`<li><button type="button" class="row" @click=${() => choose(option.value)}>
      <span class="row-main"><b>${option.label}</b>${code(option.label, option.value)}</span></button></li>`)}</ul>` : html`<p class="hint">${t('form_pick_none')}</p>`}
    ${chosen ? html`<button type="button" class="link" @click=${() => choose(null)}>${t('form_clear')}</button>` : nothing}</div>${below(node, desk)}`;
}

// ---- typing ------------------------------------------------------------------------------------

function drawInput(node: Extract<AnyControlNode, { nodeType: 'input' | 'range' }>, desk: Desk): Drawn {
  const id = `in-${node.nodeId}`;
  const type = node.valueType as string;
  const write = (event: Event): void => {
    const fits = setInput(node, (event.target as HTMLInputElement).value);
    if (fits) desk.unfit.delete(node.nodeId);
    else desk.unfit.add(node.nodeId);
    desk.typed();
  };
  const label = html`<label for=${id}>${caption(node)}</label>${hint(node)}`;
  if (type === 'geopoint') return html`<div class="field"><p class="label" id=${id}>${caption(node)}</p>${hint(node)}${position(node, desk)}</div>${below(node, desk)}`;
  const value = inputValue(node);
  const multiline = type === 'string' && node.nodeType === 'input' && node.appearances.multiline;
  if (multiline) {
    return html`<div class="field">${label}<textarea id=${id} rows="4" .value=${value} ?readonly=${node.currentState.readonly} aria-describedby=${describedBy(node)} @input=${write} @blur=${() => desk.changed()}></textarea></div>${below(node, desk)}`;
  }
  const kind = type === 'date' ? 'date' : type === 'time' ? 'time' : type === 'dateTime' ? 'datetime-local' : 'text';
  const mode = type === 'int' ? 'numeric' : type === 'decimal' ? 'decimal' : 'text';
  const unfit = desk.unfit.has(node.nodeId);
  return html`<div class="field">${label}<div class="input-row">
      <input id=${id} type=${kind} inputmode=${mode} .value=${unfit ? undefined : value} ?readonly=${node.currentState.readonly} autocomplete="off"
        aria-describedby=${describedBy(node)} aria-invalid=${node.validationState.violation?.condition === 'constraint' || unfit ? 'true' : 'false'}
        class=${mode === 'numeric' ? 'short' : ''} @input=${write} @blur=${() => desk.changed()} />
      ${kind === 'time' || kind === 'datetime-local' ? html`<button type="button" class="button button-quiet" aria-describedby=${id} @click=${() => { setInput(node, nowAs(kind, desk.zone)); desk.changed(); }}>${t('form_now')}</button>` : nothing}
    </div></div>${below(node, desk)}`;
}

function nowAs(kind: string, zone: string): string {
  if (kind === 'time') return localTime(zone);
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
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
    ${name ? html`<p>${icon('camera')} ${name}</p><button type="button" class="link" @click=${() => { node.setValue(null); desk.changed(); }}>${t('form_remove')}</button>` : nothing}
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
