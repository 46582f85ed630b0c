import { resolve } from 'node:path';
import { dump } from 'js-yaml';
import { policiesOf } from '../src/config/policy-config.ts';
import { readYaml } from '../src/config/read-config.ts';

const MINUTE_MS = 60_000;

/**
 * The text of a policy file that the bot of this cluster accepts. A time of a window may be `+90s`: the first full minute, in UTC, that
 * is at least 90 seconds away. Throws WrongConfig, with the file's own path: the bot reads a copy.
 */
export function readPolicy(path: string, cluster: string, now: Date): string {
  const file = resolve(path);
  const policy = withTimes(readYaml(file, 'examples/policy.yaml'), now);
  policiesOf([cluster], policy, file);
  return dump(policy);
}

function withTimes(part: unknown, now: Date): unknown {
  if (Array.isArray(part)) return part.map((one: unknown) => withTimes(one, now));
  if (typeof part === 'object' && part !== null && !(part instanceof Date))
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withTimes(value, now)]));
  const [, seconds] = typeof part === 'string' ? (/^\+(\d+)s$/.exec(part) ?? []) : [];
  return seconds === undefined ? part : minuteAfter(now.getTime() + Number(seconds) * 1000);
}

/** `HH:MM`. */
const minuteAfter = (ms: number): string =>
  new Date(Math.ceil(ms / MINUTE_MS) * MINUTE_MS).toISOString().slice('2026-01-01T'.length, '2026-01-01T03:00'.length);
