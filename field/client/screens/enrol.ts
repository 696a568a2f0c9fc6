/** The first screen: a one-time code makes this phone the phone of one person. */
import { html, nothing } from 'lit';
import { ApiError } from '../api.ts';
import { LANGUAGES, language, t } from '../i18n.ts';
import { enrolmentCode, go } from '../router.ts';
import { app } from '../state.ts';
import { enrol } from '../sync.ts';
import { callout, head, Piece } from '../ui.ts';
import type { Lang } from '../types.ts';

/** Browser and system in a few words, for the coordinator's list of phones. */
export function platform(): string {
  const agent = navigator.userAgent;
  const system = /Android [\d.]+|iPhone OS [\d_]+|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0]?.replaceAll('_', '.') ?? '';
  const browser = /(Firefox|Edg|SamsungBrowser|CriOS|Chrome)\/(\d+)/.exec(agent)?.slice(1, 3).join(' ') ?? (/Version\/(\d+).*Safari/.exec(agent) ? 'Safari' : '');
  return [system, browser].filter(Boolean).join(', ').slice(0, 80);
}

class EnrolScreen extends Piece {
  private busy = false;
  private problems: string[] = [];

  override render() {
    const another = app.person !== null;
    return html`${head(t('enrol_title'), another ? 'settings' : undefined, t('enrol_lead'))}
      ${app.storageLost ? callout('bad', t('enrol_lost')) : nothing}
      ${app.person?.blocked ? callout('warn', t('enrol_again')) : nothing}
      ${this.problems.length ? html`<div role="alert">${this.problems.map((text) => callout('bad', text))}</div>` : nothing}
      <form class="stack" @submit=${this.submit} novalidate>
        <div class="field"><label for="code">${t('enrol_code')}</label>
          <input id="code" name="code" class="code" .value=${enrolmentCode()} autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"
            maxlength="60" aria-describedby="code-hint" required />
          <p class="hint" id="code-hint">${t('enrol_code_hint')}</p></div>
        <div class="field"><label for="name">${t('enrol_name')}</label>
          <input id="name" name="name" maxlength="60" value=${t('enrol_default_name')} /></div>
        <button class="button button-main" ?disabled=${this.busy}>${this.busy ? t('enrol_busy') : t('enrol_go')}</button>
      </form>
      <div class="field"><label for="enrol-language">${t('settings_language')}</label>
        <select id="enrol-language" @change=${(event: Event) => app.chooseLanguage((event.target as HTMLSelectElement).value)}>
          ${(Object.keys(LANGUAGES) as Lang[]).map((code) => html`<option value=${code} ?selected=${code === language()}>${LANGUAGES[code]}</option>`)}
        </select></div>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const code = String(data.get('code') ?? '').replace(/[^A-Za-z0-9]/g, '');
    if (code.length < 8) return this.show([t('enrol_code_missing')]);
    this.busy = true;
    this.show([]);
    try {
      const person = await enrol(code, String(data.get('name') || t('enrol_default_name')), platform(), language());
      await navigator.storage?.persist?.().catch(() => false);
      await app.choosePerson(person.uuid);
      app.open();
      go('today', true);
      await app.sync(true);
    } catch (error) {
      this.show(sentences(error));
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  };

  private show(problems: string[]): void {
    this.problems = problems;
    this.requestUpdate();
  }
}

function sentences(error: unknown): string[] {
  if (!(error instanceof ApiError)) return [t('enrol_failed')];
  if (error.status === 429) return [t('enrol_too_many')];
  if (error.kind === 'network') return [error.status ? t('enrol_failed') : t('enrol_offline')];
  const told = error.all.map((one) => one.detail).filter(Boolean);
  return told.length ? told : [error.detail || t('enrol_failed')];
}

customElements.define('enrol-screen', EnrolScreen);
