/** The few icons the app draws, taken from bootstrap-icons at build time. They decorate; the words beside them speak. */
import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import arrowRepeat from 'bootstrap-icons/icons/arrow-repeat.svg';
import calendar from 'bootstrap-icons/icons/calendar3.svg';
import camera from 'bootstrap-icons/icons/camera.svg';
import check from 'bootstrap-icons/icons/check2.svg';
import checkCircle from 'bootstrap-icons/icons/check2-circle.svg';
import chevronLeft from 'bootstrap-icons/icons/chevron-left.svg';
import chevronRight from 'bootstrap-icons/icons/chevron-right.svg';
import cloudUp from 'bootstrap-icons/icons/cloud-arrow-up.svg';
import danger from 'bootstrap-icons/icons/exclamation-octagon.svg';
import dots from 'bootstrap-icons/icons/three-dots.svg';
import gear from 'bootstrap-icons/icons/gear.svg';
import geo from 'bootstrap-icons/icons/geo-alt.svg';
import hourglass from 'bootstrap-icons/icons/hourglass-split.svg';
import inboxes from 'bootstrap-icons/icons/inboxes.svg';
import info from 'bootstrap-icons/icons/info-circle.svg';
import journal from 'bootstrap-icons/icons/journal-text.svg';
import list from 'bootstrap-icons/icons/list-check.svg';
import map from 'bootstrap-icons/icons/map.svg';
import pencil from 'bootstrap-icons/icons/pencil.svg';
import people from 'bootstrap-icons/icons/people.svg';
import plus from 'bootstrap-icons/icons/plus-lg.svg';
import search from 'bootstrap-icons/icons/search.svg';
import send from 'bootstrap-icons/icons/send.svg';
import shield from 'bootstrap-icons/icons/shield-check.svg';
import telephone from 'bootstrap-icons/icons/telephone.svg';
import trash from 'bootstrap-icons/icons/trash.svg';
import triangle from 'bootstrap-icons/icons/exclamation-triangle.svg';
import wifiOff from 'bootstrap-icons/icons/wifi-off.svg';
import x from 'bootstrap-icons/icons/x-lg.svg';

const ICONS = {
  arrowRepeat, calendar, camera, check, checkCircle, chevronLeft, chevronRight, cloudUp, danger, dots, gear, geo, hourglass, inboxes, info,
  journal, list, map, pencil, people, plus, search, send, shield, telephone, trash, triangle, wifiOff, x,
};
export type Icon = keyof typeof ICONS;

export const icon = (name: Icon): TemplateResult => html`<span class="icon" aria-hidden="true">${unsafeHTML(ICONS[name])}</span>`;
