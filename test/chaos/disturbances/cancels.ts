import type { ChaosStage } from '../stage/chaos-stage.ts';
import { pressCancel } from '../stage/operator.ts';
import type { Disturbance } from './disturbance.ts';

/** A person cancels while a process is killed; measures the time to the safe point. */
export function cancels(): readonly Disturbance[] {
  return [
    cancelled('cancel-in-copy', async () => undefined),
    cancelled('cancel-in-copy-and-the-worker-is-killed', async (stage) => {
      await stage.kill('worker');
      await stage.start('worker');
    }),
  ];
}

function cancelled(name: string, then: (stage: ChaosStage) => Promise<void>): Disturbance {
  return {
    name,
    end: { state: 'cancelled', shows: ['To finish it:'] },
    planned: (stage) => stage.plant('ssh-slow', 'node-2', '100000'),
    strike: async (stage) => {
      await stage.step('copy');
      await stage.until('a Cancel button', () => pressCancel(stage));
      const from = performance.now();
      await then(stage);
      await stage.moment('a safe point', (events) => events.at(-1)?.type === 'cancelled');
      if (stage.interruptions === 0) stage.noteRecovery('cancel → safe point', from);
    },
  };
}
