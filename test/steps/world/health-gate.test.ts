import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { stayHealthy } from '../../../src/steps/world/health-gate.ts';
import { type Finding, satisfied, unsatisfied } from '../../../src/steps/world/step-world.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeKubernetes } from '../../fakes/fake-kube.ts';
import { facts } from '../../fixtures/facts.ts';

const { kube } = facts();
const without = (...names: readonly string[]) => ({
  ...kube,
  nodes: kube.nodes.map((node) => ({ ...node, ready: !names.includes(node.name) })),
});

const UNCANCELLED = {
  cancelled: new AbortController().signal,
  throwIfCancelled: () => undefined,
  onProgress: () => undefined,
};

/** A gate for node-2; `engine` is what its engine is like at each check. */
function gate(engine: () => Finding = () => satisfied('1/1 engines')) {
  const [clock, kubernetes] = [new FakeClock(), new FakeKubernetes(kube)];
  let found: Finding | null = null;
  const waited = stayHealthy(
    ['node-2'],
    async () => engine(),
    { clock, kubernetes, ...UNCANCELLED },
    new AbortController().signal,
  ).then((end) => {
    found = end;
  });
  return { clock, kubernetes, waited, found: () => found };
}

describe('the gate after an engine’s restart', () => {
  it('opens only after kubelet’s next status, which may say that the node is not Ready', async () => {
    const on = gate();
    await on.clock.advance(11_000);
    expect(on.found()).toBeNull();
    await on.clock.advance(2_000);
    expect(on.found()).toEqual(satisfied('1/1 engines, node-2 Ready'));
    await on.waited;
  });

  it('stays closed when the node is no longer Ready some seconds after the restart', async () => {
    const on = gate();
    await on.clock.advance(5_000);
    on.kubernetes.facts = without('node-2');
    await on.clock.advance(80_000);
    await on.waited;
    expect(on.found()).toEqual(unsatisfied('node-2 is not Ready since its container engine restarted.', 'node-2'));
  });

  it('opens when the node is Ready again in time; other nodes do not matter', async () => {
    const on = gate();
    on.kubernetes.facts = without('node-2', 'node-3');
    await on.clock.advance(30_000);
    on.kubernetes.facts = without('node-3');
    await on.clock.advance(20_000);
    await on.waited;
    expect(on.found()?.is).toBe('satisfied');
  });

  it('stays closed when the engine ends after it has answered', async () => {
    const dead = unsatisfied('`crictl info` on node-2 gave no answer.', 'node-2');
    let looks = 0;
    const on = gate(() => {
      looks += 1;
      return looks === 1 ? satisfied() : dead;
    });
    await on.clock.advance(120_000);
    await on.waited;
    expect(on.found()).toEqual(dead);
  });

  it('waits while Kubernetes is away, and says so in the end', async () => {
    const on = gate();
    on.kubernetes.down = true;
    await on.clock.advance(20_000);
    on.kubernetes.down = false;
    await on.clock.advance(20_000);
    await on.waited;
    expect(on.found()?.is).toBe('satisfied');
    const off = gate();
    off.kubernetes.down = true;
    await off.clock.advance(120_000);
    await off.waited;
    expect(off.found()).toEqual(
      unsatisfied(expect.stringContaining('The API server is switched off.'), 'the Kubernetes API'),
    );
  });

  it('does not take a node that is gone for a healthy one', async () => {
    const on = gate();
    on.kubernetes.facts = { ...kube, nodes: kube.nodes.filter(({ name }) => name !== 'node-2') };
    await on.clock.advance(120_000);
    await on.waited;
    expect(on.found()?.is).toBe('unsatisfied');
  });

  it('ends at once with the worker', async () => {
    const end = new AbortController();
    const clock = new FakeClock();
    const engine = async () => {
      throw new Unreachable('x', 'kubernetes', 'x');
    };
    const waited = stayHealthy(
      ['node-2'],
      engine,
      { clock, kubernetes: new FakeKubernetes(kube), ...UNCANCELLED },
      end.signal,
    );
    end.abort(new Error('stopped'));
    await expect(waited).rejects.toThrow('stopped');
  });
});
