import { ReplyError } from 'ioredis';
import { PlainFailure } from '../../../domain/answers/failure.ts';
import type { ChangeId } from '../../../domain/change/change.ts';
import { isSentinelLogin, redisRemedy } from './recover.ts';

/** Redis is unreachable or rejected a command. Whether the last command ran is unknown. */
export function redisFailed(cause: unknown): PlainFailure {
  const report = {
    where: 'Redis',
    what: whatOf(cause),
    next: `${redisRemedy(cause)} Then try again.`,
    detail: (cause instanceof Error ? cause.message : String(cause)).slice(0, 2000),
  };
  return new PlainFailure('redis', report, { cause });
}

function whatOf(cause: unknown): string {
  if (isSentinelLogin(cause)) return 'The Sentinels reject the login.';
  return cause instanceof ReplyError ? 'Redis rejected the command.' : 'Redis does not answer.';
}

/** A record in Redis cannot be read or written. */
export const recordFault = (change: ChangeId, what: string, next: string, options?: ErrorOptions): PlainFailure =>
  new PlainFailure('record', { where: change, what, next }, options);

/** Another worker has taken over the cluster, so this worker must not write any more. */
export function fenced(cluster: string): PlainFailure {
  const what = 'Another worker has taken over this cluster and continues the work.';
  return new PlainFailure('fenced', { where: cluster, what, next: 'Run only one worker per cluster.' });
}

/** Awaits Redis' answer; throws every error as a failure of the kind `redis`. */
export async function ask<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw redisFailed(cause);
  }
}
