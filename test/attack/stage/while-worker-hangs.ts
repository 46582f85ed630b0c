import { reached } from '../outcome.ts';
import type { AttackStage } from './attack-stage.ts';

/** Acts while the worker is stopped, so that it writes nothing over what the attacker has written. */
export async function whileWorkerHangs<T>(stage: AttackStage, act: () => Promise<T>): Promise<T> {
  const { worker } = stage.sandbox.services;
  reached(worker.pid !== undefined, 'The worker does not run.');
  process.kill(worker.pid ?? 0, 'SIGSTOP');
  try {
    return await act();
  } finally {
    process.kill(worker.pid ?? 0, 'SIGCONT');
  }
}
