import { expect, it } from 'vitest';
import { sendHeartbeats } from '../../../src/app/worker/heartbeat.ts';
import { OtherWorker } from '../../../src/app/worker/other-worker.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeWorkerLife } from '../../fakes/fake-worker-life.ts';

/** Workers of one cluster that send heartbeats; each starts and stops on its own. */
function cluster() {
  const clock = new FakeClock();
  const life = new FakeWorkerLife(clock);
  const start = (name: string) => {
    const me = { id: `${name}-${clock.steadyMs()}`, name };
    const [other, end] = [new OtherWorker({ life, clock, me }), new AbortController()];
    const says = async () => {
      await other.look();
      return { trouble: other.says(), nodes: null, who: me };
    };
    const running = sendHeartbeats({ life, clock, says, onLost: () => undefined }, end.signal);
    return {
      other,
      async stop() {
        end.abort();
        await running;
      },
    };
  };
  return { clock, life, start };
}

it('two workers of one cluster name each other, in the same words, until one of them stops', async () => {
  const { clock, life, start } = cluster();
  const one = start('bootstrap (process 7)');
  await clock.advance(10_000);
  const two = start('node-5 (process 9)');
  await clock.advance(10_000);
  expect(one.other.says()).toContain('Two workers serve this cluster: bootstrap (process 7) and node-5 (process 9).');
  expect(two.other.says()).toBe(one.other.says());
  expect((await life.seen()).trouble).toBe(one.other.says());
  await one.stop();
  await clock.advance(20_000);
  expect(two.other.says()).toBeNull();
  expect((await life.seen()).trouble).toBeNull();
  await two.stop();
});

it('a worker that starts after another one is alone', async () => {
  const { clock, start } = cluster();
  const one = start('bootstrap (process 7)');
  await clock.advance(10_000);
  await one.stop();
  const two = start('bootstrap (process 8)');
  for (let n = 0; n < 10; n += 1) {
    await clock.advance(1_000);
    expect(two.other.says()).toBeNull();
  }
  await two.stop();
});
