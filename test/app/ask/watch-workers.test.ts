import { describe, expect, it } from 'vitest';
import type { WorkerLook } from '../../../src/app/ask/compared-clocks.ts';
import { workerWatch } from '../../../src/app/ask/watch-workers.ts';
import type { Heard, SeenWorker } from '../../../src/domain/cluster/worker-state.ts';
import { SettableClock } from '../bench.ts';

const BOT_KEY = 'bbbbbbbbbbbb';
const NAMES = Array.from({ length: 125 }, (_, at) => `c${at + 1}`);

it('the workers that cards show are looked at each time, and every other one in its turn', async () => {
  const clusters = new Map(NAMES.map((name) => [name, { botKey: BOT_KEY }]));
  let busy: readonly string[] = ['c3', 'c100'];
  const watch = workerWatch({
    clusters,
    clock: new SettableClock(),
    fleet: { busy: async () => busy, workers: async () => new Map(), lookForHolds: async () => undefined },
  });
  const others = new Set<string>();
  for (let round = 0; round < 5; round += 1) {
    const seen = await watch();
    expect([...seen.busy.keys()]).toEqual(busy);
    for (const name of seen.others.keys()) others.add(name);
    expect(seen.others.size).toBeLessThanOrEqual(50);
  }
  expect(others.size).toBe(123);
  busy = [];
  clusters.clear();
  clusters.set('new', { botKey: BOT_KEY });
  expect((await watch()).others).toEqual(new Map([['new', { is: 'silent', since: null }]]));
});

describe('each look is heard of', () => {
  const clock = new SettableClock();
  const beat: SeenWorker = {
    heardAt: clock.now().toISOString(),
    silentMs: 2_000,
    workerAheadMs: 2_000,
    trouble: null,
    nodes: null,
    who: null,
  };
  clock.at += 2_000;

  async function lookAt(seen: Heard, tookMs = 0): Promise<WorkerLook | undefined> {
    const clusters = new Map([['lab', { botKey: BOT_KEY }]]);
    const heard = new Map<string, WorkerLook>();
    const workers = async () => {
      clock.at += tookMs;
      return new Map([['lab', seen]]);
    };
    await workerWatch({
      clusters,
      clock,
      fleet: { busy: async () => [], workers, lookForHolds: async () => undefined },
      onWorker: (cluster, look) => void heard.set(cluster, look),
    })();
    return heard.get('lab');
  }

  it('with the age of the heartbeat, and clocks that agree', async () => {
    expect(await lookAt(beat)).toEqual({ state: { is: 'there' }, silentMs: 2_000, clocks: null, key: null });
  });

  it('with the refusal that everyone gets while the worker does not trust the bot', async () => {
    const untrusting = { ...beat, about: { version: '1.2.3', trusts: ['aaaaaaaaaaaa'] } };
    const look = await lookAt(untrusting);
    expect(look?.key).toMatchObject({ says: expect.stringContaining(`does not trust this bot’s key ${BOT_KEY}`) });
    const trusting = { ...beat, about: { version: '1.2.3', trusts: ['aaaaaaaaaaaa', BOT_KEY] } };
    expect((await lookAt(trusting))?.key).toBe(null);
    expect((await lookAt({ ...untrusting, silentMs: 20_000 }))?.key).toBe(null);
  });

  it('with the refusal that everyone gets while the clocks differ', async () => {
    const look = await lookAt({ ...beat, workerAheadMs: -120_000 });
    expect(look?.clocks).toMatchObject({ refused: 'clock-skew', says: expect.stringContaining('worker of lab') });
  });

  it('without a word about clocks of a silent worker, or after a slow answer', async () => {
    const apart = { ...beat, workerAheadMs: -120_000 };
    expect((await lookAt({ ...apart, silentMs: 20_000 }))?.clocks).toBe(null);
    expect((await lookAt(apart, 6_000))?.clocks).toBe(null);
  });

  it('without an age if Redis’ clock was set back, or nothing counts', async () => {
    const ages = [{ ...beat, silentMs: -60_000 }, null, 'unverified' as const].map(lookAtAge);
    expect(await Promise.all(ages)).toEqual([null, null, null]);
  });

  const lookAtAge = async (seen: Heard) => (await lookAt(seen))?.silentMs;
});
