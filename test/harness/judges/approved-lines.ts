import { isDeepStrictEqual } from 'node:util';
import { splitWords } from '../../../sandbox/cluster/ssh/words.ts';
import { render } from '../../../src/domain/node-commands/command.ts';
import { copyCommands } from '../../../src/domain/node-commands/copy-commands.ts';
import {
  FINISH_SCRIPT,
  HASH_SCRIPT,
  REBUILD_SCRIPT,
  RECEIVE_SCRIPT,
  REREAD_SCRIPT,
  SEE_SCRIPT,
} from '../../../src/domain/node-commands/copy-scripts.ts';
import { SWITCH_SCRIPT } from '../../../src/domain/node-commands/drill-commands.ts';
import { GATHER_SCRIPT, LOOK_SCRIPT } from '../../../src/domain/node-commands/look-commands.ts';
import { MANIFESTS_SCRIPT } from '../../../src/domain/node-commands/manifest-copies.ts';
import { PROOF_SCRIPT, SUDO_SCRIPT } from '../../../src/domain/node-commands/proof-commands.ts';
import {
  FOLLOW_SCRIPT,
  FORGET_SCRIPT,
  READ_SCRIPT,
  START_SCRIPT,
} from '../../../src/domain/node-commands/run-scripts.ts';
import { WAY_SCRIPT } from '../../../src/domain/node-commands/way-scripts.ts';
import type { CopyStep, Step } from '../../../src/domain/plan/step.ts';

/** Programs and copy scripts that only read. */
const READ_ONLY: ReadonlySet<string> = new Set(
  'true hostname cat ls test stat df sha256sum openssl findmnt losetup ss isoinfo head grep ip realpath getent'.split(
    ' ',
  ),
);
const LOOKING_SCRIPTS: ReadonlySet<string> = new Set([
  SEE_SCRIPT,
  HASH_SCRIPT,
  REREAD_SCRIPT,
  WAY_SCRIPT,
  LOOK_SCRIPT,
  MANIFESTS_SCRIPT,
  PROOF_SCRIPT,
  SUDO_SCRIPT,
  SWITCH_SCRIPT,
]);
/** Scripts that start and follow a state run; the log has a separate line for what they run. */
const RUN_SCRIPTS: ReadonlySet<string> = new Set([START_SCRIPT, FOLLOW_SCRIPT, READ_SCRIPT, FORGET_SCRIPT]);
const RESUMABLE: ReadonlySet<string> = new Set([RECEIVE_SCRIPT, REBUILD_SCRIPT]);
/** `sh -c SCRIPT sh GUARD PART FROM …` */
const SCRIPT_AT = 2;
const FROM_AT = 6;
/** `sh -c SCRIPT sh LINE…` */
const GATHERED_AT = 4;

/** Whether this command line changes nothing. */
export function isReadOnly(line: string): boolean {
  const words = plainWords(line);
  const [program = '', first = ''] = words;
  if (program === 'crictl') return first === 'info';
  const script = scriptOf(words);
  if (script === GATHER_SCRIPT) return words.slice(GATHERED_AT).every(isReadOnly);
  return READ_ONLY.has(program) || LOOKING_SCRIPTS.has(script) || RUN_SCRIPTS.has(script);
}

/** The line as the plan shows it: a resumed copy has another start offset. */
export function asPlanned(line: string): readonly string[] {
  const words = plainWords(line);
  return RESUMABLE.has(scriptOf(words)) ? words.with(FROM_AT, '0') : words;
}

/** Whether the step shows this command. A copy may also remove its own part file and flush what it wrote. */
export function isOf(step: Step, on: string, line: string): boolean {
  const words = asPlanned(line);
  const shown = step.commands.filter((planned) => planned.on === on).map(({ command }) => render(command));
  const own = step.kind === 'copy' && step.node === on ? unshown(step) : [];
  return [...shown, ...own].some((one) => isDeepStrictEqual(asPlanned(one), words));
}

/** Commands that must not run again after a success. */
export function isOnce(line: string): boolean {
  const words = plainWords(line);
  return words[0] === 'salt-call' || scriptOf(words) === FINISH_SCRIPT;
}

function unshown({ archive: { path, size }, part }: CopyStep): readonly string[] {
  const { discard, sync } = copyCommands({ path, part, size, sudo: false });
  return [render(discard), render(sync)];
}

const scriptOf = (words: readonly string[]): string =>
  words[0] === 'sh' && words[1] === '-c' ? (words[SCRIPT_AT] ?? '') : '';

/** The words without `sudo -n` and `env` variables. */
function plainWords(line: string): readonly string[] {
  const split = splitWords(line);
  if (split.is === 'refused') return [line];
  let words: readonly string[] = split.words;
  for (;;) {
    if (words[0] === 'sudo' && words[1] === '-n') words = words.slice(2);
    else if (words[0] === 'env')
      words = words.slice(1 + words.slice(1).findIndex((word) => !/^[A-Za-z_]\w*=/.test(word)));
    else return words;
  }
}
