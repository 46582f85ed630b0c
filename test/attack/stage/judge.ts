import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actsOf, engineJobs } from '../../harness/judges/deeds.ts';
import { short } from '../../harness/trials/verdict.ts';
import { must } from '../outcome.ts';
import { ALICE, type AttackStage } from './attack-stage.ts';

/** How cluster and processes stood before an attack. */
export interface Before {
  readonly acts: number;
  readonly jobs: number;
  readonly pinned: string;
  readonly pids: readonly (number | undefined)[];
}

/** Help costs the bot nothing, so an answer after this is none. */
const HELP_LIMIT_MS = 20_000;
const READY_LIMIT_MS = 20_000;

export async function before({ sandbox }: AttackStage): Promise<Before> {
  const { world } = sandbox.cluster;
  const { bot, worker } = sandbox.services;
  return {
    acts: actsOf(world).length,
    jobs: engineJobs(world).length,
    pinned: await readFile(join(sandbox.folder, 'worker', 'known_hosts'), 'utf8').catch(() => ''),
    pids: [bot.pid, worker.pid],
  };
}

/** Throws GotThrough when anything was done on the cluster, or when anybody pinned a host key. */
export async function judgeUndone(stage: AttackStage, then: Before): Promise<void> {
  const now = await before(stage);
  const [act] = actsOf(stage.sandbox.cluster.world).slice(then.acts);
  must(act === undefined, `This ran on ${act?.on}, and nobody approved it: ${short(act?.line ?? '')}`);
  must(now.jobs === then.jobs, 'The container engines were reconfigured.');
  must(now.pinned === then.pinned, 'A host key was pinned.');
}

/** Throws GotThrough when a process died, or when the attacked one does not do honest work any more. */
export async function judgeAlive(stage: AttackStage, at: 'bot' | 'worker', then: Before): Promise<void> {
  const { bot, worker } = stage.sandbox.services;
  must(bot.pid === then.pids[0] && bot.death === null, `The bot died: ${bot.death ?? 'it was started anew'}`);
  must(
    worker.pid === then.pids[1] && worker.death === null,
    `The worker died: ${worker.death ?? 'it was started anew'}`,
  );
  const help = await stage.door.command(ALICE, 'help', HELP_LIMIT_MS);
  must(help?.includes('/registry-ha add') === true, `The bot does not answer a call for help any more: ${help}`);
  if (at === 'bot') return;
  await stage.until(
    'a worker that says it is ready',
    () => isReady(`http://${stage.host}:9181/readyz`),
    READY_LIMIT_MS,
  );
  await stage.keepPlan();
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Nobody answers: the caller asks again until its limit.
    return false;
  }
}
