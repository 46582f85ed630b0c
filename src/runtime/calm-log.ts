import { redisRemedy } from '../adapters/redis/server/recover.ts';
import { isFailure } from '../domain/answers/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from './log.ts';

const EVERY_MS = 60_000;

/** A log in which an outage of Redis is one line a minute and cause, however many parts of the process meet it. `onRedis` hears of each. */
export function calmLog(log: Log, clock: Pick<Clock, 'steadyMs'>, onRedis: () => void = () => undefined): Log {
  const said = new Map<string, { at: number; unsaid: number }>();
  const calm = (level: 'warn' | 'error') => (fields: object, sentence: string) => {
    if (!('err' in fields) || !isFailure(fields.err, 'redis')) return log[level](fields, sentence);
    onRedis();
    const next = redisRemedy(fields.err.cause);
    const last = said.get(next);
    if (last !== undefined && clock.steadyMs() - last.at < EVERY_MS) {
      last.unsaid += 1;
      return;
    }
    said.set(next, { at: clock.steadyMs(), unsaid: 0 });
    log[level]({ ...fields, next, ...(last === undefined ? {} : { unsaid: last.unsaid }) }, sentence);
  };
  return {
    debug: (fields, sentence) => log.debug(fields, sentence),
    info: (fields, sentence) => log.info(fields, sentence),
    warn: calm('warn'),
    error: calm('error'),
  };
}
