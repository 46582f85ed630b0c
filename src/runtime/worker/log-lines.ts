import type { ChangeId } from '../../domain/change/change.ts';
import type { Log } from '../log.ts';

/** What the worker's parts report, as lines of its log. */
export function workerLog(log: Log) {
  return {
    onProgressLost: (err: unknown) => log.debug({ err }, 'Progress could not be reported'),
    onHeartbeatLost: (err: unknown) => log.debug({ err }, 'A heartbeat could not be sent'),
    onUnexpectedError: (err: unknown, job: object) =>
      log.error({ err, ...job }, 'A job ended with an unexpected error'),
    onForgotten: (change: ChangeId) =>
      log.error(
        { change },
        'The record of a change is gone from Redis; the worker restores it from the journal, as failed',
      ),
    onNotRestored: (err: unknown) => log.warn({ err }, 'Records that Redis lost could not be restored yet'),
    onTrouble: (says: string | null) =>
      says === null ? log.info({}, 'The worker can work again') : log.error({ says }, 'The worker cannot work'),
  };
}
