import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timed } from '../../src/app/plan/fresh-plan.ts';
import { isRefusal } from '../../src/domain/answers/refusal.ts';
import { type DryRun, NO_CHANGE } from '../../src/domain/questions/plan/dry-run.ts';
import { planAdd } from '../../src/domain/verbs/add/plan.ts';
import type { DryRuns } from '../../src/ports/dry-runs.ts';
import { addNode2, facts } from '../fixtures/facts.ts';

/** The dry runs of one cluster without a request, as its worker and its bot have them. */
export interface OpenedDryRuns {
  readonly worker: DryRuns;
  readonly bot: DryRuns;
  close(): Promise<void>;
}

function planned(): DryRun {
  const plan = planAdd(addNode2, facts(), { change: NO_CHANGE, at: '2026-11-22T10:00:00.000Z', begun: false });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return { intent: addNode2, during: null, found: { is: 'planned', plan: timed(plan, 3) } };
}

export const PLANNED: DryRun = planned();
export const REFUSED: DryRun = {
  intent: { verb: 'remove', cluster: 'lab', nodes: ['node-3'], last: true },
  during: 'lab-7f3k2q',
  found: {
    is: 'refused',
    refusal: { refused: 'no-registry', says: 'node-3 has no registry.', tryNext: 'Check the name.' },
  },
};

/** The contract of requests for dry runs and their answers. */
export function dryRunsContract(name: string, open: () => Promise<OpenedDryRuns>): void {
  describe(`${name}: dry runs of a cluster`, () => {
    let opened: OpenedDryRuns;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    it('keeps a request until it has its answer, so that a worker that died leaves it to the next one', async () => {
      const { worker, bot } = opened;
      expect(await worker.next()).toBeNull();
      const request = (await bot.ask(PLANNED.intent)) ?? '';
      expect(await bot.seen(request)).toEqual({ is: 'none' });
      expect(await worker.next()).toEqual({ request, intent: PLANNED.intent });
      const again = await worker.next();
      expect(again).toEqual({ request, intent: PLANNED.intent });
      if (again !== null) await worker.put(again, PLANNED);
      expect(await worker.next()).toBeNull();
      expect(await bot.seen(request)).toEqual({ is: 'seen', dryRun: PLANNED });
    });

    it('answers each of two requests that are made at once, the older one first', async () => {
      const { worker, bot } = opened;
      const first = (await bot.ask(PLANNED.intent)) ?? '';
      const second = (await bot.ask(REFUSED.intent)) ?? '';
      expect(second).not.toBe(first);
      for (const dryRun of [PLANNED, REFUSED]) {
        const asked = await worker.next();
        expect(asked?.intent).toEqual(dryRun.intent);
        if (asked !== null) await worker.put(asked, dryRun);
      }
      expect(await bot.seen(first)).toEqual({ is: 'seen', dryRun: PLANNED });
      expect(await bot.seen(second)).toEqual({ is: 'seen', dryRun: REFUSED });
    });

    it('takes ten requests at a time', async () => {
      const { worker, bot } = opened;
      for (let n = 0; n < 10; n += 1) expect(await bot.ask(PLANNED.intent)).not.toBeNull();
      expect(await bot.ask(PLANNED.intent)).toBeNull();
      for (let asked = await worker.next(); asked !== null; asked = await worker.next())
        await worker.put(asked, PLANNED);
      expect(await bot.ask(PLANNED.intent)).not.toBeNull();
    });
  });
}
