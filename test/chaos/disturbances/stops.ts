import { LOCK_MS } from '../../../src/adapters/redis/queue/queue-jobs.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import { NotMet } from '../../harness/stage/not-met.ts';
import { type ChaosStage, hasEnded } from '../stage/chaos-stage.ts';
import type { Disturbance } from './disturbance.ts';

const DONE = { state: 'done' } as const;
const STOP_LIMIT_MS = 6_000;
/** Slow enough that the lock expires before the copy ends. */
const SLOW = '100000';

/** The worker is stopped normally (an update, a reboot), or frozen for longer than its lock lives. */
export function stops(): readonly Disturbance[] {
  return [
    ...(['copy', 'mount', 'deploy', 'engines', 'verify'] as const).map(
      (step): Disturbance => ({
        name: `worker-stopped-in-${step}`,
        end: DONE,
        strike: (stage) => stopWorker(stage, step),
      }),
    ),
    frozen('copy', SLOW),
    frozen('engines'),
  ];
}

/** SIGTERM, and a new worker that must continue. */
async function stopWorker(stage: ChaosStage, step: StepKind): Promise<void> {
  await stage.step(step);
  stage.interruptions += 1;
  const { worker } = stage.sandbox.services;
  const from = performance.now();
  await worker.stop(STOP_LIMIT_MS);
  stage.noteRecovery('worker asked to stop → stopped', from);
  const isOver = hasEnded(stage.journal.events());
  await stage.start('worker');
  if (!isOver) await stage.measureNextLine('worker killed → next act', from);
}

/** SIGSTOP and SIGCONT: it may finish unfinished work only while no other worker could have taken the change. */
function frozen(step: StepKind, slow?: string): Disturbance {
  return {
    name: `worker-frozen-longer-than-its-lock-in-${step}`,
    end: DONE,
    strike: async (stage) => {
      if (slow !== undefined) await stage.plant('ssh-slow', 'node-2', slow);
      await stage.step(step);
      stage.interruptions += 1;
      const { pid } = stage.sandbox.services.worker;
      if (pid === undefined) throw new NotMet('There is no worker to freeze.');
      process.kill(pid, 'SIGSTOP');
      try {
        await stage.pause(LOCK_MS * 1.3);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      if (slow !== undefined) await stage.clear('ssh-slow');
    },
  };
}
