/** Choosing what to record, and the incident screen with its one question first. */
import { html, nothing } from 'lit';
import { pick, t } from '../i18n.ts';
import { icon } from '../icons.ts';
import { incidentForm, observationForms } from '../records.ts';
import { app } from '../state.ts';
import { begin } from './start.ts';
import { callout, empty, head, phone, Piece, type Drawn } from '../ui.ts';
import type { Contact } from '../types.ts';

class NewScreen extends Piece {
  override render(): Drawn {
    const mission = app.mission;
    const forms = observationForms(mission);
    return html`${head(t('new_title'), undefined, mission ? app.missionName(mission.reference) : undefined)}
      <a class="tile tile-danger" href="#/incident">${icon('danger')}<span><b>${t('new_incident')}</b><small>${t('new_incident_lead')}</small></span></a>
      <a class="tile" href="#/note">${icon('journal')}<span><b>${t('new_note')}</b><small>${t('new_note_lead')}</small></span></a>
      <h2>${t('new_form')}</h2>
      ${forms.length ? forms.map((form) => html`<button class="tile" @click=${() => begin(mission!, { form })}>${icon('list')}<span><b>${pick(form.title)}</b><small>${form.form} · ${form.version}</small></span></button>`) : empty('list', t('new_no_forms'))}`;
  }
}

/** A person by phone; without a number by mail, which is better than nobody. */
function contact(row: Contact): Drawn {
  if (row.phone) return phone(row.phone, t('incident_call_coordinator', { name: `${row.name}, ${row.phone}` }));
  return row.email ? html`<a class="button button-quiet" href="mailto:${row.email}">${icon('send')}${t('incident_write', { name: `${row.name}, ${row.email}` })}</a>` : nothing;
}

class IncidentScreen extends Piece {
  private danger: boolean | null = null;

  override render(): Drawn {
    const mission = app.mission;
    if (!mission) return html`${head(t('incident_title'), 'new')}${empty('danger', t('today_no_mission'))}`;
    const form = incidentForm(mission);
    const number = mission.emergency_number;
    const choose = (danger: boolean) => {
      this.danger = danger;
      this.requestUpdate();
      if (!danger && form) void begin(mission, { form, answers: { I06: 'no' } });
    };
    return html`${head(t('incident_title'), 'new', app.missionName(mission.reference))}
      ${this.danger === null || !this.danger ? html`<h2 class="ask">${t('incident_danger')}</h2><div class="stack">
        <button class="button button-danger button-tall" @click=${() => choose(true)}>${icon('danger')}${t('incident_danger_yes')}</button>
        <button class="button button-quiet button-tall" @click=${() => choose(false)}>${t('incident_danger_no')}</button></div>` : nothing}
      ${this.danger ? html`<div role="alert" class="emergency"><p>${t('incident_call_first')}</p>
          ${number ? html`<a class="button button-danger button-tall" href="tel:${number}">${icon('telephone')}${t('incident_call', { number })}</a>` : nothing}
          ${mission.contacts.map((row) => contact(row))}</div>
        ${form ? html`<button class="button button-main" @click=${() => begin(mission, { form, answers: { I06: 'yes' } })}>${t('incident_go')}</button>` : nothing}` : nothing}
      ${form ? html`<p class="hint">${t('incident_alert')}</p>` : callout('warn', t('incident_no_form'))}`;
  }
}

customElements.define('new-screen', NewScreen);
customElements.define('incident-screen', IncidentScreen);
