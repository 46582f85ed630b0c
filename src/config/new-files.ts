import { z } from 'zod';
import { BotFile } from './bot-config.ts';
import { policiesIn } from './policy-config.ts';
import { Mistakes, parsedAs } from './read-config.ts';
import { WorkerFile } from './worker-config.ts';

/** The certificate of the authority of Redis, beside the configuration. */
export const REDIS_CA = 'redis-ca.crt';

/** Where Redis is. */
interface NewRedis {
  readonly redisUrl: string;
  /** Whether `REDIS_CA` is in the folder. */
  readonly isCaKnown: boolean;
}

/** What a new worker's configuration is made of. */
export interface NewWorker extends NewRedis {
  readonly cluster: string;
  /** The folder of its keys; absolute. */
  readonly folder: string;
}

/** The text of a new worker.yaml. Throws WrongConfig with every mistake. */
export function newWorkerFile({ cluster, folder, ...redis }: NewWorker): string {
  const file = {
    cluster,
    redis: redisOf(redis, `registry-ha-worker-${cluster}`, folder),
    keyFile: `${folder}/worker.key`,
    trustedKeys: [`${folder}/approval.pub`],
  };
  parsedAs(WorkerFile, file, WORDS);
  return written('Configuration of the worker. Every key is in examples/worker.yaml.', file);
}

/** What a new bot's configuration and policy are made of, alike for each of its clusters. */
export interface NewBot extends NewRedis {
  readonly clusters: readonly string[];
  readonly channels: readonly string[];
  readonly requesters: readonly string[];
  readonly approvers: readonly string[];
  readonly approvals: number;
  /** The folder of its keys as the bot sees it, which may run in a container; absolute. */
  readonly at: string;
}

/** The texts of a new bot.yaml and policy.yaml. Throws WrongConfig with every mistake of both. */
export function newBotFiles(wanted: NewBot): { readonly bot: string; readonly policy: string } {
  const { clusters, channels, requesters, approvers, approvals, at } = wanted;
  const bot = {
    redis: redisOf(wanted, 'registry-ha-bot', at),
    // In a channel of several clusters, a command must name its cluster.
    clusters: clusters.map((name) => ({ name, channels, workerKeys: [`${at}/workers/${name}`] })),
    approval: { keyFile: `${at}/approval.key` },
  };
  const rules = { channels, requesters: people(requesters), approvers: people(approvers), approvals };
  const policy = { clusters: Object.fromEntries(clusters.map((name) => [name, rules])) };
  const mistakes = new Mistakes();
  mistakes.of(() => parsedAs(BotFile, bot, WORDS));
  mistakes.of(() => policiesIn(policy, 'of the policy'));
  const wrong = mistakes.all();
  if (wrong !== null) throw wrong;
  return {
    bot: written('Configuration of the bot. Every key is in examples/bot.yaml.', bot),
    policy: written('Who may do what, and when. Every key is in examples/policy.yaml.', policy),
  };
}

/** The source of the mistakes: there is no file yet. */
const WORDS = 'from these words';

const redisOf = ({ redisUrl: url, isCaKnown }: NewRedis, username: string, folder: string) => ({
  url,
  username,
  ...(isCaKnown ? { tls: { ca: `${folder}/${REDIS_CA}` } } : {}),
});

/** User groups have IDs of their own kind. */
function people(ids: readonly string[]) {
  const groups = ids.filter((id) => id.startsWith('S'));
  const users = ids.filter((id) => !groups.includes(id));
  return { ...(users.length === 0 ? {} : { users }), ...(groups.length === 0 ? {} : { groups }) };
}

/** YAML with one key a line; a value that is a list or a word is JSON, which is YAML, too. */
function written(says: string, file: Readonly<Record<string, unknown>>): string {
  return `# ${says}\n${linesOf(file, '').join('\n')}\n`;
}

const Tree = z.record(z.string(), z.unknown());

function linesOf(tree: Readonly<Record<string, unknown>>, indent: string): readonly string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    if (Array.isArray(value)) return listOf(key, value, indent);
    const inner = Tree.safeParse(value);
    if (!inner.success) return [`${indent}${key}: ${JSON.stringify(value)}`];
    return [`${indent}${key}:`, ...linesOf(inner.data, `${indent}  `)];
  });
}

function listOf(key: string, list: readonly unknown[], indent: string): readonly string[] {
  const trees = list.map((one) => Tree.safeParse(one));
  if (!trees.some(({ success }) => success)) return [`${indent}${key}: ${JSON.stringify(list)}`];
  const items = trees.flatMap(({ data = {} }) => {
    const [first = '', ...rest] = linesOf(data, `${indent}    `);
    return [`${indent}  - ${first.trim()}`, ...rest];
  });
  return [`${indent}${key}:`, ...items];
}
