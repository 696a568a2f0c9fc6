/** More: code of conduct, settings, who uses this phone, signing out. */
import { html, nothing } from 'lit';
import { dateTime, LANGUAGES, language, sizeText, t } from '../i18n.ts';
import { icon, type Icon } from '../icons.ts';
import { go } from '../router.ts';
import { app } from '../state.ts';
import { isPin, makeLock } from '../lock.ts';
import { patchPerson } from '../store.ts';
import { APP_VERSION, renameDevice, signOut, unsentOf } from '../sync.ts';
import { callout, choice, empty, head, Piece, type Drawn } from '../ui.ts';
import { toast } from './toast.ts';
import type { Lang } from '../types.ts';

const link = (href: string, name: Icon, text: string): Drawn =>
  html`<li><a class="row" href=${href}>${icon(name)}<span class="row-main"><b>${text}</b></span>${icon('chevronRight')}</a></li>`;

class MoreScreen extends Piece {
  override render(): Drawn {
    return html`${head(t('more_title'))}
      <section class="card"><ul class="list">${link('#/incident', 'danger', t('more_incident'))}${link('#/conduct', 'shield', t('more_conduct'))}${link('#/settings', 'gear', t('more_settings'))}</ul></section>
      ${app.missions.length > 1 ? html`<section class="card">${choice('mission', t('more_mission'), app.missions.map((row) => [row.reference, app.missionName(row.reference)] as [string, string]), app.mission?.reference ?? '', (value) => void app.chooseMission(value))}</section>` : nothing}
      ${app.installPrompt ? html`<button class="button button-quiet" @click=${() => void app.installPrompt?.prompt()}>${icon('plus')}${t('settings_install')}</button>` : nothing}`;
  }
}

class ConductScreen extends Piece {
  override render(): Drawn {
    const conduct = app.mission?.code_of_conduct;
    if (!conduct) return html`${head(t('conduct_title'), 'more')}${empty('shield', t('conduct_none'))}`;
    return html`${head(t('conduct_title'), 'more')}
      ${conduct.accepted_at ? callout('good', t('conduct_signed', { when: dateTime(conduct.accepted_at) })) : callout('warn', t('conduct_unsigned'))}
      <article class="card prose" lang=${conduct.language}>${conduct.text.split(/\n+/).map((part) => html`<p>${part}</p>`)}</article>`;
  }
}

