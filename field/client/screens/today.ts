/** Where the day stands: next stop, what is unfinished, my team, my programme, who to call. */
import { html, nothing } from 'lit';
import { day, dateTime, dayOf, gapText, named, pick, t, time } from '../i18n.ts';
import { icon } from '../icons.ts';
import { othersOf } from '../missions.ts';
import { formForStop, myStops, stationsOf } from '../records.ts';
import { begin } from './start.ts';
import { app } from '../state.ts';
import { callout, empty, head, phone, Piece, recordRow, type Drawn } from '../ui.ts';
import type { Meeting, MissionInfo, RecordRow, Station, Stop } from '../types.ts';

const CLOCK_LIMIT = 5 * 60_000;

class TodayScreen extends Piece {
  private stations: Station[] = [];
  private mission: MissionInfo | null = null;
  private chosen: string | null = null;

  override render() {
    const mission = app.mission;
    if (mission !== this.mission) void this.load(mission);
    if (!mission) return html`${head(t('tab_today'))}${this.warnings(null)}${empty('calendar', app.person?.pulledAt ? t('today_no_mission') : t('loading'))}`;
    const date = this.chosen ?? this.firstDay(mission);
    return html`${head(day(date), undefined, html`${app.missionName(mission.reference) || pick(mission.title, mission.reference)}${app.missions.length > 1 ? html` · <a href="#/more">${t('mission_change')}</a>` : nothing}`)}
      ${this.warnings(mission)} ${this.dayPicker(mission, date)}
      ${this.nextStop(mission, date)} ${this.drafts()} ${this.team(mission, date)} ${this.programme(mission, date)} ${this.contacts(mission)}
      <p class="hint">${app.person?.pulledAt ? t('today_updated', { when: dateTime(app.person.pulledAt) }) : t('today_never')}</p>`;
  }

  private async load(mission: MissionInfo | null): Promise<void> {
    this.mission = mission;
    this.stations = await stationsOf(mission);
    this.requestUpdate();
  }

  private days(mission: MissionInfo): string[] {
    const days = new Set(mission.polling_days.map((row) => row.date));
    for (const meeting of mission.programme) days.add(meeting.local_start.slice(0, 10));
    for (const team of mission.teams) days.add(team.day);
    return [...days].sort();
  }

  /** Today, or the next day that has something, or the last one. */
  private firstDay(mission: MissionInfo): string {
    const today = dayOf(app.now(), mission.zone);
    const days = this.days(mission);
    return days.find((date) => date >= today) ?? days.at(-1) ?? today;
  }

  private dayPicker(mission: MissionInfo, date: string): Drawn {
    const days = this.days(mission);
    const at = days.indexOf(date);
    if (days.length < 2) return nothing;
    const step = (by: number) => {
      this.chosen = days[at + by] ?? date;
      this.requestUpdate();
    };
    return html`<div class="pair">
      <button class="button button-quiet" ?disabled=${at <= 0} @click=${() => step(-1)}>${icon('chevronLeft')}${t('day_before')}</button>
      <button class="button button-quiet" ?disabled=${at >= days.length - 1} @click=${() => step(1)}>${t('day_after')}${icon('chevronRight')}</button></div>`;
  }

  private warnings(mission: MissionInfo | null): Drawn {
    const person = app.person;
    const conduct = mission?.code_of_conduct;
    const skew = Math.abs(person?.clockSkew ?? 0);
    return html`
      ${person?.blocked ? callout('bad', t(person.blocked === 'device_wipe' ? 'blocked_wipe' : 'blocked'), html`<a class="button button-quiet" href="#/enrol">${t('blocked_new_code')}</a>`) : nothing}
      ${app.update ? callout('info', t('update_ready'), html`<button class="button button-quiet" @click=${() => app.update?.postMessage('SKIP_WAITING')}>${t('settings_update')}</button>`) : nothing}
      ${app.tooOld ? callout('bad', t('app_too_old'), app.update ? nothing : html`<p>${t('app_too_old_wait')}</p>`) : nothing}
      ${app.people.filter((row) => !row.signedOut).length > 1 && person && !person.lock ? callout('info', html`<a href="#/settings">${t('lock_advice')}</a>`) : nothing}
      ${skew > CLOCK_LIMIT ? callout('warn', t('clock_wrong', { gap: gapText(skew) })) : nothing}
      ${conduct && !conduct.accepted_at ? callout('warn', html`<a href="#/conduct">${t('today_conduct')}</a>`) : nothing}`;
  }

