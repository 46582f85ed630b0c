import { join } from 'node:path';
import { holds } from '../../../sandbox/seen/texts.ts';
import { LOCK_MS } from '../../../src/adapters/redis/queue/queue-jobs.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import { actsOf, engineJobs } from '../../harness/judges/deeds.ts';
import { NotMet } from '../../harness/stage/not-met.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';
import { type ChaosStage, hasEnded } from '../stage/chaos-stage.ts';
import { fixAndRetry } from './acts.ts';
import type { Disturbance } from './disturbance.ts';
import { firstOfEachKind } from './kills.ts';

const DONE = { state: 'done' } as const;
/** Slow enough for copies to outlast the disturbance; the sandbox's archives are 2 MB each. */
const SLOW = '300000';
const SLOWER = '100000';
const OUTAGE_MS = 30_000;
/** Long enough to notice a worker that re-runs something by itself. */
const STILL_MS = 8_000;

const LOST = 'lost its data while this change was in progress';

/** Redis dies in each step, is away longer than the worker's lock lives, or comes back empty. */
export function redisDisturbances(undisturbed: readonly ChangeEvent[]): readonly Disturbance[] {
  return [
    ...firstOfEachKind(undisturbed).map(
      (step): Disturbance => ({
        name: `redis-killed-in-${step}`,
        end: DONE,
        strike: async (stage) => {
          await stage.stepNamed(step);
          await redisAway(stage, 0);
        },
      }),
    ),
    away('redis-away-for-30-s-in-copy', 'copy', OUTAGE_MS, SLOWER),
    away('redis-away-longer-than-the-lock-in-engines', 'engines', LOCK_MS * 1.5),
    {
      name: 'redis-killed-before-the-approval',
      end: DONE,
      planned: (stage) => redisAway(stage, 0),
    },
    {
      name: 'redis-back-without-its-data-before-the-approval',
      end: { state: 'failed', shows: ['before this change started', 'Nothing was changed'] },
      planned: redisEmptied,
    },
    ...(['copy', 'engines'] as const).map(
      (step): Disturbance => ({
        name: `redis-back-without-its-data-in-${step}`,
        end: DONE,
        strike: (stage) => emptied(stage, step),
        after: fixAndRetry(step === 'copy' ? 'ssh-slow' : undefined),
      }),
    ),
  ];
}

function away(name: string, step: StepKind, forMs: number, slow?: string): Disturbance {
  return {
    name,
    end: DONE,
    strike: async (stage) => {
      if (slow !== undefined) await stage.plant('ssh-slow', 'node-2', slow);
      await stage.step(step);
      await redisAway(stage, forMs);
      if (slow !== undefined) await stage.clear('ssh-slow');
    },
  };
}

/** Kills Redis and restarts it after `forMs`, with the data of its append-only file. */
export async function redisAway(stage: ChaosStage, forMs: number): Promise<void> {
  await stage.kill('redis');
  await stage.pause(forMs);
  await stage.start('redis');
  const { length } = stage.journal.events();
  const isWaitedFor = length === 0 || stage.journal.events().at(-1)?.type === 'planned';
  if (!isWaitedFor && !hasEnded(stage.journal.events())) await stage.measureNextAct('Redis back → next act');
}

/** Redis comes back empty: the card must say so, and no worker may continue without a new approval. */
async function emptied(stage: ChaosStage, step: StepKind): Promise<void> {
  if (step === 'copy') await stage.plant('ssh-slow', 'node-2', SLOW);
  await stage.step(step);
  await redisEmptied(stage);
  const { texts } = stage.sandbox;
  await stage.until('a card that says so', () => texts.all().some((text) => holds(text, LOST)));
  const { world } = stage.sandbox.cluster;
  const acts = () => actsOf(world).length + engineJobs(world).length;
  await stage.pause(STILL_MS / 4);
  const before = acts();
  await stage.kill('worker');
  await stage.start('worker');
  await stage.pause(STILL_MS);
  if (acts() !== before) throw new NotMet(`${acts() - before} acts ran without an approval.`);
}

async function redisEmptied(stage: ChaosStage): Promise<void> {
  await stage.kill('redis');
  // The users and their rights are configuration, so they stay.
  await removeFolder(join(stage.sandbox.folder, 'redis', 'appendonlydir'));
  await stage.start('redis');
}
