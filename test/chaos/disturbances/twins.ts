import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import { secondBot, secondWorker } from '../stage/extra-services.ts';
import type { Disturbance } from './disturbance.ts';

const DONE = { state: 'done' } as const;

/** Two workers on one state folder, and two replicas of the bot; the first one is killed. */
export function twins(): readonly Disturbance[] {
  return [
    { name: 'two-workers-and-no-kill', end: DONE, before: waitingWorker },
    ...(['copy', 'engines'] as const).map(
      (step): Disturbance => ({
        name: `two-workers-and-the-first-is-killed-in-${step}`,
        end: DONE,
        before: waitingWorker,
        strike: async (stage) => {
          await stage.step(step);
          const from = performance.now();
          await stage.kill('worker');
          await stage.measureNextLine('worker killed → next act', from);
        },
      }),
    ),
    { name: 'two-bots-and-no-kill', end: DONE, before: otherBot },
    {
      name: 'two-bots-and-the-first-is-killed',
      end: DONE,
      before: otherBot,
      strike: async (stage) => {
        await stage.step('mount');
        await stage.kill('bot');
      },
    },
  ];
}

/** Starts the second worker and waits until it logs that it waits. */
async function waitingWorker(stage: ChaosStage): Promise<void> {
  await stage.extra((onPid) => secondWorker(stage.sandbox, onPid));
  await saysIn(stage, 'worker-2.log', /waiting until it exits/);
}

async function otherBot(stage: ChaosStage): Promise<void> {
  await stage.extra((onPid) => secondBot(stage.sandbox, onPid));
  await saysIn(stage, 'bot-2.log', /Bot started/);
}

async function saysIn(stage: ChaosStage, log: string, words: RegExp): Promise<void> {
  const path = join(stage.sandbox.folder, log);
  await stage.until(`“${words.source}” in ${log}`, async () =>
    words.test(await readFile(path, 'utf8').catch(() => '')),
  );
}
