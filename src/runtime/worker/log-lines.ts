import type { ChangeId } from '../../domain/change/change.ts';
import type { Log } from '../log.ts';

/** The worker's log lines for the events of its parts. */
export function workerLog(log: Log) {
  return {
    onProgressLost: (err: unknown) => log.debug({ err }, 'Progress could not be reported'),
    onHeartbeatLost: (err: unknown) => log.debug({ err }, 'A heartbeat could not be sent'),
    onNodesUnread: (err: unknown) => log.debug({ err }, 'The names of the nodes could not be read'),
    onNotInspected: (err: unknown) => log.warn({ err }, 'The status of the cluster could not be stored'),
    onNotReported: (err: unknown) => log.warn({ err }, 'A request for a proof or its result could not be exchanged'),
    onDryRunLost: (err: unknown) => log.warn({ err }, 'A request for a dry run or its answer could not be exchanged'),
    onPartUnread: (err: unknown) => log.error({ err }, 'An inspection met an unexpected error'),
    onUnexpectedError: (err: unknown, job: object) =>
      log.error({ err, ...job }, 'A job ended with an unexpected error'),
    onLost: (change: ChangeId) =>
      log.error({ change }, 'Record missing from Redis; restoring it from the journal as failed'),
    onBehind: (change: ChangeId) =>
      log.error({ change }, 'Record in Redis was older than the journal; its missing entries are written again'),
    onTold: (change: ChangeId) => log.info({ change }, 'Change from the terminal told to Redis'),
    onInterrupted: (err: unknown, change: ChangeId) =>
      log.warn({ err, change }, 'Change from the terminal was interrupted; trying again'),
    onTalkFailed: (err: unknown) => log.error({ err }, 'A command on the terminal met an unexpected error'),
    onNotRestored: (err: unknown) => log.warn({ err }, 'The journal could not be compared with Redis yet'),
    onBack: (change: ChangeId) =>
      log.warn({ change }, 'Drill was interrupted; the registry of the bootstrap node is back'),
    onNotBack: (err: unknown) => log.error({ err }, 'The registry that a drill took away is not back yet'),
    onFileTrouble: (says: string, fields: object) => log.warn(fields, says),
    onTrouble: (says: string | null) =>
      says === null ? log.info({}, 'The worker can work again') : log.error({ says }, 'The worker cannot work'),
  };
}

export type WorkerLog = ReturnType<typeof workerLog>;
