import { redisRemedy } from '../adapters/redis/server/recover.ts';
import { isFailure } from '../domain/answers/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from './log.ts';

const EVERY_MS = 60_000;

/** A log in which an outage of Redis, or of the collector of traces, is one line a minute and cause, however many parts of the process meet it. `onRedis` hears of each one of Redis. */
export function calmLog(log: Log, clock: Pick<Clock, 'steadyMs'>, onRedis: () => void = () => undefined): Log {
  const said = new Map<string, Said>();
  const calm = (level: 'warn' | 'error') => (fields: object, sentence: string) => {
    const err = 'err' in fields ? fields.err : undefined;
    if (isFailure(err, 'redis')) onRedis();
    const next = remedyOf(err);
    const more = next === null ? {} : firstOf(said, next, clock.steadyMs());
    if (more !== null) log[level]({ ...fields, ...more }, sentence);
  };
  return {
    debug: (fields, sentence) => log.debug(fields, sentence),
    info: (fields, sentence) => log.info(fields, sentence),
    warn: calm('warn'),
    error: calm('error'),
  };
}

interface Said {
  readonly at: number;
  readonly unsaid: number;
}

/** The fields of a line that is due, with how many were left out since the last one; null if none is due. */
function firstOf(said: Map<string, Said>, next: string, now: number): object | null {
  const last = said.get(next);
  if (last !== undefined && now - last.at < EVERY_MS) {
    said.set(next, { ...last, unsaid: last.unsaid + 1 });
    return null;
  }
  said.set(next, { at: now, unsaid: 0 });
  return { next, ...(last === undefined ? {} : { unsaid: last.unsaid }) };
}

/** What to do about an outage; null for anything else. */
function remedyOf(err: unknown): string | null {
  if (isFailure(err, 'redis')) return redisRemedy(err.cause);
  return isFailure(err, 'traces') ? err.next : null;
}
