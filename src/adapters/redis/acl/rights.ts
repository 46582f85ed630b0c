import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RightsFound } from '../../../ports/doctor/redis.ts';
import { chunksOf } from '../server/existing.ts';
import { ALL_ANNOUNCED, clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { BOT_COMMANDS, WORKER_COMMANDS } from './acl-commands.ts';

/**
 * Asks Redis whether the user may run each command, without running it (Redis 7.0, Lua API, `redis.acl_check_cmd`). ARGV: the
 * commands, each as JSON. Returns the places, from 1, of those that it may not run; a command that this server does not have counts.
 */
const TRY = `
local denied = {}
for place, line in ipairs(ARGV) do
  local checked, allowed = pcall(redis.acl_check_cmd, unpack(cjson.decode(line)))
  if not checked or not allowed then denied[#denied + 1] = place end
end
return denied`;

const placesSchema = z.array(z.int());

interface Tried {
  readonly name: string;
  readonly words: readonly string[];
}

/** What each process must not be able to do, with keys of ours or of other programs. */
const FOREIGN: readonly Tried[] = [
  { name: 'change Redis’ configuration', words: ['config', 'set', 'appendonly', 'no'] },
  { name: 'delete all data', words: ['flushall'] },
  { name: 'change users', words: ['acl', 'setuser', 'default'] },
  { name: 'read keys outside of registry-ha’s', words: ['get', 'foreign-key'] },
];

/** Tries every right of a process in these clusters, at keys that do not exist. */
export async function rightsAt(
  redis: Redis,
  process: 'bot' | 'worker',
  clusters: readonly string[],
): Promise<RightsFound> {
  const commands = process === 'bot' ? BOT_COMMANDS : WORKER_COMMANDS;
  const [first = ''] = clusters;
  const keys = clusters.map((cluster) => ({ name: `keys of ${cluster}`, words: ['get', probeIn(cluster)] }));
  const needed = [...keys, ...commands.map((name) => ({ name, words: wordsOf(name, first) }))];
  const foreign = process === 'bot' ? FOREIGN : [...FOREIGN, otherCluster(clusters)];
  const denied = async (of: readonly Tried[]) => {
    const names = new Set<string | undefined>();
    // Redis compares each key with the patterns of every cluster, and answers nobody else meanwhile.
    for (const chunk of chunksOf(of)) {
      const lines = chunk.map(({ words }) => JSON.stringify(words));
      for (const place of placesSchema.parse(await runScript(redis, TRY, [], ...lines)))
        names.add(chunk[place - 1]?.name);
    }
    return names;
  };
  const [missing, kept] = [await denied(needed), await denied(foreign)];
  return {
    tried: needed.length,
    missing: needed.map(({ name }) => name).filter((name) => missing.has(name)),
    excess: foreign.map(({ name }) => name).filter((name) => !kept.has(name)),
  };
}

/** A worker reaches only its own cluster. */
const otherCluster = ([own = '']: readonly string[]): Tried => ({
  name: 'write keys of other clusters',
  words: ['set', probeIn(own === 'other' ? 'another' : 'other'), '1'],
});

/** A key that nobody uses. */
const probeIn = (cluster: string): string => `${clusterKeys(cluster).fence}:doctor`;

/** Redis 8 tries a command only with as many arguments as it takes; Redis 7 accepts any number. */
const ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ...named(0, 'info ping quit time'),
  ...named(1, 'client|setname get hgetall hkeys hlen incr llen persist pexpiretime pttl scard smembers strlen zcard'),
  ...named(2, 'hexists hget hstrlen lindex rpoplpush sismember zscore'),
  ...named(4, 'xadd'),
]);
const USUALLY = 3;

function named(count: number, names: string): readonly (readonly [string, number])[] {
  return names.split(' ').map((name) => [name, count]);
}

/** The words with which a command is tried: a key of ours stands for every argument, because some commands take several keys. */
export function wordsOf(name: string, cluster: string): readonly string[] {
  if (name === 'psubscribe') return [name, ALL_ANNOUNCED];
  if (name === 'publish') return [name, clusterKeys(cluster).announced, ''];
  const key = probeIn(cluster);
  return [...name.split('|'), ...Array.from({ length: ARGUMENTS.get(name) ?? USUALLY }, () => key)];
}
