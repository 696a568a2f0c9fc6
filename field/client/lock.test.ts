import { describe, expect, it } from 'vitest';
import { FREE_TRIES, isPin, makeLock, tryPin } from './lock.ts';

describe('a PIN', () => {
  it('opens with itself and with nothing else, and is not stored', async () => {
    const lock = await makeLock('2468', 1000);
    expect(JSON.stringify(lock)).not.toContain('2468');
    expect((await tryPin(lock, '2468', 0)).fits).toBe(true);
    const wrong = await tryPin(lock, '2469', 0);
    expect([wrong.fits, wrong.lock.wrong]).toEqual([false, 1]);
    expect((await makeLock('2468', 1000)).hash).not.toBe(lock.hash);
  });

  it('waits longer after each wrong try past the fifth, also for the right one', async () => {
    let lock = await makeLock('2468', 1000);
    const waits: number[] = [];
    for (let now = 0, at = 0; at < FREE_TRIES + 7; at += 1) {
      lock = (await tryPin(lock, '0000', now)).lock;
      waits.push(lock.until ? lock.until - now : 0);
      expect((await tryPin(lock, '2468', now)).fits).toBe(lock.until === 0);
      now = Math.max(now, lock.until);
    }
    expect(waits).toEqual([0, 0, 0, 0, 30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000, 900_000]);
    const right = await tryPin(lock, '2468', lock.until);
    expect([right.fits, right.lock.wrong, right.lock.until]).toEqual([true, 0, 0]);
  });

  it('is four to twelve digits', () => {
    expect(['1234', '123456789012', '123', '12a4', '', '1234567890123'].map(isPin)).toEqual([true, true, false, false, false, false]);
  });
});
