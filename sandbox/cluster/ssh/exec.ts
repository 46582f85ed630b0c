import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterParts } from '../parts.ts';
import type { SimNode } from '../world.ts';
import type { Call, NodeReach } from './program.ts';
import { notFound } from './programs/digest.ts';
import { PROGRAMS } from './programs/index.ts';
import { splitWords } from './words.ts';

/** The three streams of one exec channel. */
export interface Streams {
  readonly stdin: AsyncIterable<Buffer>;
  readonly out: (content: string | Buffer) => Promise<void>;
  readonly err: (line: string) => Promise<void>;
  readonly cut: () => void;
}

/** Runs a command line on a node as the logged-in user, and records it in the node's command log. */
export async function runLine(reach: NodeReach, node: SimNode, line: string, streams: Streams): Promise<number> {
  const entry: { at: string; via: 'ssh'; line: string; exitCode: number | null } = {
    at: new Date().toISOString(),
    via: 'ssh',
    line,
    exitCode: null,
  };
  node.commandLog.push(entry);
  await roundTrip(reach.parts, node);
  if (reach.parts.faults.isOn('shell-breaks', node.name) && line.includes('\n')) {
    // csh ends a quoted string at the end of a line.
    await streams.err("Unmatched '''.");
    entry.exitCode = 1;
    return 1;
  }
  const greeting = reach.parts.faults.wordsFor('shell-prints', node.name);
  if (greeting !== undefined) await streams.out(`${greeting.join(' ')}\n`);
  const split = splitWords(line);
  if (split.is === 'refused') {
    await streams.err(split.says);
    entry.exitCode = 2;
    return 2;
  }
  const exitCode = await runWords(reach, node, node.ssh.user, split.words, streams);
  entry.exitCode = exitCode;
  return exitCode;
}

/** A login or a command takes as long as its words travel. */
export async function roundTrip({ faults, closing }: ClusterParts, { name }: SimNode): Promise<void> {
  const seconds = faults.wordsFor('ssh-far', name)?.[0];
  if (seconds !== undefined) await sleep(Number(seconds) * 1000, undefined, { signal: closing });
}

async function runWords(
  reach: NodeReach,
  node: SimNode,
  user: string,
  words: readonly string[],
  streams: Streams,
): Promise<number> {
  const [program, ...args] = words;
  if (program === undefined) return 0;
  if (program === 'sudo') return runSudo(reach, node, user, args, streams);
  if (program === 'env') {
    const first = args.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    return first < 0 ? 0 : runWords(reach, node, user, args.slice(first), streams);
  }
  const found = PROGRAMS.get(program);
  if (found === undefined) return notFound({ program, err: streams.err });
  const run: Call['run'] = (line, own) => runWords(reach, node, user, line, { ...streams, ...own });
  return found({ node, files: reach.parts.filesOf(node), reach, user, program, args, run, ...streams });
}

/** sudo -n, by the node's rule; root never needs a password. */
async function runSudo(
  reach: NodeReach,
  node: SimNode,
  user: string,
  args: readonly string[],
  streams: Streams,
): Promise<number> {
  const [option, ...rest] = args;
  const words = rest[0] === '--' ? rest.slice(1) : rest;
  const mayBecomeRoot = node.ssh.sudo === 'nopasswd' && !reach.parts.faults.isOn('sudo-password', node.name);
  if (user !== 'root' && node.ssh.sudo === 'none') return refused(streams, `sudo: ${user} is not in the sudoers file.`);
  if (user !== 'root' && !mayBecomeRoot) {
    return refused(
      streams,
      option === '-n' ? 'sudo: a password is required' : 'sudo: a terminal is required to read the password',
    );
  }
  return runWords(reach, node, 'root', option === '-n' ? words : args, streams);
}

async function refused(streams: Streams, says: string): Promise<number> {
  await streams.err(says);
  return 1;
}
