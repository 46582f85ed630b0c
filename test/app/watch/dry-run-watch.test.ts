import { describe, expect, it } from 'vitest';
import { DryRunWatch, type DryRunWatchPorts } from '../../../src/app/watch/dry-run-watch.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { refuse } from '../../../src/domain/answers/refusal.ts';
import type { DryRun } from '../../../src/domain/questions/plan/dry-run.ts';
import { PLANNED } from '../../contract/dry-runs.contract.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeDryRuns } from '../../fakes/fake-dry-runs.ts';

const MINUTE_MS = 60_000;
const { intent } = PLANNED;
const NO = refuse('no-registry', 'There is none.', 'Add one.');

function watching(plan: DryRunWatchPorts['plan'], running: DryRunWatchPorts['running'] = () => null) {
  const [clock, desk] = [new FakeClock(), new FakeDryRuns()];
  const [errors, surprises]: [unknown[], unknown[]] = [[], []];
  const stop = new AbortController();
  const watch = new DryRunWatch({
    ...{ desk, clock, plan, running },
    onError: (error) => void errors.push(error),
    onUnexpected: (error) => void surprises.push(error),
  });
  const ended = watch.run(stop.signal);
  const answer = async (request: string | null): Promise<DryRun | null> => {
    const seen = await desk.seen(request ?? '');
    return seen.is === 'seen' ? seen.dryRun : null;
  };
  const close = async () => {
    stop.abort();
    await ended;
  };
  return { clock, desk, errors, surprises, answer, close };
}

/** A plan that lasts until it is cut short. */
const untilCut: DryRunWatchPorts['plan'] = (_, signal) =>
  new Promise((__, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

describe('the worker’s dry runs', () => {
  it('answer everybody who asks, one after another', async () => {
    const on = watching(async () => NO);
    const [first, second] = [await on.desk.ask(intent), await on.desk.ask(intent)];
    await on.clock.advance(MINUTE_MS);
    const refused = { intent, during: null, found: { is: 'refused', refusal: NO } };
    expect(await on.answer(first)).toEqual(refused);
    expect(await on.answer(second)).toEqual(refused);
    await on.close();
  });

  it('name the change that runs meanwhile, also one that has begun or ended since', async () => {
    const states = ['lab-7f3k2q', null, null, 'lab-aaaaaa'];
    const on = watching(
      async () => NO,
      () => states.shift() ?? null,
    );
    const [first, second] = [await on.desk.ask(intent), await on.desk.ask(intent)];
    await on.clock.advance(MINUTE_MS);
    expect((await on.answer(first))?.during).toBe('lab-7f3k2q');
    expect((await on.answer(second))?.during).toBeNull();
    await on.close();
  });

  it('say that the cluster could not be read', async () => {
    const on = watching(async () => {
      throw new Unreachable('Kubernetes', 'kubernetes', 'Kubernetes does not answer.');
    });
    const request = await on.desk.ask(intent);
    await on.clock.advance(MINUTE_MS);
    expect((await on.answer(request))?.found).toMatchObject({
      is: 'failed',
      failure: { what: 'Inspecting the cluster failed: Kubernetes does not answer. Nothing was changed.' },
    });
    expect(on.surprises).toEqual([]);
    await on.close();
  });

  it('end after four minutes, so that the next asker has an answer', async () => {
    const on = watching(untilCut);
    const request = await on.desk.ask(intent);
    await on.clock.advance(5 * MINUTE_MS);
    expect((await on.answer(request))?.found).toMatchObject({ is: 'failed', failure: { kind: 'late' } });
    await on.close();
  });

  it('have an answer to an unexpected error, too, which is logged', async () => {
    const error = new TypeError('x is not a function');
    const on = watching(async () => {
      throw error;
    });
    const request = await on.desk.ask(intent);
    await on.clock.advance(MINUTE_MS);
    expect((await on.answer(request))?.found).toMatchObject({ is: 'failed', failure: { kind: 'unforeseen' } });
    expect(on.surprises).toEqual([error]);
    await on.close();
  });

  it('leave a request that a stop cuts short to the next worker', async () => {
    const on = watching(untilCut);
    const request = await on.desk.ask(intent);
    await on.clock.advance(1_000);
    await on.close();
    expect(await on.answer(request)).toBeNull();
    expect(on.desk.waiting).toHaveLength(1);
    expect([...on.errors, ...on.surprises]).toEqual([]);
  });

  it('outlast an outage of Redis', async () => {
    const on = watching(async () => NO);
    const next = on.desk.next.bind(on.desk);
    const put = on.desk.put.bind(on.desk);
    let outage = 4;
    const fail = () => {
      outage -= 1;
      if (outage > 0) throw new Error('Redis is away.');
    };
    on.desk.next = async () => {
      fail();
      return await next();
    };
    on.desk.put = async (...given) => {
      fail();
      await put(...given);
    };
    const request = await on.desk.ask(intent);
    await on.clock.advance(MINUTE_MS);
    expect((await on.answer(request))?.found.is).toBe('refused');
    expect(on.errors.length).toBeGreaterThan(0);
    await on.close();
  });
});
