import { describe, expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import type { Answered } from '../../../src/app/ask/asker.ts';
import { PlainFailure } from '../../../src/domain/answers/failure.ts';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { alice, bench, mallory } from '../bench.ts';

type Bench = ReturnType<typeof bench>;
const signal = new AbortController().signal;

async function asked(on: Bench, typed = 'verify', by = alice): Promise<Answered | Refusal> {
  const nodesOf = () => ({ names: ['bootstrap', 'node-2', 'node-3'], bootstrap: ['bootstrap'] });
  const wish = parseCommand(typed, { clusters: ['lab'], defaultCluster: 'lab', nodesOf });
  if (isRefusal(wish)) return wish;
  if (wish.is !== 'question') throw new Error(`${typed} is no question.`);
  const clusters = new Map([['lab', on.bot]]);
  const ports = { clusters, fleet: fakeFleet(clusters), cards: on.cards, clock: on.clock };
  return await answering(ports).answer(wish, { by, channel: 'C0OPS' });
}

function granted(answer: Answered | Refusal | null | undefined): Answered {
  if (answer === null || answer === undefined) throw new Error('There is no answer.');
  if (isRefusal(answer)) throw new Error(answer.says);
  return answer;
}

/** A worker that shows these reports of the request, one after another, each for some seconds of the bot's clock. */
function reports(
  on: Bench,
  ...each: readonly (readonly [until: number, report: 'running' | 'half' | 'ended'])[]
): void {
  const from = on.clock.steadyMs();
  on.proofBoard.seen = async () => {
    const seconds = (on.clock.steadyMs() - from) / 1000;
    const now = (each.find(([until]) => seconds < until) ?? each.at(-1))?.[1];
    if (now === 'ended')
      return { is: 'seen', ageMs: 0, report: { is: 'ended', request: 1, result: PROVEN, journal: null } };
    const progress = now === 'half' ? ({ done: 6, total: 13, unit: 'images', secondsLeft: null } as const) : null;
    return { is: 'seen', ageMs: 0, report: { is: 'running', request: 1, progress } };
  };
}

describe('verify', () => {
  it('asks the worker for exactly what was typed', async () => {
    const on = bench();
    granted(await asked(on, 'verify node-2,node-3 --deep'));
    expect(on.proofBoard.waiting).toEqual({ request: 1, nodes: ['node-2', 'node-3'], deep: true });
  });

  it('gives the result as soon as the worker has it, and then nothing more', async () => {
    const on = bench();
    const first = granted(await asked(on, 'verify --deep'));
    expect(first.says(PLAIN)).toMatch(/^The worker verifies every registry of lab/);
    reports(on, [10, 'running'], [20, 'half'], [0, 'ended']);
    const result = granted(await first.later?.(signal));
    expect(result.says(PLAIN)).toContain(
      'lab: Proved: served 13/13 images of 3 archives, every layer hashed (8.5 MB), engines 4/4.',
    );
    expect(await result.later?.(signal)).toBeNull();
  });

  it('says once how far a long proof is', async () => {
    const on = bench();
    const first = granted(await asked(on));
    reports(on, [10, 'running'], [600, 'half'], [0, 'ended']);
    const between = granted(await first.later?.(signal));
    expect(between.says(PLAIN)).toBe('lab: the proof is still running. 6 of 13 images compared.');
    const result = granted(await between.later?.(signal));
    expect(result.says(PLAIN)).toContain('Proved');
  });

  it('is not started twice: one is running', async () => {
    const on = bench();
    granted(await asked(on));
    expect(granted(await asked(on)).says(PLAIN)).toContain('a proof is running already, so nothing was started');
    reports(on, [600, 'half']);
    await on.proofBoard.take();
    const busy = granted(await asked(on));
    expect(busy.says(PLAIN)).toContain('6 of 13 images compared');
    expect(await busy.later?.(signal)).toBeNull();
    expect(on.proofBoard.waiting).toBeNull();
  });

  it('can be started again after a worker died with the proof before', async () => {
    const on = bench();
    on.proofBoard.show({ is: 'seen', ageMs: 60_000, report: { is: 'running', request: 9, progress: null } });
    expect(granted(await asked(on)).says(PLAIN)).toContain('The worker verifies');
  });

  it('is asked of no silent worker', async () => {
    const on = bench();
    on.life.seen = async () => ({
      ...{ heardAt: '2026-11-22T09:00:00.000Z', silentMs: 3_600_000, workerAheadMs: 0 },
      ...{ trouble: null, nodes: null, who: null },
    });
    const { says } = granted(await asked(on));
    expect(says(PLAIN)).toContain('nothing was verified, because the worker is silent since 2026-11-22 09:00 UTC');
    expect(on.proofBoard.waiting).toBeNull();
  });

  it.each([
    ['nobody takes the request', { is: 'none' }, 'The worker did not begin within two minutes'],
    ['nobody trusted signs the report', { is: 'unverified' }, 'is not signed by a trusted worker'],
    ['a newer worker writes the report', { is: 'newer' }, 'Update this bot'],
    [
      'the worker dies with it',
      { is: 'seen', ageMs: 31_000, report: { is: 'running', request: 1, progress: null } },
      'The worker stopped reporting',
    ],
  ] as const)('says that nothing is proven when %s', async (_, seen, says) => {
    const on = bench();
    const first = granted(await asked(on));
    on.proofBoard.show(seen);
    const lost = granted(await first.later?.(signal));
    expect(lost.says(PLAIN)).toContain('there is no result, so nothing is proven');
    expect(lost.says(PLAIN)).toContain(says);
  });

  it('waits through an outage of Redis', async () => {
    const on = bench();
    const first = granted(await asked(on));
    let outage = 3;
    on.proofBoard.seen = async () => {
      outage -= 1;
      if (outage > 0) throw new PlainFailure('redis', { where: 'Redis', what: 'Redis does not answer.', next: '' });
      return { is: 'seen', ageMs: 0, report: { is: 'ended', request: 1, result: PROVEN, journal: null } };
    };
    expect(granted(await first.later?.(signal)).says(PLAIN)).toContain('Proved');
  });

  it('is for people with any permission there', async () => {
    expect(await asked(bench(), 'verify', mallory)).toMatchObject({ refused: 'not-allowed' });
  });

  it.each([
    ['verify node-22', 'has no node “node-22”. Did you mean “node-2”?'],
    ['verify Node_2', 'Did you mean “node-2”?'],
    ['verify --deap', 'Did you mean “--deep”?'],
    ['verify --cluster lap', 'Did you mean “lab”?'],
  ])('%s is refused with the way out', async (typed, says) => {
    expect(await asked(bench(), typed)).toMatchObject({ says: expect.stringContaining(says) });
  });
});
