import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hold } from '../../src/domain/policy/hold.ts';
import type { Holds } from '../../src/ports/policy.ts';

/** Freezes and locks of one cluster, none yet. */
export interface OpenedHolds {
  readonly holds: Holds;
  close(): Promise<void>;
}

const by = { id: 'U1', name: 'alice' };
const at = '2026-03-01T10:00:00.000Z';
const freeze: Hold = { verb: 'freeze', node: null, by, at, reason: 'year end' };
const lock: Hold = { verb: 'lock', node: 'node-2', by, at };

/** The contract of freezes and locks. */
export function holdsContract(name: string, open: () => Promise<OpenedHolds>): void {
  describe(`${name}: freezes and locks`, () => {
    let opened: OpenedHolds;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    it('are kept with holder, time and reason until each is lifted', async () => {
      const { holds } = opened;
      const whole: Hold = { ...lock, node: null };
      for (const hold of [freeze, lock, whole]) expect(await holds.set(hold)).toBe(true);
      expect(await holds.all()).toEqual(expect.arrayContaining([freeze, lock, whole]));
      expect(await holds.lift(whole)).toBe(true);
      expect(await holds.all()).toHaveLength(2);
      expect(await holds.lift(freeze)).toBe(true);
      expect(await holds.lift(freeze)).toBe(false);
      expect(await holds.all()).toEqual([lock]);
      await holds.lift(lock);
    });

    it('have one holder when two people freeze at once', async () => {
      const { holds } = opened;
      const others: Hold = { ...freeze, by: { id: 'U2', name: 'bob' } };
      const set = await Promise.all([holds.set(freeze), holds.set(others)]);
      expect(set.filter(Boolean)).toHaveLength(1);
      const [holder] = await holds.all();
      expect(await holds.lift(isDeepStrictEqual(holder, freeze) ? others : freeze)).toBe(false);
      expect(await holds.all()).toHaveLength(1);
    });
  });
}
