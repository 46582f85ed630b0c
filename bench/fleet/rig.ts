import { randomInt } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { dump } from 'js-yaml';
import { OPS, PEOPLE } from '../../sandbox/people.ts';
import { bareEnvironment, type Place } from '../../sandbox/place.ts';
import { startKeeper } from '../../sandbox/processes/keeper.ts';
import { botService, requestUrlOf } from '../../sandbox/processes/processes.ts';
import { program } from '../../sandbox/processes/program.ts';
import { redisService, redisUrlOf } from '../../sandbox/processes/redis-service.ts';
import type { Service } from '../../sandbox/processes/service.ts';
import { MANIFEST } from '../../sandbox/sandbox.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/local-slack.ts';
import { removeFolder } from '../../test/harness/stage/own-folder.ts';
import { Workers } from './workers.ts';

const STOP_LIMIT_MS = 10_000;
const [ALICE, BOB] = PEOPLE;

/** One bot for some clusters, with its own Redis, a local Slack, and workers that only beat. */
export interface Rig {
  readonly clusters: readonly string[];
  readonly folder: string;
  readonly slack: LocalSlack;
  readonly workers: Workers;
  readonly requestUrl: string;
  /** The bot's process. */
  pid(): number;
  /** Commands that Redis has run for the bot, inside of scripts too, without INFO. */
  commands(): Promise<number>;
  /** Connections of the bot to Redis. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

export const namesOf = (size: number): readonly string[] =>
  Array.from({ length: size }, (_, at) => `c-${String(at + 1).padStart(4, '0')}`);

/** Starts a bot for `size` clusters. Its Redis has the users of `registry-ha redis acl`, with a pattern for each cluster. */
export async function startRig(size: number, delivery: 'socket' | 'http' = 'socket'): Promise<Rig> {
  const clusters = namesOf(size);
  await program();
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-bench-fleet-'));
  await using closing = new AsyncDisposableStack();
  const keeper = startKeeper(folder, () => undefined);
  closing.defer(() => keeper.release());
  closing.defer(() => removeFolder(folder));
  const host = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.1`;
  const place: Place = { folder, host, env: bareEnvironment(process.env), hasClocks: false, installed: {} };
  const requestUrl = requestUrlOf(place);
  const way = delivery === 'socket' ? ({ mode: 'socket' } as const) : ({ mode: 'http', requestUrl } as const);
  const slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery: way });
  closing.defer(() => slack.close());
  const running: Service[] = [];
  const hooks = { onPid: () => keeper.watch(running.flatMap(({ pid }) => pid ?? [])), onDeath: complain };
  const { signal } = new AbortController();
  const redis = await redisService(place, hooks, clusters);
  running.push(redis);
  closing.defer(() => redis.stop(STOP_LIMIT_MS));
  await redis.start(signal);
  const bot = await botService(place, { slack, delivery, clusters, policy: policyFor(clusters) }, hooks);
  running.push(bot);
  const seen = new Redis(redisUrlOf(place));
  closing.defer(async () => void (await seen.quit()));
  const workers = await Workers.of(clusters, folder, seen);
  closing.defer(() => workers.end());
  await workers.start();
  closing.defer(() => bot.stop(STOP_LIMIT_MS));
  await bot.start(signal);
  const all = closing.move();
  return {
    ...{ clusters, folder, slack, workers, requestUrl },
    pid: () => bot.pid ?? Number.NaN,
    commands: async () => commandsIn(await seen.info('commandstats')) - workers.sent,
    connections: async () =>
      String(await seen.client('LIST'))
        .split('\n')
        .filter((line) => line.includes(BOT_NAME)).length,
    close: () => all.disposeAsync(),
  };
}

/** The name of the bot's connections. */
const BOT_NAME = ' name=registry-ha-bot ';

/** Everything that costs something for each cluster: alerts, and a check every day. */
function policyFor(clusters: readonly string[]): string {
  const policy = {
    channels: [OPS.id],
    requesters: { users: [ALICE.id] },
    approvers: { users: [BOB.id] },
    alerts: OPS.id,
    // Not due while the bench runs: its workers prove nothing.
    dailyCheck: { at: '23:59', zone: 'UTC' },
  };
  return dump({ clusters: Object.fromEntries(clusters.map((name) => [name, policy])) }, { noRefs: true });
}

/** Redis counts the commands of scripts like others (redis.io, "INFO": `cmdstat_…:calls=`). */
function commandsIn(info: string): number {
  const each = [...info.matchAll(/^cmdstat_(?!info:)[^:]+:calls=(\d+)/gm)];
  return each.reduce((sum, [, calls]) => sum + Number(calls), 0);
}

/** CPU seconds that a process has used (proc(5), fields 14 and 15). */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process in MB. */
export async function memoryOf(pid: number): Promise<number> {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kib) * 1024) / 1e6;
}

const complain = (says: string): void => void process.stderr.write(`${says}\n`);
