import type { Command } from 'commander';
import { listed } from '../../domain/text/format.ts';
import { answersTo, type Needed } from './ask.ts';

const REDIS: Needed = { option: '--redis-url', asks: 'Address of Redis, such as redis://10.0.0.5:6379' };

const WORKER: readonly Needed[] = [
  { option: '--cluster', asks: 'Name of the cluster, as in the bot’s configuration' },
  REDIS,
];

const BOT: readonly Needed[] = [
  { option: '--cluster', asks: 'Names of the clusters', isList: true },
  REDIS,
  { option: '--channel', asks: 'Slack channels for requests and decisions, by ID (C…)', isList: true },
  { option: '--requester', asks: 'People who may request changes, by Slack user ID (U…)', isList: true },
  { option: '--approver', asks: 'People who may approve changes, by Slack user ID (U…)', isList: true },
];

const REDIS_CA = [
  '--redis-ca <file>',
  'certificate of the authority of Redis, for rediss:// with your own one',
] as const;
const FOLDER = ['--folder <folder>', 'folder for the files', '/etc/registry-ha'] as const;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Adds `registry-ha init`: the first files of a bot or a worker. Files that are there are never changed. */
export function initCommand(program: Command): void {
  const init = program.command('init').description('write the first configuration and keys of a bot or a worker');
  workerCommand(init.command('worker'));
  botCommand(init.command('bot'));
}

interface WorkerOptions {
  readonly cluster?: string;
  readonly redisUrl?: string;
  readonly redisCa?: string;
  readonly redisPasswordFile?: string;
  readonly botKey?: string;
  readonly folder: string;
}

function workerCommand(command: Command): void {
  command
    .description('write worker.yaml and the keys of this node’s worker; existing files are kept')
    .option('--cluster <name>', 'name of the cluster, as in the bot’s configuration')
    .option('--redis-url <url>', 'address of Redis, such as redis://10.0.0.5:6379')
    .option(...REDIS_CA)
    .option('--redis-password-file <file>', 'password file of this cluster’s user, from `registry-ha redis acl`')
    .option('--bot-key <file>', 'public key of the bot, approval.pub')
    .option(...FOLDER)
    .action(async (options: WorkerOptions) => {
      const given = await complete(WORKER, { '--cluster': options.cluster, '--redis-url': options.redisUrl });
      if (given === null) return;
      const { initWorker } = await import('./worker.ts');
      const [cluster = ''] = given.get('--cluster') ?? [];
      const [redisUrl = ''] = given.get('--redis-url') ?? [];
      process.exitCode = await initWorker({ ...options, cluster, redisUrl }, new Date(), print);
    });
}

interface BotOptions {
  readonly cluster?: string[];
  readonly redisUrl?: string;
  readonly redisCa?: string;
  readonly channel?: string[];
  readonly requester?: string[];
  readonly approver?: string[];
  readonly approvals: string;
  readonly folder: string;
  readonly at: string;
}

function botCommand(command: Command): void {
  command
    .description('write bot.yaml, policy.yaml, the bot’s key and the Redis users; existing files are kept')
    .option('--cluster <name...>', 'every cluster that the bot serves')
    .option('--redis-url <url>', 'address of Redis, such as redis://10.0.0.5:6379')
    .option(...REDIS_CA)
    .option('--channel <id...>', 'Slack channels for requests and decisions')
    .option('--requester <id...>', 'Slack users who may request changes')
    .option('--approver <id...>', 'Slack users who may approve changes')
    .option('--approvals <number>', 'approvals that a change needs', '1')
    .option(...FOLDER)
    .option('--at <folder>', 'the same folder as the bot sees it, such as in a container', '/etc/registry-ha')
    .action(async (options: BotOptions) => {
      const { cluster, redisUrl, redisCa, channel, requester, approver, approvals, folder, at } = options;
      const lists = { '--cluster': cluster, '--channel': channel, '--requester': requester, '--approver': approver };
      const given = await complete(BOT, { ...lists, '--redis-url': redisUrl });
      if (given === null) return;
      const { initBot } = await import('./bot.ts');
      const words = (option: string) => given.get(option) ?? [];
      const people = { channel: words('--channel'), requester: words('--requester'), approver: words('--approver') };
      const [url = ''] = words('--redis-url');
      const wanted = {
        cluster: words('--cluster'),
        redisUrl: url,
        ...(redisCa === undefined ? {} : { redisCa }),
        ...people,
        approvals: Number(approvals),
        folder,
        at,
      };
      process.exitCode = await initBot(wanted, new Date(), print);
    });
}

/** What is needed, from the options or by questions; null, with the exit code set, if something is missing. */
async function complete(
  needed: readonly Needed[],
  options: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<ReadonlyMap<string, readonly string[]> | null> {
  const given = new Map(Object.entries(options).map(([option, value]) => [option, [value ?? []].flat()] as const));
  const { stdin: input, stdout: output } = process;
  const terminal = input.isTTY && output.isTTY ? { input, output } : null;
  const answers = await answersTo(needed, given, terminal);
  if (answers.missing.length === 0) return answers.given;
  process.stderr.write(`Missing: ${listed(answers.missing)}. See \`registry-ha init --help\`.\n`);
  process.exitCode = 2;
  return null;
}
