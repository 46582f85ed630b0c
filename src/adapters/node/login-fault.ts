import type { NodeAccess, SshFault } from '../../domain/cluster/facts.ts';
import { type CommandResult, render, withSudo } from '../../domain/node-commands/command.ts';
import { endInWords, hasExited } from '../../domain/node-commands/ended.ts';
import { loginShellOf, PROOF_OUTPUT, SHELL_PROOF, SUDO_PROOF } from '../../domain/node-commands/proof-commands.ts';
import { clipped } from '../../domain/text/clipped.ts';
import type { NodeInspector } from './node-inspector.ts';

/** Why commands would not run on the node as they are sent, as root. */
export interface LoginFault {
  readonly fault: Extract<SshFault, 'no-sudo' | 'unfit-shell'>;
  readonly says: string;
}

/** Runs what every step needs: the login shell with a script of several lines, the same through sudo, and sudo for each program. */
export async function loginFault(inspector: NodeInspector, access: NodeAccess): Promise<LoginFault | null> {
  const shell = await shellFault(inspector, access);
  if (shell !== null) return { fault: 'unfit-shell', says: shell };
  const root = access.sudo ? await sudoFault(inspector, access) : noRoot(access);
  return root === null ? null : { fault: 'no-sudo', says: root };
}

async function shellFault(inspector: NodeInspector, { node, user }: NodeAccess): Promise<string | null> {
  const result = await inspector.asUser(SHELL_PROOF);
  if (isProof(result)) return null;
  const who = `The login shell of ${user} on ${node}`;
  if (hasExited(result) && result.stdout.includes(PROOF_OUTPUT)) {
    return (
      `${who} prints text of its own: ${ownWords(result)}. The worker would take it for the output of its commands. ` +
      `Fix what it says. ~${user}/.bashrc and the like may print only in interactive shells.`
    );
  }
  const named = await inspector.asUser(loginShellOf(user));
  const shell = hasExited(named) ? /:([^:\n]+)\n$/.exec(named.stdout)?.[1] : undefined;
  return (
    `${who}${shell === undefined ? '' : `, ${shell},`} does not run commands as they are sent: \`${render(SHELL_PROOF).split('\n')[0]} …\` ` +
    `${endInWords(result.ended)} and printed ${ownWords(result)}. ` +
    `The worker needs a user whose login shell is sh, bash, dash, ksh or zsh: run \`chsh -s /bin/bash ${user}\` on ${node}, or set another user in the annotation metalk8s.scality.com/ssh-user of ${node}.`
  );
}

async function sudoFault(inspector: NodeInspector, { node, user }: NodeAccess): Promise<string | null> {
  const [proof, programs] = [withSudo(SHELL_PROOF), SUDO_PROOF];
  const asRoot = await inspector.asUser(proof);
  if (hasExited(asRoot) && !isProof(asRoot)) {
    return `\`sudo -n sh\` for ${user} on ${node} prints text of its own: ${ownWords(asRoot)}. The worker would take it for the output of its commands. Fix what it says.`;
  }
  const checked = hasExited(asRoot) ? await inspector.asUser(programs) : null;
  if (checked !== null && hasExited(checked)) return null;
  const program = checked === null ? 'sh' : checked.stdout.trim();
  const words = (checked ?? asRoot).stderr.trim();
  return (
    `${user} cannot run \`sudo -n ${program}\` on ${node} (${words === '' ? 'no reason was given' : clipped(words, SHOWN)}). ` +
    `Every step needs sudo without a password or a terminal: add \`${user} ALL=(ALL) NOPASSWD: ALL\` and \`Defaults:${user} !requiretty\` in /etc/sudoers.d on ${node}.`
  );
}

/** Salt states need root; a missing permission is reported here instead of in the first state. */
function noRoot({ node, user }: NodeAccess): string | null {
  if (user === 'root') return null;
  return (
    `${user} on ${node} is not root, and the annotation metalk8s.scality.com/ssh-sudo is not "true". ` +
    `Run \`kubectl annotate node ${node} metalk8s.scality.com/ssh-sudo=true --overwrite\` if ${user} may use sudo there.`
  );
}

const isProof = (result: CommandResult): boolean =>
  hasExited(result) && result.stdout === PROOF_OUTPUT && result.stderr === '';

/** The node's own words. */
function ownWords({ stdout, stderr }: CommandResult): string {
  const said = `${stdout.replace(PROOF_OUTPUT, '')}\n${stderr}`.trim().replaceAll(/\s*\n\s*/g, ' / ');
  return said === '' ? 'nothing' : `“${clipped(said, SHOWN)}”`;
}

const SHOWN = 300;
