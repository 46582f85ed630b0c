import { describe, expect, it } from 'vitest';
import { bootstrapNode } from '../../../src/adapters/bootstrap/bootstrap-node.ts';
import { watchDrift } from '../../../src/app/watch/watch-drift.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { BootstrapRoot, SOLUTIONS_FILE } from '../../fixtures/bootstrap-root.ts';

const MINUTE_MS = 60_000;

/** A watch that runs, over files and addresses that the test sets. */
function watching() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const world = { files: 'metalk8s-128.0.1', ready: ['10.0.0.11', '10.0.0.12'], error: null as Error | null };
  const [drifts, errors]: [number[], unknown[]] = [[], []];
  const from = clock.steadyMs();
  const running = watchDrift(
    {
      clock,
      bootstrap: { listed: async () => world.files },
      kubernetes: {
        async endpoints() {
          if (world.error !== null) throw world.error;
          return { ready: world.ready, notReady: [] };
        },
      },
      onDrift: () => void drifts.push(clock.steadyMs() - from),
      onUnexpected: (error) => void errors.push(error),
    },
    stop.signal,
  );
  const close = async () => {
    stop.abort();
    await running;
  };
  return { clock, world, drifts, errors, close };
}

describe('the drift watch', () => {
  it('is quiet while nothing changes, and about what it finds first', async () => {
    const on = watching();
    await on.clock.advance(60 * MINUTE_MS);
    expect(on.drifts).toEqual([]);
    await on.close();
  });

  it('has the cluster inspected within half a minute after a file changed', async () => {
    const on = watching();
    await on.clock.advance(5 * MINUTE_MS);
    on.world.files += ' metalk8s-129.0.0';
    await on.clock.advance(MINUTE_MS / 2);
    expect(on.drifts).toHaveLength(1);
    await on.clock.advance(60 * MINUTE_MS);
    expect(on.drifts).toHaveLength(1);
    await on.close();
  });

  it('takes another order of the Endpoints for no change, and a missing address for one', async () => {
    const on = watching();
    await on.clock.advance(MINUTE_MS);
    on.world.ready = on.world.ready.toReversed();
    await on.clock.advance(MINUTE_MS);
    expect(on.drifts).toEqual([]);
    on.world.ready = ['10.0.0.11'];
    await on.clock.advance(MINUTE_MS);
    expect(on.drifts).toHaveLength(1);
    await on.close();
  });

  it('takes no answer for no change, and then compares with what it knew before', async () => {
    const on = watching();
    await on.clock.advance(MINUTE_MS);
    on.world.error = new Unreachable('Kubernetes', 'kubernetes', 'It is away.');
    await on.clock.advance(5 * MINUTE_MS);
    expect(on.drifts).toEqual([]);
    on.world.error = null;
    await on.clock.advance(MINUTE_MS);
    expect(on.drifts).toEqual([]);
    on.world.error = new Unreachable('Kubernetes', 'kubernetes', 'It is away.');
    on.world.ready = ['10.0.0.11'];
    await on.clock.advance(MINUTE_MS);
    on.world.error = null;
    await on.clock.advance(MINUTE_MS);
    expect(on.drifts).toHaveLength(1);
    expect(on.errors).toEqual([]);
    await on.close();
  });

  it('has a registry that comes and goes inspected every 40 seconds at most', async () => {
    const on = watching();
    for (let at = 0; at < 40; at += 1) {
      on.world.ready = at % 2 === 0 ? ['10.0.0.11'] : ['10.0.0.11', '10.0.0.12'];
      await on.clock.advance(15_000);
    }
    expect(on.drifts.length).toBeGreaterThan(2);
    expect(on.drifts.length).toBeLessThanOrEqual(15);
    await on.close();
  });

  it('reports an error of its own, and continues', async () => {
    const on = watching();
    on.world.error = new TypeError('a mistake');
    await on.clock.advance(MINUTE_MS);
    on.world.files = 'other';
    await on.clock.advance(MINUTE_MS);
    expect(on.errors.length).toBeGreaterThan(1);
    expect(on.drifts).toHaveLength(1);
    await on.close();
  });
});

describe('what the bootstrap node lists', () => {
  it('is another text after iso-manager.sh or a solution import, and the same after an edit elsewhere', async () => {
    const { signal } = new AbortController();
    const place = await BootstrapRoot.make();
    try {
      const node = bootstrapNode(place.options);
      await place.list(['/srv/metalk8s-128.0.1.iso']);
      const first = await node.listed(signal);
      expect(await node.listed(signal)).toBe(first);
      await place.put('/srv/metalk8s-128.0.1.iso', 'other bytes');
      expect(await node.listed(signal)).toBe(first);
      await place.list(['/srv/metalk8s-128.0.1.iso', '/srv/metalk8s-129.0.0.iso']);
      const second = await node.listed(signal);
      expect(second).not.toBe(first);
      await place.put(
        SOLUTIONS_FILE,
        'apiVersion: solutions.metalk8s.scality.com/v1alpha1\nkind: SolutionsConfiguration\narchives: [/srv/one.iso]\n',
      );
      const third = await node.listed(signal);
      expect(third).not.toBe(second);
      await place.put(SOLUTIONS_FILE, 'archives: [');
      expect(await node.listed(signal)).not.toBe(third);
    } finally {
      await place.remove();
    }
  });
});
