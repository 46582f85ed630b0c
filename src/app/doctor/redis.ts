import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { firstFew, listed } from '../../domain/text/format.ts';
import type { RedisFacts, RedisServer, RightsFound } from '../../ports/doctor/redis.ts';
import { check, type Room, shared } from './check.ts';
import { clockVerdict } from './clock.ts';

/** docs/install.md, “Supported systems”. */
const OLDEST = 7;
/** A card waits for some twenty answers in a row. */
const SLOW_MS = 100;

/** Redis: the server, its settings, and what its user may do. */
export function redisRoom(server: RedisServer): Room {
  const look = shared(() => server.look());
  return {
    name: 'redis',
    checks: async () => [
      check('connection', look, connection, { failing: 'wrong' }),
      check('version', look, version),
      check('settings', look, settings),
      check('latency', look, latency),
      check('clock', look, ({ aheadMs }) => clockVerdict('Redis', aheadMs)),
      check('rights', () => server.rights(), missing),
      check('no other rights', () => server.rights(), excess),
    ],
  };
}

const connection = ({ isTls }: RedisFacts): Verdict => good(isTls ? 'Answers, over TLS' : 'Answers, without TLS');

function version({ version: seen }: RedisFacts): Verdict {
  const major = Number.parseInt(seen, 10);
  if (Number.isNaN(major)) return unknown('Redis does not show its version.');
  if (major >= OLDEST) return good(seen);
  return wrong(`Redis ${seen} is too old: ${OLDEST}.0 or newer is required.`, 'Upgrade Redis.');
}

function settings({ bad, hidden }: RedisFacts): Verdict {
  if (bad.length > 0) return wrong(bad.join(' '), 'Change redis.conf, then restart Redis.');
  if (hidden.length === 0) return good('appendonly yes, maxmemory-policy noeviction, no Redis Cluster');
  return unknown(`Redis does not show ${listed(hidden)}.`, 'Check them at your Redis service: see docs/install.md.');
}

function latency({ latencyMs }: RedisFacts): Verdict {
  if (latencyMs <= SLOW_MS) return good(`Answers within ${SLOW_MS} ms`);
  return wrong(
    `The fastest of three answers took ${Math.round(latencyMs)} ms, more than ${SLOW_MS} ms. Cards and steps wait for many answers.`,
    'Run Redis nearer, or find out what slows it with `redis-cli --latency`.',
  );
}

const AGAIN = 'Run `registry-ha redis acl` again with every cluster, install the file, then restart Redis.';

function missing({ missing: names, tried }: RightsFound): Verdict {
  if (names.length === 0) return good(`${tried} rights tried, none is missing`);
  return wrong(`The Redis user may not use ${firstFew(names)}.`, AGAIN);
}

function excess({ excess: acts }: RightsFound): Verdict {
  if (acts.length === 0) return good('No right beyond the process’s own');
  return wrong(`The Redis user may ${listed(acts)}, which this process never does.`, `Set redis.username. ${AGAIN}`);
}
