import { setTimeout as pause } from 'node:timers/promises';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import type { Played, PlayOptions } from '../play-disturbance.ts';
import { ChaosStage } from '../stage/chaos-stage.ts';
import { replicaOfBot } from '../stage/extra-services.ts';
import { isOver } from '../stage/operator.ts';
import { Deeds } from './deeds.ts';
import { judgeReplicas } from './judge-replicas.ts';
import { type Away, type Ending, restartInTurn } from './rolling.ts';

interface Rollout {
  readonly name: string;
  readonly bots: number;
  readonly how: Ending;
}

/** Replicas of the bot that are restarted one after the other, while changes are requested, approved, cancelled and run. */
export const ROLLOUTS: readonly Rollout[] = [
  { name: 'two-bots-rolled-while-changes-run', bots: 2, how: 'SIGTERM' },
  { name: 'three-bots-rolled-while-changes-run', bots: 3, how: 'SIGTERM' },
  { name: 'two-bots-killed-in-turn-while-changes-run', bots: 2, how: 'SIGKILL' },
  { name: 'three-bots-killed-in-turn-while-changes-run', bots: 3, how: 'SIGKILL' },
];

/** What alice requests, and whether she cancels it after the approval. */
const WISHES = [
  { nodes: 'node-1', cancels: true },
  { nodes: 'node-2', cancels: false },
  { nodes: 'node-3', cancels: true },
  { nodes: 'node-3', cancels: false },
  { nodes: 'node-1 node-2', cancels: true },
  { nodes: 'node-1', cancels: false },
] as const;
const POLL_MS = 200;

/** Plays one rollout in its own sandbox, and judges the result. */
export async function playReplicas(
  { name, bots, how }: Rollout,
  { pace, random, signal }: Pick<PlayOptions, 'pace' | 'random' | 'signal'>,
): Promise<Played> {
  const from = performance.now();
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const sandbox = await startSandbox({ pace, log: () => undefined, signal });
  const stage = new ChaosStage({ sandbox, pace, random, signal: either, onRecovery: () => undefined });
  const played = (complaints: readonly string[], logs = ''): Played => ({
    name,
    complaints,
    logs,
    left: null,
    seconds: (performance.now() - from) / 1000,
  });
  await using closing = new AsyncDisposableStack();
  closing.defer(() => sandbox.close());
  closing.defer(() => stage.close());
  closing.defer(() => over.abort());
  try {
    const replicas = [sandbox.services.bot];
    for (let n = 2; n <= bots; n += 1)
      replicas.push(await stage.extra((onPid) => replicaOfBot(n, sandbox, onPid), true));
    const deeds = new Deeds(stage);
    closing.defer(() => deeds.close());
    const done = new AbortController();
    const [, away] = await Promise.all([
      people(deeds, either)
        .catch((error: unknown) => {
          over.abort(error);
          throw error;
        })
        .finally(() => done.abort()),
      restartInTurn(replicas, how, done.signal, either),
    ]);
    const complaints = await judgeReplicas(stage, deeds, how, away);
    return played(complaints, complaints.length === 0 ? '' : lastWords(deeds, away));
  } catch (error) {
    signal.throwIfAborted();
    return played([`the scenario failed to run: ${String(error)}`]);
  }
}

/** Alice requests and cancels, bob approves, until every change has ended. */
async function people(deeds: Deeds, signal: AbortSignal): Promise<void> {
  for (const { nodes, cancels } of WISHES) {
    const before = (await deeds.changes()).map(({ id }) => id);
    await deeds.command('alice', `/registry-ha add ${nodes}`);
    const id = (await deeds.changes()).find((one) => !before.includes(one.id))?.id;
    if (id === undefined || !(await isPlanned(id, deeds, signal))) continue;
    await deeds.click('bob', 'Approve', id);
    if (cancels) await deeds.click('alice', 'Cancel', id);
  }
  while (!(await deeds.changes()).every(isOver)) await pause(POLL_MS, undefined, { signal });
}

/** False if the change ended without a plan that waits. */
async function isPlanned(id: string, deeds: Deeds, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const change = (await deeds.changes()).find((one) => one.id === id);
    if (isOver(change)) return false;
    if (change?.state === 'planned') return true;
    await pause(POLL_MS, undefined, { signal });
  }
}

function lastWords(deeds: Deeds, away: readonly Away[]): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  return [
    ...deeds.all.map(({ what, end, from, to }) => `${seconds(from)}–${seconds(to)} s ${end}: ${what}`),
    ...away.map(({ from, to }) => `${seconds(from)}–${seconds(to)} s a replica was away`),
  ].join('\n');
}
