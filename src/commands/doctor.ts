import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { USAGE } from './usage.ts';

/** The processes that a doctor knows, with their usual configuration. */
const USUAL = { bot: '/etc/registry-ha/bot.yaml', worker: '/etc/registry-ha/worker.yaml' } as const;

export type DoctorOf = keyof typeof USUAL;

/** A doctor as typed: path of the configuration, and whether the answer is JSON. */
export interface TypedDoctor {
  readonly config: string;
  readonly json: boolean;
}

/** Adds `registry-ha doctor`. Each process has its own doctor, which returns the exit code. */
export function doctorCommand(
  program: Command,
  doctors: Readonly<Record<DoctorOf, (asked: TypedDoctor) => Promise<number>>>,
): void {
  program
    .command('doctor')
    .description(
      'check every prerequisite of the bot or the worker on this computer, with the fix of what is wrong; exits 0 only if all is good',
    )
    .argument('[process]', 'bot or worker; by default the one that has its configuration here')
    .option('--config <file>', 'its configuration; the default is bot.yaml or worker.yaml in /etc/registry-ha')
    .option('--json', 'answer with one line of JSON', false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
    .action(async (named: string | undefined, { config, json }: { config?: string; json: boolean }) => {
      const which = named === undefined ? here() : named;
      if (which !== 'bot' && which !== 'worker') {
        const why = named === undefined ? `There is neither ${USUAL.worker} nor ${USUAL.bot}, or there are both. ` : '';
        process.stderr.write(`${why}Use \`registry-ha doctor bot\` or \`registry-ha doctor worker\`.\n`);
        process.exitCode = USAGE;
        return;
      }
      process.exitCode = await doctors[which]({ config: config ?? USUAL[which], json });
    });
}

function here(): DoctorOf | null {
  const [bot, worker] = [existsSync(USUAL.bot), existsSync(USUAL.worker)];
  if (bot === worker) return null;
  return bot ? 'bot' : 'worker';
}
