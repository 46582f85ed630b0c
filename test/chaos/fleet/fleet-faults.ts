import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../../../sandbox/processes/service.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import type { Fleet, Member } from './start-fleet.ts';

const A_WHILE_MS = 3_000;
const STORM_MS = 5_000;
const MOMENT_LIMIT_MS = 200_000;

/** Interruptions of each cluster: each allows one more run of a command. */
export type Interruptions = Map<Member, number>;

/** One fault in each cluster, and restarts of the bot, Redis and Slack in between; resolves when all have struck. */
export async function fleetFaults(fleet: Fleet, interruptions: Interruptions, signal: AbortSignal): Promise<void> {
  const [first, second, third, fourth, fifth] = fleet.members;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined || fifth === undefined)
    throw new TypeError('The fleet needs five clusters: one for each fault.');
  const struck = (...members: readonly Member[]) => {
    for (const member of members) interruptions.set(member, (interruptions.get(member) ?? 0) + 1);
  };
  await second.cluster.fault('ssh-cut', ['node-2', '65536']);
  await fourth.cluster.fault('exec-cut', ['137']);
  struck(second, fourth);
  await Promise.all([
    inStep(first, 'deploy', signal).then(async () => {
      struck(first);
      await restarted(first.worker, signal);
    }),
    inStep(third, 'mount', signal).then(async () => {
      struck(third);
      await third.cluster.fault('salt-master-down', []);
      await pause(A_WHILE_MS, undefined, { signal });
      await third.cluster.clearFault('salt-master-down');
    }),
    inStep(fifth, 'engines', signal).then(async () => {
      struck(...fleet.members);
      await restarted(fleet.redis, signal);
    }),
    inStep(second, 'engines', signal).then(() => restarted(fleet.bot, signal)),
    inStep(fourth, 'mount', signal).then(async () => {
      fleet.slack.fault('slack-429', ['chat.update', '2']);
      await pause(STORM_MS, undefined, { signal });
      fleet.slack.clearFault('slack-429');
    }),
  ]);
}

/** Waits for the first step of this kind in a cluster. */
async function inStep({ name, journal }: Member, kind: StepKind, signal: AbortSignal): Promise<void> {
  const has = await journal.until(
    (events) => events.some((event) => event.type === 'step-started' && event.step.startsWith(kind)),
    { limitMs: MOMENT_LIMIT_MS, signal },
  );
  if (!has) throw new Error(`${name} never reached ${kind}.`);
}

/** Kills a service and starts it again. */
async function restarted(service: Service, signal: AbortSignal): Promise<void> {
  await service.kill();
  await service.start(signal);
}
