import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actsOf, engineJobs } from '../../harness/judges/deeds.ts';
import { short } from '../../harness/trials/verdict.ts';
import { must } from '../outcome.ts';
import { ALICE, type AttackStage } from './attack-stage.ts';

/** The state of cluster and processes before an attack. */
export interface Before {
  readonly acts: number;
  readonly jobs: number;
  readonly pinned: string;
  readonly pids: readonly (number | undefined)[];
}

/** Help is cheap for the bot, so a later answer counts as none. */
const HELP_LIMIT_MS = 120_000;
const READY_LIMIT_MS = 120_000;

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

/** Throws GotThrough if anything was done on the cluster, or a host key was pinned. */
export async function judgeUndone(stage: AttackStage, then: Before): Promise<void> {
  const now = await before(stage);
  const [act] = actsOf(stage.sandbox.cluster.world).slice(then.acts);
  must(act === undefined, `An unapproved command ran on ${act?.on}: ${short(act?.line ?? '')}`);
  must(now.jobs === then.jobs, 'The container engines were reconfigured.');
  must(now.pinned === then.pinned, 'A host key was pinned.');
}

/** Throws GotThrough if a process died, or if the attacked process no longer works normally. */
export async function judgeAlive(stage: AttackStage, at: 'bot' | 'worker', then: Before): Promise<void> {
  const { bot, worker } = stage.sandbox.services;
  must(bot.pid === then.pids[0] && bot.death === null, `The bot died: ${bot.death ?? 'it was restarted'}`);
  must(worker.pid === then.pids[1] && worker.death === null, `The worker died: ${worker.death ?? 'it was restarted'}`);
  const help = await stage.door.command(ALICE, 'help', HELP_LIMIT_MS);
  must(help?.includes('/registry-ha add') === true, `The bot no longer answers a help command: ${help}`);
  if (at === 'bot') return;
  await stage.until('a worker that is ready', () => isReady(`http://${stage.host}:9181/readyz`), READY_LIMIT_MS);
  await stage.keepPlan();
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Nobody answers: the caller polls until its limit.
    return false;
  }
}
