import { NotMet } from '../../harness/stage/not-met.ts';
import type { ChaosStage } from './chaos-stage.ts';

/** Does something while the worker is stopped by SIGSTOP: the simulated steps end sooner than a person can act. */
export async function whileFrozen(stage: ChaosStage, act: () => Promise<void>): Promise<void> {
  const { pid } = stage.sandbox.services.worker;
  if (pid === undefined) throw new NotMet('There is no worker to freeze.');
  process.kill(pid, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
