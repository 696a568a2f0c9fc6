/** My stops in the order of the day, and every station of the mission. */
import { html, nothing } from 'lit';
import { dateTime, fold, named, pick, t } from '../i18n.ts';
import { icon } from '../icons.ts';
import { formForStop, myStops, observationForms, stationsOf } from '../records.ts';
import { app } from '../state.ts';
import { begin } from './start.ts';
import { empty, head, Piece, recordRow, stateBadge, type Drawn } from '../ui.ts';
import type { MissionInfo, Station, Stop } from '../types.ts';

const SHOWN = 40;
/** The phone's own map app, off line too; an iPhone does not know `geo:`. */
export function mapLink(lat: number, lon: number, name: string, agent = navigator.userAgent): string {
  return /iPhone|iPad|iPod/.test(agent) ? `maps:?ll=${lat},${lon}&q=${encodeURIComponent(name)}` : `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(name)})`;
}

class StationsScreen extends Piece {
  private stations: Station[] = [];
  private mission: MissionInfo | null = null;
  private query = '';

  override render() {
    const mission = app.mission;
    if (mission !== this.mission) void this.load(mission);
    const stops = myStops(mission);
    return html`${head(t('stations_title'))}
      <section class="card"><h2>${t('stations_mine')}</h2>
        ${stops.length ? html`<ol class="list">${stops.map((stop) => this.stop(mission!, stop))}</ol>` : empty('geo', t('stops_none'))}</section>
      <section class="card"><h2>${t('stations_all')}${this.stations.length ? html` (${this.stations.length})` : nothing}</h2>
        <div class="field"><label for="station-search">${t('stations_search')}</label>
          <input id="station-search" type="search" .value=${this.query} @input=${this.typed} /></div>
        ${this.found()}</section>`;
  }

  private async load(mission: MissionInfo | null): Promise<void> {
    this.mission = mission;
    this.stations = await stationsOf(mission);
    this.requestUpdate();
  }

  private readonly typed = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value;
    this.requestUpdate();
  };

  private stop(mission: MissionInfo, stop: Stop): Drawn {
    const station = this.stations.find((row) => row.code === stop.station);
    const record = app.records.find((row) => row.stop === stop.uuid && row.state === 'draft') ?? app.records.find((row) => row.stop === stop.uuid);
    const form = formForStop(mission, stop);
    const inner = html`<span class="row-main"><b>${station?.name ?? (stop.place || stop.station)}</b>
        <small>${named('stage', stop.kind)}${stop.planned_at ? html` · ${dateTime(stop.planned_at, mission.zone)}` : nothing}</small>
        <small>${[station?.code, station?.municipality].filter(Boolean).join(', ')}</small></span>
        ${record ? stateBadge(record.state) : stop.outcome !== 'planned' ? html`<span class="badge">${named('outcome', stop.outcome)}</span>` : nothing}${icon('chevronRight')}`;
    if (record) return html`<li><a class="row" href="#/${record.state === 'draft' ? 'form' : 'record'}/${record.uuid}">${inner}</a></li>`;
    if (form) return html`<li><button class="row" @click=${() => begin(mission, { form, stop })}>${inner}</button></li>`;
    return html`<li><a class="row" href="#/station/${encodeURIComponent(stop.station ?? '')}">${inner}</a></li>`;
  }

  private found(): Drawn {
    if (!this.stations.length) return empty('geo', t('station_none'));
    const words = fold(this.query).split(/\s+/).filter(Boolean);
    const hits = this.stations.filter((row) => {
      const text = fold([row.code, row.name, row.municipality, row.district, row.address].join(' '));
      return words.every((word) => text.includes(word));
    });
    if (!hits.length) return empty('search', t('stations_none'));
    return html`<ul class="list">${hits.slice(0, SHOWN).map((row) => html`<li><a class="row" href="#/station/${encodeURIComponent(row.code)}">
        <span class="row-main"><b>${row.name}</b><small>${[row.code, row.municipality].filter(Boolean).join(', ')}</small></span>${icon('chevronRight')}</a></li>`)}</ul>
      ${hits.length > SHOWN ? html`<p class="hint">${t('stations_more', { n: hits.length - SHOWN })}</p>` : nothing}`;
  }
}

class StationScreen extends Piece {
  static override properties = { code: {} };
  declare code: string;
  private station: Station | undefined;
  private shown = '';

  override render() {
    const mission = app.mission;
    if (this.shown !== `${mission?.reference}|${this.code}`) void this.load(mission);
    const row = this.station;
    const records = app.records.filter((record) => record.station === this.code && record.kind !== 'move');
    const forms = observationForms(mission);
    return html`${head(row?.name ?? this.code, 'stations', row ? [row.code, row.municipality, row.district].filter(Boolean).join(', ') : undefined)}
      ${row ? html`<section class="card">
        ${row.address ? html`<p>${row.address}</p>` : nothing}
        <p class="facts">${[row.setting && named('setting', row.setting), row.kind && named('kind', row.kind), row.voters ? t('station_voters', { n: row.voters }) : ''].filter(Boolean).join(' · ')}</p>
        ${row.lat != null && row.lon != null ? html`<p class="facts">${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}</p>
          <a class="button button-quiet" href=${mapLink(row.lat, row.lon, row.name)}>${icon('map')}${t('station_map')}</a>` : nothing}</section>` : nothing}
      <section class="card"><h2>${t('station_forms')}</h2><div class="stack">
        ${forms.length ? forms.map((form) => html`<button class="button button-quiet button-left" @click=${() => begin(mission!, { form, station: this.code })}>${icon('list')}${pick(form.title)}</button>`) : empty('list', t('new_no_forms'))}
        <a class="button button-quiet button-left" href="#/note/at:${encodeURIComponent(this.code)}">${icon('journal')}${t('new_note')}</a></div></section>
      ${records.length ? html`<section class="card"><h2>${t('station_records')}</h2><ul class="list">${records.map(recordRow)}</ul></section>` : nothing}`;
  }

  private async load(mission: MissionInfo | null): Promise<void> {
    this.shown = `${mission?.reference}|${this.code}`;
    this.station = (await stationsOf(mission)).find((row) => row.code === this.code);
    this.requestUpdate();
  }
}

customElements.define('stations-screen', StationsScreen);
customElements.define('station-screen', StationScreen);
