import type { Command } from 'commander';
import { HERE, type HereQuestion } from '../domain/questions/here.ts';

/** A question as typed on the bootstrap node. */
export interface TypedHere {
  readonly question: HereQuestion;
  readonly words: readonly string[];
  readonly config: string;
  readonly json: boolean;
}

/** Answers a question; returns the exit code. */
export type AskHere = (asked: TypedHere) => Promise<number>;

interface Described {
  readonly takes: string;
  readonly says: string;
  readonly options?: readonly (readonly [string, string])[];
}

const DESCRIBED: Readonly<Record<HereQuestion, Described>> = {
  status: {
    takes: '',
    says: 'inspect the cluster: whether HA holds, each registry, the engines, and the open changes; exits 0 only if HA holds',
  },
  verify: {
    takes: '[NODE…] [--deep]',
    says: 'compare every image of the registries with the bootstrap node’s; exits 0 only if they are proved',
    options: [['--deep', 'hash every layer, too']],
  },
  plan: {
    takes: 'add|sync|remove|drill NODE… [options] | undo CHANGE | digest FILE',
    says: 'make the plan of a change that nobody requests; `plan digest FILE` checks the file of a plan, anywhere',
  },
  changes: {
    takes: '[--all] [--node NODE]',
    says: 'list the open changes of the worker’s journal',
    options: [
      ['--all', 'ended changes, too'],
      ['--node NODE', 'only changes that touch this node'],
    ],
  },
  show: { takes: 'CHANGE', says: 'show one change of the worker’s journal, with its steps' },
  log: { takes: 'CHANGE', says: 'list the events of one change in the worker’s journal' },
  history: { takes: 'NODE', says: 'list what was done on a node, as far as the worker’s journal has it' },
};

/** The options of a question that only its own parser knows, each with its meaning; none of any other command. */
export function optionsHere(name: string): readonly (readonly [string, string])[] {
  const question = HERE.find((one) => one === name);
  return question === undefined ? [] : (DESCRIBED[question].options ?? []);
}

/** What stands in the place of a verb to check the file of a plan, which needs no bootstrap node. */
const DIGEST = 'digest';

async function digestOf(path: string | undefined): Promise<number> {
  const { planCommand } = await import('./plan.ts');
  return await planCommand(DIGEST, path, (line) => void process.stdout.write(`${line}\n`));
}

/** Wrong words of a command, as docs/terminal.md says. */
const USAGE = 3;

/** Adds the commands for the bootstrap node. Their words are read by the same code as Slack's, so commander does not know their options. */
export function terminalCommands(program: Command, ask: AskHere): void {
  for (const question of HERE) {
    const { takes, says, options = [] } = DESCRIBED[question];
    const more = options.map(([option, meaning]) => `  ${option.padEnd(17)} ${meaning}`).join('\n');
    program
      .command(question)
      .description(`on the bootstrap node: ${says}`)
      .usage(`${takes} [--config FILE] [--json]`.trim())
      .argument('[words...]')
      .option('--config <file>', 'the worker’s configuration', '/etc/registry-ha/worker.yaml')
      .option('--json', 'answer with one line of JSON', false)
      .addHelpText('after', more === '' ? '' : `\nOptions of the question:\n${more}`)
      .allowUnknownOption()
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
      .action(async (_: readonly string[], { config, json }: { config: string; json: boolean }, { args }: Command) => {
        const ofFile = question === 'plan' && args[0] === DIGEST;
        process.exitCode = ofFile ? await digestOf(args[1]) : await ask({ question, words: args, config, json });
      });
  }
}
