import type { Command } from 'commander';
import { HERE, type HereQuestion } from '../domain/questions/here.ts';
import { TERMINAL_COMMANDS, type TerminalCommand } from '../domain/wish/terminal-talk.ts';
import { USAGE } from './usage.ts';

/** A question as typed on the bootstrap node. */
export interface TypedHere {
  readonly question: HereQuestion;
  readonly words: readonly string[];
  readonly config: string;
  readonly json: boolean;
}

/** A command that changes something, as typed on the bootstrap node. */
export interface TypedChange extends Omit<TypedHere, 'question'> {
  readonly command: TerminalCommand;
  /** Why one person alone starts it. */
  readonly breakGlass?: string;
}

/** What the commands do; each returns the exit code. */
export interface TerminalActs {
  ask(asked: TypedHere): Promise<number>;
  change(asked: TypedChange): Promise<number>;
}

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

const REASON = ['--reason TEXT', 'why, for the card and the audit'] as const;
const ENGINES = ['--engines ORDER', 'container engines one after another (rolling), or all together (all)'] as const;
const NODES = 'NODE…';

const CHANGES: Readonly<Record<TerminalCommand, Described>> = {
  add: { takes: NODES, says: 'add a registry on each node', options: [REASON, ENGINES] },
  sync: { takes: '[NODE…]', says: 'bring registries to what the bootstrap node serves', options: [REASON, ENGINES] },
  remove: {
    takes: NODES,
    says: 'take the registries of these nodes away',
    options: [
      ['--keep-isos', 'leave the ISO files on the nodes'],
      ['--last', 'also the last registry beside the bootstrap’s'],
      REASON,
      ENGINES,
    ],
  },
  drill: { takes: 'NODE', says: 'prove that its registry serves while the bootstrap’s is away', options: [REASON] },
  undo: { takes: 'CHANGE', says: 'undo what this change did', options: [REASON] },
  approve: { takes: 'CHANGE', says: 'approve a change that another person has requested at the terminal' },
  retry: { takes: 'CHANGE', says: 'resume a failed change of the terminal at the failed step' },
  cancel: { takes: 'CHANGE', says: 'stop a change of the terminal at its next safe point' },
};

/** The options of a command that only its own parser knows, each with its meaning; none of any other command. */
export function optionsHere(name: string): readonly (readonly [string, string])[] {
  const question = HERE.find((one) => one === name);
  const change = TERMINAL_COMMANDS.find((one) => one === name);
  if (question !== undefined) return DESCRIBED[question].options ?? [];
  return change === undefined ? [] : (CHANGES[change].options ?? []);
}

/** What stands in the place of a verb to check the file of a plan, which needs no bootstrap node. */
const DIGEST = 'digest';

async function digestOf(path: string | undefined): Promise<number> {
  const { planCommand } = await import('./plan.ts');
  return await planCommand(DIGEST, path, (line) => void process.stdout.write(`${line}\n`));
}

interface Shared {
  readonly config: string;
  readonly json: boolean;
}

/** Adds the commands for the bootstrap node. Their words are read by the same code as Slack's, so commander does not know their options. */
export function terminalCommands(program: Command, acts: TerminalActs): void {
  for (const question of HERE) {
    described(program, question, DESCRIBED[question]).action(
      async (_: readonly string[], { config, json }: Shared, { args }: Command) => {
        const ofFile = question === 'plan' && args[0] === DIGEST;
        process.exitCode = ofFile ? await digestOf(args[1]) : await acts.ask({ question, words: args, config, json });
      },
    );
  }
  for (const command of TERMINAL_COMMANDS) {
    const added = described(program, command, CHANGES[command]);
    if (command !== 'cancel') added.option('--break-glass <reason>', 'start it alone, if you may');
    added.action(async (_: readonly string[], options: Shared & { breakGlass?: string }, { args: words }: Command) => {
      process.exitCode = await acts.change({ ...options, command, words });
    });
  }
}

function described(program: Command, name: string, { takes, says, options = [] }: Described): Command {
  const more = options.map(([option, meaning]) => `  ${option.padEnd(17)} ${meaning}`).join('\n');
  return program
    .command(name)
    .description(`on the bootstrap node: ${says}`)
    .usage(`${takes} [--config FILE] [--json]`.trim())
    .argument('[words...]')
    .option('--config <file>', 'the worker’s configuration', '/etc/registry-ha/worker.yaml')
    .option('--json', 'answer with lines of JSON', false)
    .addHelpText('after', more === '' ? '' : `\nMore options:\n${more}`)
    .allowUnknownOption()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE));
}
