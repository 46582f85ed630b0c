import { command } from './command.ts';

/** Arguments: a text. */
export const PROOF_SCRIPT = [
  '# Prints $1. A login shell that changes scripts or words, or prints text of its own, shows here.',
  `printf '%s\\n' "$1"`,
].join('\n');

/** What csh and its like, or a second shell on the way, would change. */
const PROOF_WORD = `it's "so" $HOME !! \\ *`;

/** Prints exactly PROOF_OUTPUT if the login shell passes a command of several lines on unchanged. */
export const SHELL_PROOF = command('sh', '-c', PROOF_SCRIPT, 'sh', PROOF_WORD);
export const PROOF_OUTPUT = `${PROOF_WORD}\n`;

/** Arguments: programs. */
export const SUDO_SCRIPT = [
  '# Prints the first of these programs that sudo does not run.',
  'for program; do sudo -n "$program" --version >/dev/null || { echo "$program"; exit 1; }; done',
].join('\n');

/** The programs that change a node, besides sh. Those of the inspection show by themselves. */
export const SUDO_PROOF = command('sh', '-c', SUDO_SCRIPT, 'sh', 'env', 'mv', 'rm', 'sync', 'umount');

/** Prints the login shell of a user: passwd(5). */
export const loginShellOf = (user: string) => command('getent', 'passwd', user);
