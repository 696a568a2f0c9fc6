/** The frame around all screens: what is on line, what waits, and the five parts of the app under the thumb. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type Icon } from './icons.ts';
import { t } from './i18n.ts';
import { go, route, type Route } from './router.ts';
import { app } from './state.ts';
import { Piece, type Drawn } from './ui.ts';
import './screens/enrol.ts';
import './screens/lock.ts';
import './screens/move.ts';
import './screens/today.ts';
import './screens/stations.ts';
import './screens/new.ts';
import './screens/form.ts';
import './screens/records.ts';
import './screens/note.ts';
import './screens/more.ts';

const TABS: [string, Icon, 'tab_today' | 'tab_stations' | 'tab_new' | 'tab_records' | 'tab_more'][] = [
  ['today', 'calendar', 'tab_today'], ['stations', 'geo', 'tab_stations'], ['new', 'plus', 'tab_new'], ['records', 'inboxes', 'tab_records'], ['more', 'dots', 'tab_more'],
];
const PARENT: Record<string, string> = { station: 'stations', note: 'new', incident: 'new', form: 'new', record: 'records', move: 'records', conduct: 'more', settings: 'more', enrol: 'more' };

class ScrutinApp extends Piece {
  private at: Route = route();
  private shownPerson: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.moved);
    if (location.hash.includes('enrol=')) this.at = { name: 'enrol', arg: '' };
  }

  override disconnectedCallback(): void {
    window.removeEventListener('hashchange', this.moved);
    super.disconnectedCallback();
  }

  private readonly moved = (): void => {
    this.at = location.hash.includes('enrol=') ? { name: 'enrol', arg: '' } : route();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      window.scrollTo({ top: 0 });
      this.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    });
  };

  override render(): Drawn {
    if (!app.ready) return html`<main class="main" id="main"><p class="empty">${t('loading')}</p></main>`;
    const alone = !app.person;
    const closed = app.locked && this.at.name !== 'enrol';
    const filling = this.at.name === 'form' && !alone && !app.locked;
    return html`<a class="skip" href="#main" @click=${this.skip}>${t('skip')}</a>
      ${this.header()}
      <main class="main ${filling ? 'main-form' : ''}" id="main" tabindex="-1">${alone ? html`<enrol-screen></enrol-screen>` : closed ? html`<lock-screen></lock-screen>` : this.screen()}</main>
      <div id="toast" class="toast" role="status" aria-live="polite"></div>
      ${alone || closed || filling ? nothing : this.tabs()}`;
  }

  private readonly skip = (event: Event): void => {
    event.preventDefault();
    this.querySelector<HTMLElement>('#main')?.focus();
  };

  private header(): TemplateResult {
    const { waiting, refused } = app;
    const kind = !app.online ? 'net-off' : refused ? 'net-bad' : '';
    const picture: Icon = !app.online ? 'wifiOff' : refused ? 'triangle' : waiting || app.syncing ? 'cloudUp' : 'check';
    return html`<header class="top"><a class="brand" href="#/today"><span class="mark" aria-hidden="true"></span>${t('app_name')}</a>
      ${app.person || !app.online ? html`<a class="net ${kind}" href="#/records" id="net">${icon(picture)}<span>${this.standing()}</span></a>` : nothing}</header>`;
  }

  /** "All sent" is said only when nothing waits and nothing was refused. */
  private standing(): string {
    const { waiting, refused, online } = app;
    const parts = [
      online ? '' : t('offline'), waiting ? (online && app.syncing ? t('sending_now') : t('waiting_n', { n: waiting })) : '', refused ? t('refused_n', { n: refused }) : '',
    ].filter(Boolean);
    return parts.join(' · ') || t('all_sent');
  }

  private tabs(): TemplateResult {
    const current = PARENT[this.at.name] ?? this.at.name;
    const { waiting, refused } = app;
    const label = [waiting ? t('waiting_n', { n: waiting }) : '', refused ? t('refused_n', { n: refused }) : ''].filter(Boolean).join(', ');
    return html`<nav class="tabs" aria-label=${t('tabs')}>${TABS.map(([name, picture, key]) => html`<a href="#/${name}" class=${name === 'new' ? 'tab-new' : ''} aria-current=${current === name ? 'page' : nothing}>
      ${icon(picture)}<span>${t(key)}</span>${name === 'records' && label ? html`<span class="count" role="img" aria-label=${label}>${waiting + refused}</span>` : nothing}</a>`)}</nav>`;
  }

  private screen(): Drawn {
    const { name, arg } = this.at;
    switch (name) {
      case 'enrol': return html`<enrol-screen></enrol-screen>`;
      case 'stations': return html`<stations-screen></stations-screen>`;
      case 'station': return html`<station-screen .code=${arg}></station-screen>`;
      case 'new': return html`<new-screen></new-screen>`;
      case 'form': return html`<form-screen .uuid=${arg}></form-screen>`;
      case 'note': return html`<note-screen .uuid=${arg}></note-screen>`;
      case 'incident': return html`<incident-screen></incident-screen>`;
      case 'records': return html`<records-screen></records-screen>`;
      case 'move': return html`<move-screen .uuid=${arg}></move-screen>`;
      case 'record': return html`<record-screen .uuid=${arg}></record-screen>`;
      case 'more': return html`<more-screen></more-screen>`;
      case 'conduct': return html`<conduct-screen></conduct-screen>`;
      case 'settings': return html`<settings-screen></settings-screen>`;
      default: return html`<today-screen></today-screen>`;
    }
  }

  protected override updated(): void {
    // Another person took over: their own first page, never the other's record.
    if (this.shownPerson !== undefined && app.person && app.person.uuid !== this.shownPerson && ['form', 'record', 'note', 'move'].includes(this.at.name)) go('today', true);
    this.shownPerson = app.person?.uuid;
    document.title = `${this.querySelector('h1')?.textContent?.trim() || t('app_name')} – ${t('app_name')}`;
  }
}

customElements.define('scrutin-app', ScrutinApp);
