import { appendFile, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { YUM_REPOS } from '../../../sandbox/cluster/salt/states/container-engine.ts';
import { yumRepo } from '../../../sandbox/cluster/salt/states/engine-config.ts';
import type { SimulatedCluster } from '../../../sandbox/cluster/simulated-cluster.ts';
import type { SimNode } from '../../../sandbox/cluster/world.ts';
import { REGISTRY_CONFIG } from '../../../src/domain/node-commands/undo-commands.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import { isReadOnly } from '../../harness/judges/approved-lines.ts';
import { engineJobs } from '../../harness/judges/deeds.ts';
import { NotMet } from '../../harness/stage/not-met.ts';
import { type ChaosStage, hasEnded, TARGET } from '../stage/chaos-stage.ts';
import { type UndoHooks, undoChange } from '../stage/operator.ts';
import { inspectNodes } from '../stage/untouched.ts';
import type { Disturbance } from './disturbance.ts';
import { killWorker } from './kills.ts';
import { redisAway } from './redis.ts';

/** At this point the target has its registry and the other engines use it, so every kind of undo step has work to do. */
const LATE_FAILURE = ['engine-fails', 'node-3'] as const;
const THERE_BEFORE = '/srv/scality/releases/metalk8s-127.0.6.iso';

/** An add fails, its undo is approved, and a process dies during the undo. Only a few scenarios, as each runs two changes. */
export function undoDisturbances(): readonly Disturbance[] {
  return [
    undone('undo-worker-killed-in-withdraw-and-between-its-two-ends', async (stage) => {
      await killedIn('withdraw')(stage);
      await stage.moment('the undone event', (events) => events.some(({ type }) => type === 'undone'));
      await killWorker(stage);
    }),
    undone('undo-worker-killed-before-the-jid-is-written', killedBeforeTheJid),
    undone('undo-worker-killed-in-unmount-and-in-remove-copy', async (stage) => {
      await killedIn('unmount')(stage);
      await killedIn('remove-copy')(stage);
    }),
    undone('undo-pressed-by-several-and-the-worker-killed-in-unconfigure', killedIn('unconfigure'), {
      asked: (stage) => pressedAtOnce(stage, 'Undo', ['alice', 'alice']),
      planned: (stage) => pressedAtOnce(stage, 'Approve', ['bob', 'carol', 'bob']),
    }),
    undone('undo-redis-killed-in-unmount', async (stage) => {
      await commandOf('unmount', stage);
      await redisAway(stage, 0);
    }),
    undone('undo-bot-away-until-it-is-done', botAway('withdraw')),
  ];
}

function undone(name: string, strike: (stage: ChaosStage) => Promise<void>, pressed: UndoHooks = {}): Disturbance {
  return {
    name,
    end: { state: 'undone' },
    before: async (stage) => {
      await addForeignFiles(stage.sandbox.cluster, targetOf(stage));
      stage.untouched = await inspectNodes(stage.sandbox);
      await stage.plant(...LATE_FAILURE);
    },
    after: async (stage) => {
      await stage.clear(LATE_FAILURE[0]);
      await Promise.all([undoChange(stage, pressed), strike(stage)]);
    },
  };
}

/** Adds files that existed before the change, so the undo must not remove them. */
async function addForeignFiles({ world }: SimulatedCluster, { root }: SimNode): Promise<void> {
  for (const folder of [dirname(THERE_BEFORE), REGISTRY_CONFIG]) await mkdir(join(root, folder), { recursive: true });
  await appendFile(join(root, '/etc/fstab'), '/srv/other.iso\t/srv/other\tiso9660\tro,nofail\t0 0\n');
  await copyFile(join(world.bootstrap.root, THERE_BEFORE), join(root, THERE_BEFORE));
  await writeFile(join(root, REGISTRY_CONFIG, 'other.txt'), 'not of any change\n');
  for (const node of world.nodes.values()) await addYumRepos(node);
}

/** Adds the yum files that the last run of metalk8s.container-engine leaves on a real node; the sandbox's nodes are fresh. */
export async function addYumRepos({ root, version, engine }: SimNode): Promise<void> {
  for (const name of YUM_REPOS) {
    const text = yumRepo(name, `metalk8s-${version}`, engine.endpoints);
    await writeFile(join(root, `/etc/yum.repos.d/${name}.repo`), text);
  }
}

/** Waits for the first step of a kind in the second change; the add has some of the same kinds. */
export async function stepOfSecond(step: string, stage: ChaosStage): Promise<void> {
  await stage.moment(`the step ${step} of the second change`, (events) => {
    const [, second] = events.flatMap(({ type }, at) => (type === 'planned' ? [at] : []));
    const after = second === undefined ? [] : events.slice(second);
    return after.some((event) => event.type === 'step-started' && event.step.startsWith(step));
  });
}

/** Waits for the first command of this kind of step on the target. */
export async function commandOf(step: StepKind, stage: ChaosStage): Promise<void> {
  await stepOfSecond(step, stage);
  const { commandLog } = targetOf(stage);
  const from = commandLog.length;
  await stage.quickly(`a command of ${step}`, () => commandLog.slice(from).some(({ line }) => !isReadOnly(line)));
}

export const killedIn =
  (step: StepKind) =>
  async (stage: ChaosStage): Promise<void> => {
    await commandOf(step, stage);
    await killWorker(stage);
  };

/** The second engine job is the second change's: the add started the first. */
export async function killedBeforeTheJid(stage: ChaosStage): Promise<void> {
  const { world } = stage.sandbox.cluster;
  const { length } = engineJobs(world);
  await stepOfSecond('engines', stage);
  await stage.quickly('a job for the engines', () => engineJobs(world).length > length);
  await killWorker(stage);
}

/** The bot dies at the first removal, and comes back to two cards that it has missed. */
export const botAway =
  (step: StepKind) =>
  async (stage: ChaosStage): Promise<void> => {
    await commandOf(step, stage);
    await stage.kill('bot');
    await stage.moment('the end of the second change', hasEnded);
    await stage.start('bot');
    const from = performance.now();
    await stage.until('up-to-date cards', () => stage.sandbox.changes.areShown());
    stage.noteRecovery('bot back → card current', from);
  };

async function pressedAtOnce({ sandbox }: ChaosStage, label: string, people: readonly string[]): Promise<void> {
  await Promise.allSettled(people.map((person) => sandbox.slack.click(person, label)));
}

export function targetOf({ sandbox }: ChaosStage): SimNode {
  const node = sandbox.cluster.world.nodes.get(TARGET);
  if (node === undefined) throw new NotMet(`The cluster has no ${TARGET}.`);
  return node;
}
