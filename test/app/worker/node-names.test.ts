import { expect, it } from 'vitest';
import { sendHeartbeats } from '../../../src/app/worker/heartbeat.ts';
import { NodeNames } from '../../../src/app/worker/node-names.ts';
import type { WorkerSays } from '../../../src/domain/cluster/worker-state.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeKubernetes } from '../../fakes/fake-kube.ts';

function namesOn(kubernetes: Pick<FakeKubernetes, 'nodes'>) {
  const [clock, errors, end] = [new FakeClock(), [] as unknown[], new AbortController()];
  const names = new NodeNames({ kubernetes, clock, onError: (error) => void errors.push(error) });
  const running = names.run(end.signal);
  const stop = async () => {
    end.abort();
    await clock.advance(0);
    await running;
  };
  return { clock, errors, names, end, stop };
}

it('reads the names once a minute, and knows their age when Kubernetes is away', async () => {
  const kubernetes = new FakeKubernetes(CLUSTER);
  const { clock, errors, names, stop } = namesOn(kubernetes);
  expect(names.known()).toBeNull();
  await clock.advance(10_000);
  const known = { names: CLUSTER.nodes.map(({ name }) => name), bootstrap: ['bootstrap'] };
  expect(names.known()).toEqual({ ...known, ageMs: 10_000 });
  kubernetes.down = true;
  await clock.advance(60_000);
  expect(names.known()).toEqual({ ...known, ageMs: 70_000 });
  expect(errors).toHaveLength(1);
  kubernetes.down = false;
  await clock.advance(60_000);
  expect(names.known()).toEqual({ ...known, ageMs: 10_000 });
  await stop();
});

it('delays no heartbeat while Kubernetes does not answer', async () => {
  const { clock, names, end } = namesOn({ nodes: () => new Promise(() => undefined) });
  const beats: WorkerSays[] = [];
  const life = { beat: async (says: WorkerSays) => beats.push(says), seen: async () => null };
  const says = async () => ({ trouble: null, nodes: names.known(), who: null });
  const beating = sendHeartbeats({ life, clock, says, onLost: () => undefined }, end.signal);
  await clock.advance(9_000);
  expect(beats).toEqual(Array.from({ length: 4 }, () => ({ trouble: null, nodes: null, who: null })));
  end.abort();
  await beating;
});
