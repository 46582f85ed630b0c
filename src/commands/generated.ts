import type { Command } from 'commander';
import { VERB_NAMES } from '../domain/plan/intent.ts';
import { optionsHere } from './terminal.ts';

/** The words that may follow a command, beside its options and subcommands. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  doctor: ['bot', 'worker'],
  plan: [...VERB_NAMES, 'digest'],
  journal: ['show', 'verify'],
  policy: ['check', 'schema'],
  redis: ['acl'],
};

/** Options whose value is a path. */
const PATHS = [
  '--at',
  '--bot',
  '--bot-key',
  '--config',
  '--file',
  '--folder',
  '--keys',
  '--redis-password-file',
  '--worker',
];

/** Adds the commands that print what is generated from all commands: shell completion and the man page. */
export function generatedCommands(program: Command): void {
  program
    .command('completion')
    .description('print the completion of these commands for bash')
    .action(() => void process.stdout.write(completion(program)));
  program
    .command('man')
    .description('print the man page of these commands')
    .action(() => void process.stdout.write(manPage(program)));
}

/** A script for bash that completes commands, subcommands, options and paths. */
export function completion(program: Command): string {
  const commands = shownOf(program);
  const cases = commands.flatMap((command) => [
    ...command.commands.map((sub) => caseOf(`${command.name()} ${sub.name()}`, optionsOf(sub))),
    caseOf(`${command.name()} `, [
      ...command.commands.map((sub) => sub.name()),
      ...(FIRST[command.name()] ?? []),
      ...optionsOf(command),
    ]),
  ]);
  return `# Completion of registry-ha for bash, printed by: registry-ha completion
_registry_ha() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${PATHS.join('|')}) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map((command) => command.name()).join(' ')}"
  else
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${cases.join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _registry_ha registry-ha
`;
}

/** Without hidden commands. */
function shownOf(program: Command): readonly Command[] {
  const shown = program.createHelp().visibleCommands(program);
  return program.commands.filter((command) => shown.includes(command));
}

const caseOf = (words: string, next: readonly string[]): string => `      "${words}"*) words="${next.join(' ')}" ;;`;

const optionsOf = (command: Command): readonly string[] => [
  ...ownOptions(command).map(([option]) => option.split(' ')[0] ?? ''),
  ...command.options.map(({ long }) => long ?? ''),
];

const isTop = ({ parent }: Command): boolean => parent?.parent === null;

const ownOptions = (command: Command) => (isTop(command) ? optionsHere(command.name()) : []);

/** The man page in roff, for `man`. */
export function manPage(program: Command): string {
  const commands = shownOf(program).flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
  const parts = [
    `.TH REGISTRY\\-HA 1 "" "registry\\-ha ${program.version() ?? ''}" "User Commands"`,
    '.SH NAME',
    `registry\\-ha \\- ${roff(program.description())}`,
    '.SH SYNOPSIS',
    '.B registry\\-ha',
    '.I COMMAND',
    '[options]',
    '.SH COMMANDS',
    ...commands.flatMap(described),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH FILES',
    ...FILES.flatMap(([path, meaning]) => ['.TP', `.I ${roff(path)}`, roff(meaning)]),
    '.SH SEE ALSO',
    roff('The pages in /opt/registry-ha/docs, first of all terminal.md.'),
  ];
  return `${parts.join('\n')}\n`;
}

const EXITS = [
  ['0', 'Done.'],
  ['1', 'Failed; of status and verify: not everything is as it should be.'],
  ['2', 'Refused; of the commands that need no cluster: wrong words.'],
  ['3', 'Wrong words or configuration, of the commands on the bootstrap node.'],
  ['4', 'Busy: the worker carries out a change.'],
  ['130', 'Left with Ctrl-C; a change that has begun goes on.'],
] as const;

const FILES = [
  ['/etc/registry-ha/worker.yaml', 'The worker’s configuration.'],
  ['/var/lib/registry-ha/journal.jsonl', 'The worker’s journal.'],
  ['/var/lib/registry-ha/terminal.sock', 'Where commands that change something reach the worker.'],
] as const;

function described(command: Command): readonly string[] {
  const parent = isTop(command) ? '' : `${command.parent?.name()} `;
  const options = [
    ...ownOptions(command),
    ...command.options.map(({ flags, description }) => [flags, description] as const),
  ];
  return [
    '.SS',
    `.B ${roff(`${parent}${command.name()}`)}`,
    `.RB ${quoted(command.usage())}`,
    '.PP',
    roff(sentence(command.description())),
    ...options.flatMap(([flags, meaning]) => ['.TP', `.B ${quoted(flags)}`, roff(sentence(meaning))]),
  ];
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const quoted = (text: string): string => `"${roff(text).replaceAll('"', '""')}"`;

/** Text as roff prints it: no line is a request, and hyphens and apostrophes stay what they are. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('“', '\\(lq')
    .replaceAll('”', '\\(rq')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/gm, '\\&');
