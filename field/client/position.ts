/** Where the phone is, asked for by a tap, made coarse before anybody sees it: three decimals are about a hundred metres. */
import { html, type TemplateResult } from 'lit';
import { t } from './i18n.ts';
import { icon } from './icons.ts';
import type { Position } from './types.ts';

export const coarse = (latitude: number, longitude: number): Position => ({ lat: Math.round(latitude * 1000) / 1000, lon: Math.round(longitude * 1000) / 1000 });

/** The coarse position, or null where the phone or the person says no. */
export function locate(): Promise<Position | null> {
  return new Promise((done) => {
    if (!('geolocation' in navigator)) return done(null);
    navigator.geolocation.getCurrentPosition((found) => done(coarse(found.coords.latitude, found.coords.longitude)), () => done(null), { timeout: 20_000, maximumAge: 60_000 });
  });
}

/** The position of a whole record: nothing is taken without a tap, and what goes along is shown before it is sent. */
export function positionPart(position: Position | null | undefined, busy: boolean, take: () => void, drop: () => void): TemplateResult {
  return html`<section class="card" id="position"><h2>${t('position_title')}</h2>
    ${position ? html`<p role="status">${icon('geo')} ${t('position_is', { lat: position.lat.toFixed(3), lon: position.lon.toFixed(3) })}</p>
      <button type="button" class="button button-quiet" @click=${drop}>${t('position_drop')}</button>`
      : html`<p class="hint">${t('position_lead')}</p><button type="button" class="button button-quiet" ?disabled=${busy} @click=${take}>${icon('geo')}${busy ? t('position_busy') : t('position_take')}</button>`}
    </section>`;
}
