import { type Command, Option } from 'commander';
import type { ExportOptions, VerifyOptions } from './audit.ts';
import type { HealthPlace } from './health.ts';
import { initCommand } from './init/init.ts';
import type { KeysPlace } from './keys.ts';
import { USAGE } from './usage.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Adds the commands that need neither bot nor worker: keys, audit, journal, redis, policy and init; and health, which asks one of them. */
export function offlineCommands(program: Command): void {
  keysCommand(program.command('keys').description('create, list and retire the keys of bots and workers'));
  auditCommand(program.command('audit').description('export and verify the worker’s journal for auditors'));
  for (const add of [journalCommand, redisCommand, policyCommand, healthCommand, initCommand, noSandbox]) add(program);
  for (const command of program.commands) if (OFFLINE.has(command.name())) command.hook('preAction', endWithReader);
}

const OFFLINE: ReadonlySet<string> = new Set(['keys', 'audit', 'journal', 'redis', 'policy']);

function keysCommand(keys: Command): void {
  keys
    .command('new')
    .description('create a key pair: approval.key and approval.pub for a bot, worker.key and worker.pub for a worker')
    .addOption(new Option('--for <whom>', 'owner of the key').choices(['bot', 'worker']).makeOptionMandatory())
    .requiredOption('--folder <folder>', 'folder for the new files; existing files are never overwritten')
    .action(async ({ for: owner, folder }: { for: 'bot' | 'worker'; folder: string }) => {
      const { newKeys } = await import('./keys.ts');
      process.exitCode = await newKeys(owner, folder, new Date(), print);
    });
  keys
    .command('list')
    .description('list the name, age and purpose of each key')
    .option('--folder <folder>', 'list every key file in this folder')
    .option('--bot <file>', 'list the keys that this bot.yaml names')
    .option('--worker <file>', 'list the keys that this worker.yaml names')
    .action(async (place: KeysPlace) => {
      const { listKeys } = await import('./keys.ts');
      process.exitCode = await listKeys(place, new Date(), print);
    });
  keys
    .command('retire')
    .description('move a public key out of a trust folder; it stays trusted until the next restart')
    .argument('<name>', 'name of the key, or its first characters')
    .requiredOption('--folder <folder>', 'folder of trusted keys')
    .action(async (name: string, { folder }: { folder: string }) => {
      const { retireKeys } = await import('./keys.ts');
      process.exitCode = await retireKeys(name, folder, print);
    });
}

const FILE = ['--file <file>', 'the journal', '/var/lib/registry-ha/journal.jsonl'] as const;

function journalCommand(program: Command): void {
  program
    .command('journal')
    .description('read the worker’s journal: requests, approvals, commands and results')
    .argument('<verb>', 'verify (check the hash chain) or show')
    .argument('[change]', 'show only this change')
    .option(...FILE)
    .action(async (verb: string, change: string | undefined, { file }: { file: string }) => {
      const command = await import('./journal.ts');
      process.exitCode = await command.journalCommand(verb, change, file, print);
    });
}

function auditCommand(audit: Command): void {
  audit
    .command('export')
    .description('export requests, approvals, and each step with its commands and result')
    .option(...FILE)
    .option('--from <when>', 'first day (UTC), or a time such as 2026-11-22T10:00:00Z')
    .option('--to <when>', 'last day (UTC, included), or a time')
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .action(async (options: ExportOptions) => {
      const { auditExport } = await import('./audit.ts');
      process.exitCode = await auditExport(options, print);
    });
  audit
    .command('verify')
    .description('check the hash chain, the worker’s seals, and a hash quoted in Slack')
    .option(...FILE)
    .option('--keys <paths...>', 'public keys of the worker, including former keys', ['/etc/registry-ha/worker.pub'])
    .option('--witness <hash>', 'hash that a Slack thread shows after “Journal line”')
    .action(async (options: VerifyOptions) => {
      const { auditVerify } = await import('./audit.ts');
      process.exitCode = await auditVerify(options, print);
    });
}

function redisCommand(program: Command): void {
  program
    .command('redis')
    .description('write the Redis users and permissions of the bot and of each cluster’s worker')
    .argument('<verb>', 'acl')
    .option('--cluster <name...>', 'every cluster that the bot serves')
    .option('--add <name...>', 'a cluster more, beside those that users.acl has')
    .requiredOption('--folder <folder>', 'folder for users.acl and the passwords')
    .action(async (verb: string, options: { cluster?: string[]; add?: string[]; folder: string }) => {
      const command = await import('./redis.ts');
      process.exitCode = await command.redisCommand(verb, options, print);
    });
}

function policyCommand(program: Command): void {
  program
    .command('policy')
    .description('explain a policy file in plain words and report its mistakes')
    .argument('<verb>', 'check FILE, or schema (the JSON Schema for editors)')
    .argument('[file]', 'YAML file; see examples/policy.yaml')
    .action(async (verb: string, file: string | undefined) => {
      const command = await import('./policy.ts');
      process.exitCode = command.policyCommand(verb, file, new Date(), print);
    });
}

function healthCommand(program: Command): void {
  program
    .command('health')
    .description('ask the running bot or worker whether it is ready; exit code 1 if it does not answer')
    .option('--bot <file>', 'the bot that runs with this bot.yaml')
    .option('--worker <file>', 'the worker that runs with this worker.yaml')
    .action(async (place: HealthPlace) => {
      const command = await import('./health.ts');
      process.exitCode = await command.healthCommand(place, process.env, print);
    });
}

/** `… | head` closes the pipe early, which is not an error. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

/** Somebody who has only the image or the bundle looks for it here. No help or completion shows this command. */
function noSandbox(program: Command): void {
  program
    .command('sandbox', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(() => {
      process.stderr.write(`${NO_SANDBOX}\n`);
      process.exitCode = USAGE;
    });
}

const NO_SANDBOX =
  'The sandbox is not part of this program: run `npm ci && npm run sandbox` in a checkout of its sources, as docs/sandbox.md says.';