class SettingsScreen extends Piece {
  private unsent: number | null = null;
  private storage = 0; // bytes
  private kept = false;
  private renaming = false;
  private pinProblem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    void this.measure();
  }

  private async measure(): Promise<void> {
    this.kept = (await navigator.storage?.persisted?.()) ?? false;
    const used = (await navigator.storage?.estimate?.())?.usage ?? 0;
    this.storage = used;
    this.requestUpdate();
  }

  override render(): Drawn {
    const person = app.person;
    const others = app.people.filter((row) => row.uuid !== person?.uuid && !row.signedOut);
    return html`${head(t('settings_title'), 'more')}
      <section class="card">
        ${choice('language', t('settings_language'), (Object.keys(LANGUAGES) as Lang[]).map((code) => [code, LANGUAGES[code]] as [Lang, string]), language(), (code) => void app.chooseLanguage(code))}
        ${choice('theme', t('settings_theme'), [['auto', t('theme_auto')], ['light', t('theme_light')], ['dark', t('theme_dark')]], app.theme, (theme) => void app.chooseTheme(theme))}</section>
      <section class="card"><h2>${t('settings_person')}</h2><p class="big">${person?.name}</p>
        ${this.name()}
        ${person?.device.expires_at ? html`<p class="facts">${t('settings_expires', { when: dateTime(person.device.expires_at) })}</p>` : nothing}
        ${others.length ? html`<h3>${t('settings_switch')}</h3><ul class="list">${others.map((row) => html`<li><button class="row" @click=${() => this.change(row.uuid)}>${icon('people')}<span class="row-main"><b>${row.name}</b></span>${icon('chevronRight')}</button></li>`)}</ul>` : nothing}
        <div class="stack"><a class="button button-quiet" href="#/enrol">${icon('plus')}${t('settings_add')}</a>
        ${this.unsent === null ? html`<button class="button button-quiet" @click=${this.askSignOut}>${t('settings_sign_out')}</button>` : this.confirm(this.unsent)}</div></section>
      ${this.lock()}
      <section class="card"><h2>${t('settings_storage')}</h2><p>${this.kept ? t('storage_kept') : t('storage_maybe')} ${t('storage_used', { size: sizeText(this.storage) })}</p>
        <button class="button button-quiet" ?disabled=${app.syncing} @click=${this.refresh}>${icon('arrowRepeat')}${t('settings_refresh')}</button></section>
      <p class="hint">${t('settings_version', { version: APP_VERSION })}</p>
      ${app.update ? callout('info', t('update_ready'), html`<button class="button button-quiet" @click=${() => app.update?.postMessage('SKIP_WAITING')}>${t('settings_update')}</button>`) : nothing}`;
  }

  /** The phone's name, as the coordinator reads it in the list of phones. */
  private name(): Drawn {
    return html`<form class="field" novalidate @submit=${this.rename}><label for="device-name">${t('settings_device')}</label>
      <div class="input-row"><input id="device-name" name="name" maxlength="60" .value=${app.person?.device.name ?? ''} />
      <button class="button button-quiet" ?disabled=${this.renaming || !app.online}>${t('settings_rename')}</button></div></form>`;
  }

  /** A PIN of one's own, where several people use a phone. */
  private lock(): Drawn {
    const has = Boolean(app.person?.lock);
    return html`<section class="card" id="lock"><h2>${t('lock_settings')}</h2><p class="hint" id="lock-hint">${t('lock_lead')}</p>
      ${this.pinProblem ? html`<p class="message" role="alert">${icon('triangle')}${this.pinProblem}</p>` : nothing}
      ${has ? html`<p>${icon('shield')} ${t('lock_is_on')}</p>` : nothing}
      <form class="field" novalidate @submit=${this.setPin}><label for="new-pin">${has ? t('lock_change') : t('lock_new')}</label>
        <div class="input-row"><input id="new-pin" name="pin" type="password" inputmode="numeric" autocomplete="new-password" maxlength="12" class="short" aria-describedby="lock-hint" />
        <button class="button button-quiet">${t('lock_set')}</button></div></form>
      ${has ? html`<div class="pair"><button class="button button-quiet" @click=${() => app.close()}>${t('lock_now')}</button>
        <button class="button button-quiet" @click=${this.dropPin}>${t('lock_drop')}</button></div>` : nothing}</section>`;
  }

  private readonly rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.target as HTMLFormElement).get('name') ?? '').trim();
    if (!name || !app.person) return;
    this.renaming = true;
    this.requestUpdate();
    try {
      await renameDevice(app.person, name);
      toast(t('settings_renamed'));
    } catch {
      toast(t('refresh_failed'), 'bad');
    }
    this.renaming = false;
    await app.reload();
  };

  private readonly setPin = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const input = this.querySelector<HTMLInputElement>('#new-pin')!;
    this.pinProblem = isPin(input.value) ? '' : t('lock_digits');
    if (!this.pinProblem) {
      await patchPerson(app.person!.uuid, { lock: await makeLock(input.value) });
      input.value = '';
      await app.reload();
      app.open();
      toast(t('lock_is_on'));
    }
    this.requestUpdate();
  };

  private readonly dropPin = async (): Promise<void> => {
    await patchPerson(app.person!.uuid, { lock: null });
    await app.reload();
  };

  private confirm(unsent: number): Drawn {
    return html`<div role="alert">${callout(unsent ? 'warn' : 'info', unsent ? t('sign_out_unsent', { n: unsent }) : t('sign_out_clean'), html`<div class="stack">
      ${app.waiting && app.online ? html`<button class="button button-main" @click=${this.sendFirst}>${t('sign_out_send')}</button>` : nothing}
      <button class="button ${unsent ? 'button-danger' : 'button-main'}" @click=${this.leave}>${t('sign_out_yes')}</button>
      <button class="button button-quiet" @click=${() => { this.unsent = null; this.requestUpdate(); }}>${t('cancel')}</button></div>`)}</div>`;
  }

  private readonly askSignOut = async (): Promise<void> => {
    this.unsent = await unsentOf(app.person!.uuid);
    this.requestUpdate();
  };

  private readonly sendFirst = async (): Promise<void> => {
    await app.sync(true);
    await this.askSignOut();
  };

  private readonly leave = async (): Promise<void> => {
    await signOut(app.person!.uuid);
    if (app.people.length < 2) app.forgetEnrolment();
    this.unsent = null;
    await app.reload();
    go(app.person ? 'today' : 'enrol', true);
  };

  private async change(uuid: string): Promise<void> {
    await app.choosePerson(uuid);
    go('today');
    void app.sync(true);
  }

  private readonly refresh = async (): Promise<void> => {
    const report = await app.sync(true);
    if (app.person?.blocked) toast(t('blocked'), 'bad');
    else toast(report && !report.problem ? t('refreshed') : t('refresh_failed'), report && !report.problem ? 'good' : 'bad');
    await this.measure();
  };
}

customElements.define('more-screen', MoreScreen);
customElements.define('conduct-screen', ConductScreen);
customElements.define('settings-screen', SettingsScreen);
