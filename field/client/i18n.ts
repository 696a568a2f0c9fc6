/** The app's own words and dates in the person's language. */
import { de } from './catalogue/de.ts';
import { en, type Catalogue, type Key } from './catalogue/en.ts';
import { fr } from './catalogue/fr.ts';
import type { Lang, Texts } from './types.ts';

export const LANGUAGES: Record<Lang, string> = { en: 'English', fr: 'Français', de: 'Deutsch' };
const CATALOGUES: Record<Lang, Catalogue> = { en, fr, de };
let current: Lang = 'en';

export const language = (): Lang => current;

export function setLanguage(code: string | undefined): void {
  const short = (code ?? '').slice(0, 2).toLowerCase();
  current = short in CATALOGUES ? (short as Lang) : 'en';
  if (typeof document !== 'undefined') document.documentElement.lang = current;
}

/** The sentence for `key`, its `{named}` places filled. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return CATALOGUES[current][key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** A text of the server in the person's language, else in any that is there. */
export function pick(texts: Texts | undefined, fallback = ''): string {
  return texts?.[current] || texts?.en || texts?.fr || texts?.de || fallback;
}

/** A sentence whose key is made from a code; the code itself where there is none. */
export function named(prefix: string, code: string): string {
  const key = `${prefix}_${code}`;
  return key in en ? t(key as Key) : code.replaceAll('_', ' ');
}

const formatter = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat(current === 'en' ? 'en-GB' : current, options);
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: undefined });
  }
};

/** A size in words: "22 kB", "2,1 Mo". */
export function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return t('size_kb', { n: Math.max(1, Math.ceil(bytes / 1024)) });
  return t('size_mb', { n: (bytes / 1_048_576).toLocaleString(current, { minimumFractionDigits: 1, maximumFractionDigits: 1 }) });
}

/** A length of time in words, in the largest unit that says it: "25 minutes", "3 jours". */
export function gapText(milliseconds: number): string {
  const minutes = Math.abs(milliseconds) / 60_000;
  const [unit, size] = ([['year', 525_960], ['day', 1440], ['hour', 60]] as const).find(([, length]) => minutes >= 2 * length) ?? (['minute', 1] as const);
  return new Intl.NumberFormat(current, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(minutes / size);
}

export function time(iso: string | null | undefined, zone?: string): string {
  return iso ? formatter({ hour: '2-digit', minute: '2-digit', timeZone: zone }).format(new Date(iso)) : '';
}

export function dateTime(iso: string | null | undefined, zone?: string): string {
  return iso ? formatter({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone }).format(new Date(iso)) : '';
}

/** A calendar day as it is called where it happens. */
export function day(date: string): string {
  return date ? formatter({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${date}T12:00:00Z`)) : '';
}

/** Which calendar day an instant is in a zone, as YYYY-MM-DD. */
export function dayOf(instant: Date | string, zone?: string): string {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(instant));
  } catch {
    return new Date(instant).toISOString().slice(0, 10);
  }
}

/** Letters as a search compares them: small, without accents. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
