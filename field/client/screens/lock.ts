/** The PIN of the person in hand. Behind it the outbox goes on sending; in front of it stand the emergency number and the other people. */
import { html, nothing } from 'lit';
import { time, t } from '../i18n.ts';
import { icon } from '../icons.ts';
import { tryPin } from '../lock.ts';
import { app } from '../state.ts';
import { patchPerson } from '../store.ts';
import { quiet } from './toast.ts';
import { callout, head, phone, Piece, type Drawn } from '../ui.ts';

class LockScreen extends Piece {
  private problem = '';
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    quiet();
  }

  override render(): Drawn {
    const person = app.person!;
    const others = app.people.filter((row) => row.uuid !== person.uuid && !row.signedOut);
    const number = app.mission?.emergency_number;
    return html`${head(t('lock_title', { name: person.name }))}
      ${this.problem ? html`<div role="alert">${callout('bad', this.problem)}</div>` : nothing}
      <form class="card" @submit=${this.submit} novalidate>
        <div class="field"><label for="pin">${t('lock_pin')}</label>
          <input id="pin" name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="12" aria-describedby="pin-hint" />
          <p class="hint" id="pin-hint">${t('lock_forgot')}</p></div>
        <button class="button button-main" ?disabled=${this.busy}>${t('lock_open')}</button></form>
      ${others.length ? html`<section class="card"><h2>${t('settings_switch')}</h2><ul class="list">${others.map((row) => html`<li><button class="row" @click=${() => void app.choosePerson(row.uuid)}>${icon('people')}<span class="row-main"><b>${row.name}</b></span>${icon('chevronRight')}</button></li>`)}</ul></section>` : nothing}
      <a class="button button-quiet" href="#/enrol">${t('blocked_new_code')}</a>
      ${number ? phone(number, t('today_emergency', { number }), true) : nothing}`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const input = this.querySelector<HTMLInputElement>('#pin')!;
    const person = app.person!;
    if (!person.lock || this.busy) return;
    this.busy = true;
    const { fits, lock } = await tryPin(person.lock, input.value, Date.now());
    input.value = '';
    this.busy = false;
    await patchPerson(person.uuid, { lock });
    person.lock = lock;
    if (fits) return app.open();
    this.problem = lock.until > Date.now() ? t('lock_wait', { when: time(new Date(lock.until + 60_000).toISOString()) }) : t('lock_wrong');
    this.requestUpdate();
    input.focus();
  };
}

customElements.define('lock-screen', LockScreen);
