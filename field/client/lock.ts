/**
 * A person's own PIN on a phone that several use. It keeps others out of the screen; what is stored is not encrypted (docs/phone.md). Who
 * forgot it asks the coordinator for a new code: setting up again takes the PIN off and leaves every record.
 */
import type { Lock } from './types.ts';

export const LEAST_DIGITS = 4;
/** After so many wrong tries the phone waits: 30 s, doubling to 15 min. */
export const FREE_TRIES = 5;
/** Out of sight for longer than this, the app asks again. */
export const IDLE = 5 * 60_000;
const ROUNDS = 200_000;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 15 * 60_000;

export const isPin = (typed: string): boolean => /^\d{4,12}$/.test(typed);

export async function makeLock(pin: string, rounds = ROUNDS): Promise<Lock> {
  const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
  return { salt, hash: await derive(pin, salt, rounds), rounds, wrong: 0, until: 0 };
}

/** Whether the PIN fits, and the lock as it is after this try. While it waits, nothing fits. */
export async function tryPin(lock: Lock, pin: string, now: number): Promise<{ fits: boolean; lock: Lock }> {
  if (now < lock.until) return { fits: false, lock };
  if ((await derive(pin, lock.salt, lock.rounds)) === lock.hash) return { fits: true, lock: { ...lock, wrong: 0, until: 0 } };
  const wrong = lock.wrong + 1;
  const wait = wrong < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT);
  return { fits: false, lock: { ...lock, wrong, until: wait ? now + wait : 0 } };
}

async function derive(pin: string, salt: string, rounds: number): Promise<string> {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', text.encode(pin), 'PBKDF2', false, ['deriveBits']);
  return hex(new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: text.encode(salt), iterations: rounds }, key, 256)));
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