  private nextStop(mission: MissionInfo, date: string): Drawn {
    const stops = myStops(mission).filter((stop) => !stop.planned_at || dayOf(stop.planned_at, mission.zone) === date);
    if (!stops.length) return nothing;
    const done = new Set(app.records.filter((row) => row.stop && row.state !== 'draft').map((row) => row.stop));
    const next = stops.find((stop) => !done.has(stop.uuid) && stop.outcome === 'planned');
    return html`<section class="card"><h2>${t('today_next')}</h2>
      ${next ? this.stop(mission, next) : html`<p>${t('today_none_next')}</p>`}
      <a class="more" href="#/stations">${t('today_all_stops')} (${stops.length})${icon('chevronRight')}</a></section>`;
  }

  private stop(mission: MissionInfo, stop: Stop): Drawn {
    const station = this.stations.find((row) => row.code === stop.station);
    const form = formForStop(mission, stop);
    const draft = app.records.find((row) => row.stop === stop.uuid && row.state === 'draft');
    return html`<p class="big">${station?.name ?? (stop.place || stop.station)}</p>
      <p class="facts">${named('stage', stop.kind)}${stop.planned_at ? html` · ${time(stop.planned_at, mission.zone)}` : nothing}${station ? html` · ${[station.code, station.municipality].filter(Boolean).join(', ')}` : nothing}</p>
      ${station?.address ? html`<p class="facts">${station.address}</p>` : nothing}
      ${draft ? html`<a class="button button-main" href="#/form/${draft.uuid}">${t('today_resume', { form: pick(draft.title) })}</a>`
        : form ? html`<button class="button button-main" @click=${() => begin(mission, { form, stop })}>${t('today_start', { form: pick(form.title) })}</button>` : nothing}`;
  }

  private drafts(): Drawn {
    const drafts = app.records.filter((row: RecordRow) => row.state === 'draft');
    return drafts.length ? html`<section class="card"><h2>${t('today_drafts')}</h2><ul class="list">${drafts.map(recordRow)}</ul></section>` : nothing;
  }

  private team(mission: MissionInfo, date: string): Drawn {
    const team = mission.teams.find((row) => row.is_mine && row.day === date);
    return html`<section class="card"><h2>${team ? t('today_team_is', { name: team.name }) : t('today_team')}</h2>
      ${team?.area ? html`<p class="facts">${team.area}</p>` : nothing}
      ${team ? html`<ul class="list">${team.members.map((row) => html`<li class="row"><span class="row-main"><b>${row.name}</b><small>${named('role', row.role)}</small></span>
        ${row.phone ? html`<a class="round" href="tel:${row.phone}" aria-label=${t('call', { name: row.name })}>${icon('telephone')}</a>` : nothing}</li>`)}</ul>` : html`<p>${t('today_no_team')}</p>`}</section>`;
  }

  private programme(mission: MissionInfo, date: string): Drawn {
    const meetings = mission.programme.filter((row) => row.local_start.startsWith(date)).sort((a, b) => a.starts_at.localeCompare(b.starts_at));
    return html`<section class="card"><h2>${t('today_programme')}</h2>
      ${meetings.length ? html`<ol class="agenda">${meetings.map((row) => this.meeting(row))}</ol>` : html`<p>${t('today_no_programme')}</p>`}</section>`;
  }

  private meeting(row: Meeting): Drawn {
    const others = othersOf(row);
    return html`<li><span class="agenda-time">${time(row.starts_at, row.zone)}<small>${time(row.ends_at, row.zone)}</small></span>
      <span><b>${row.title}</b>${row.place ? html`<small>${row.place}</small>` : nothing}
      ${row.link && /^https:/.test(row.link) ? html`<small><a href=${row.link} rel="noreferrer">${row.link}</a></small>` : nothing}
      ${others.length ? html`<small>${others.join(', ')}</small>` : nothing}</span></li>`;
  }

  private contacts(mission: MissionInfo): Drawn {
    return html`<section class="card"><h2>${t('today_contacts')}</h2>
      ${mission.emergency_number ? phone(mission.emergency_number, t('today_emergency', { number: mission.emergency_number }), true) : nothing}
      <ul class="list">${mission.contacts.map((row) => html`<li class="row"><span class="row-main"><b>${row.name}</b><small>${named('role', row.role)}${row.phone ? html` · ${row.phone}` : nothing}</small></span>
        ${row.phone ? html`<a class="round" href="tel:${row.phone}" aria-label=${t('call', { name: row.name })}>${icon('telephone')}</a>`
          : row.email ? html`<a class="round" href="mailto:${row.email}" aria-label=${t('incident_write', { name: row.name })}>${icon('send')}</a>` : nothing}</li>`)}</ul></section>`;
  }
}

customElements.define('today-screen', TodayScreen);
