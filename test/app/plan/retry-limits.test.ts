import { expect, it } from 'vitest';
import { type LookingPorts, retryingPorts } from '../../../src/app/plan/retry-limits.ts';
import { CommandFailed, type Failure, Unreachable } from '../../../src/domain/answers/failure.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import type { Ended } from '../../../src/domain/node-commands/ended.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';
import { nodes } from '../../fixtures/facts.ts';
import { SettableClock } from '../bench.ts';

const LIMIT_MS = 60_000;
const signal = new AbortController().signal;

/** How often a check of a node is made when it always fails in this way, and what is said meanwhile. */
async function checked(failure: Failure) {
  let checks = 0;
  const said: string[] = [];
  const lab = new FakeLab();
  lab.targets.present = async () => {
    checks += 1;
    throw failure;
  };
  const clock = new SettableClock();
  const from = clock.steadyMs();
  const limits = { clock, limitMs: LIMIT_MS, onWait: (says: string) => void said.push(says) };
  const ports: LookingPorts = retryingPorts(lab, limits);
  const access = nodes[1]?.access;
  if (access === undefined) throw new Error('There is no second node.');
  await expect(ports.targets.present(access, [], signal)).rejects.toBe(failure);
  return { checks, first: said[0], waitedMs: clock.steadyMs() - from };
}

const ends = (ended: Ended) => new CommandFailed('node-2', command('losetup', '-J'), { ended, stdout: '', stderr: '' });

it('repeats a check that found nobody', async () => {
  const { checks, first } = await checked(new Unreachable('node-2', 'unreachable', 'node-2 does not answer.'));
  expect(checks).toBeGreaterThan(3);
  expect(first).toMatch(/^node-2 does not answer\. Retrying for at most /);
});

it('does not wait beyond its limit, not even for the last pause', async () => {
  const { waitedMs } = await checked(new Unreachable('node-2', 'unreachable', 'node-2 does not answer.'));
  expect(waitedMs).toBeGreaterThan(LIMIT_MS / 2);
  expect(waitedMs).toBeLessThanOrEqual(LIMIT_MS);
});

it.each(['permission-denied', 'host-key-changed', 'key-missing', 'no-sudo'] as const)(
  'does not repeat a check that nobody may make: %s',
  async (fault) => {
    expect((await checked(new Unreachable('node-2', fault, 'Nobody is let in.'))).checks).toBe(1);
  },
);

it('repeats a check that did not end in time, as a node under load may be faster next time', async () => {
  const { checks, first } = await checked(ends({ is: 'timeout', afterMs: 30_000 }));
  expect(checks).toBeGreaterThan(3);
  expect(first).toMatch(/^node-2: `losetup -J` did not end within 30 s\. Retrying for at most /);
});

it.each<Ended>([
  { is: 'exit', code: 1 },
  { is: 'signal', name: 'SIGKILL' },
  { is: 'too-much-output', bytes: 1_048_576 },
])('does not repeat a check that ended in another way: %o', async (ended) => {
  expect((await checked(ends(ended))).checks).toBe(1);
});
