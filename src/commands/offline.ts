import { type Command, Option } from 'commander';
import type { ExportOptions, VerifyOptions } from './audit.ts';
import type { KeysPlace } from './keys.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Adds the commands that work without bot and worker: what is signed, by whom, how anybody can check it, and what files mean. */
export function offlineCommands(program: Command): void {
  keysCommand(program.command('keys').description('keys of bots and workers: make, list, take out of trust'));
  auditCommand(program.command('audit').description('the worker’s journal for auditors: export it, prove it'));
  for (const add of [journalCommand, redisCommand, policyCommand]) add(program);
  for (const command of program.commands) if (OFFLINE.has(command.name())) command.hook('preAction', endWithReader);
}

const OFFLINE: ReadonlySet<string> = new Set(['keys', 'audit', 'journal', 'redis', 'policy']);

function keysCommand(keys: Command): void {
  keys
    .command('new')
    .description('write a new pair: approval.key and approval.pub of a bot, or worker.key and worker.pub of a worker')
    .addOption(new Option('--for <whom>', 'whose key it is').choices(['bot', 'worker']).makeOptionMandatory())
    .requiredOption('--folder <folder>', 'where the files are written; what is there is never overwritten')
    .action(async ({ for: owner, folder }: { for: 'bot' | 'worker'; folder: string }) => {
      const { newKeys } = await import('./keys.ts');
      process.exitCode = await newKeys(owner, folder, new Date(), print);
    });
  keys
    .command('list')
    .description('name, age and meaning of each key')
    .option('--folder <folder>', 'of every key file in this folder')
    .option('--bot <file>', 'of those that this bot.yaml names')
    .option('--worker <file>', 'of those that this worker.yaml names')
    .action(async (place: KeysPlace) => {
      const { listKeys } = await import('./keys.ts');
      process.exitCode = await listKeys(place, new Date(), print);
    });
  keys
    .command('retire')
    .description('take a public key out of a trust folder; it is moved aside, and counts until the next restart')
    .argument('<name>', 'its name, or the beginning of it')
    .requiredOption('--folder <folder>', 'the folder of trusted keys')
    .action(async (name: string, { folder }: { folder: string }) => {
      const { retireKeys } = await import('./keys.ts');
      process.exitCode = await retireKeys(name, folder, print);
    });
}

const FILE = ['--file <file>', 'the journal', '/var/lib/registry-ha/journal.jsonl'] as const;

function journalCommand(program: Command): void {
  program
    .command('journal')
    .description('read the worker’s own record: what was asked, approved, run, with which result')
    .argument('<verb>', 'verify (every line follows from the one before) or show')
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
    .description('who asked, who approved which plan, each step with its commands and result')
    .option(...FILE)
    .option('--from <when>', 'a day (UTC), or a moment such as 2026-11-22T10:00:00Z')
    .option('--to <when>', 'a day, which is included, or a moment')
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .action(async (options: ExportOptions) => {
      const { auditExport } = await import('./audit.ts');
      process.exitCode = await auditExport(options, print);
    });
  audit
    .command('verify')
    .description('every line follows from the one before, every seal is the worker’s, and a quoted hash is among them')
    .option(...FILE)
    .option('--keys <paths...>', 'public keys of the worker, former ones too', ['/etc/registry-ha/worker.pub'])
    .option('--witness <hash>', 'what a thread in Slack shows behind “Journal line”')
    .action(async (options: VerifyOptions) => {
      const { auditVerify } = await import('./audit.ts');
      process.exitCode = await auditVerify(options, print);
    });
}

function redisCommand(program: Command): void {
  program
    .command('redis')
    .description('write the users and rights that Redis should give the bot and each cluster’s worker')
    .argument('<verb>', 'acl')
    .requiredOption('--cluster <name...>', 'every cluster that the bot serves')
    .requiredOption('--folder <folder>', 'where users.acl and the passwords are written')
    .action(async (verb: string, options: { cluster: string[]; folder: string }) => {
      const command = await import('./redis.ts');
      process.exitCode = await command.redisCommand(verb, options, print);
    });
}

function policyCommand(program: Command): void {
  program
    .command('policy')
    .description('say in sentences what a policy file means, and what is wrong with it')
    .argument('<verb>', 'check FILE, or schema (the JSON Schema for editors)')
    .argument('[file]', 'YAML file; see examples/policy.yaml')
    .action(async (verb: string, file: string | undefined) => {
      const command = await import('./policy.ts');
      process.exitCode = command.policyCommand(verb, file, print);
    });
}

/** `… | head` reads as much as it wants; that is no error of ours. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
