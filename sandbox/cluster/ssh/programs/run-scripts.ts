import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { render } from '../../../../src/domain/node-commands/command.ts';
import {
  FOLLOW_SCRIPT,
  FORGET_SCRIPT,
  READ_SCRIPT,
  SLICE_BYTES,
  START_SCRIPT,
} from '../../../../src/domain/node-commands/run-scripts.ts';
import { PathRefused } from '../../files/path-refused.ts';
import type { SimNode } from '../../world.ts';
import type { Call, Program } from '../program.ts';
import { mkdir } from './change.ts';
import { saltCall } from './system.ts';

/** Maximum length of the reported end of stderr. */
const STDERR_BYTES = 65_536;

/** Running state runs, by node and folder; ended runs are only in their folder's files. */
const living = new WeakMap<SimNode, Map<string, Promise<void>>>();

function livingOn(node: SimNode): Map<string, Promise<void>> {
  const known = living.get(node) ?? new Map<string, Promise<void>>();
  living.set(node, known);
  return known;
}

const start: Program = async (call) => {
  const [folder = '', mode = '', seconds = '', ...words] = call.args;
  const all = dirname(folder);
  const made = await mkdir({ ...call, program: 'mkdir', args: ['-p', '-m', '0700', '--', all] });
  if (made !== 0) return made;
  await sweep(call, all, mode === 'again' ? null : folder);
  const why: string[] = [];
  const err = async (line: string): Promise<void> => void why.push(line);
  const begun = await mkdir({ ...call, program: 'mkdir', args: ['-m', '0700', '--', folder], err });
  if (begun === 0) begin(call, folder, words);
  else if (!(await isThere(call, folder))) {
    await call.err(why.join('\n'));
    return 1;
  }
  if (begun === 0 && happensOnce(call, 'salt-call-cut')) call.cut();
  return report(call, folder, Number(seconds));
};

/** Removes the files of ended runs, except the given one. */
async function sweep(call: Call, all: string, kept: string | null): Promise<void> {
  for (const name of await readdir(await realOf(call, all))) {
    const old = join(all, name);
    if (!livingOn(call.node).has(old) && old !== kept) await remove(call, old);
  }
}

const follow: Program = (call) => report(call, argument(call, 1), Number(argument(call, 3)));

const read: Program = async (call) => {
  const said = await readFile(await realOf(call, join(argument(call, 1), 'out')));
  const from = Number(argument(call, 2));
  await call.out(said.subarray(from, from + SLICE_BYTES).toString('base64'));
  return 0;
};

const forget: Program = async (call) => {
  const folder = argument(call, 1);
  if (livingOn(call.node).has(folder)) return 1;
  if (await isThere(call, folder)) await remove(call, folder);
  const all = dirname(folder);
  if ((await isThere(call, all)) && (await readdir(await realOf(call, all))).length === 0) await remove(call, all);
  return 0;
};

/** The scripts around a state run, compared character by character. */
export const RUN_SCRIPTS: ReadonlyMap<string, Program> = new Map([
  [START_SCRIPT, start],
  [FOLLOW_SCRIPT, follow],
  [READ_SCRIPT, read],
  [FORGET_SCRIPT, forget],
]);

const argument = ({ args }: Call, number: number): string => args[number - 1] ?? '';

/** The run outlives the session; the sandbox waits for it when it closes. */
function begin(call: Call, folder: string, words: readonly string[]): void {
  const { node, reach } = call;
  const run = detached(call, folder, words).catch((cause: unknown) => {
    if (!reach.parts.closing.aborted) reach.parts.world.events.emit('broken', cause);
  });
  livingOn(node).set(folder, run);
  reach.outlivesSession(run);
}

/** Runs the command with its output in files and records it in the node's command log; a killed one leaves no exit code. */
async function detached(call: Call, folder: string, words: readonly string[]): Promise<void> {
  const { node, reach } = call;
  const [out, err]: [string[], string[]] = [[], []];
  const [program = '', ...args] = words;
  const logged: { at: string; via: 'ssh'; line: string; exitCode: number | null } = {
    at: new Date().toISOString(),
    via: 'ssh',
    line: render({ program, args }),
    exitCode: null,
  };
  node.commandLog.push(logged);
  try {
    await put(call, join(folder, 'run'), '1 1\n');
    if (happensOnce(call, 'salt-call-killed')) return;
    const exitCode = await runWords({
      ...call,
      args: words,
      out: async (content) => void out.push(content.toString()),
      err: async (line) => void err.push(`${line}\n`),
    });
    await put(call, join(folder, 'out'), out.join(''));
    await put(call, join(folder, 'err'), err.join(''));
    await put(call, join(folder, 'exit'), `${exitCode}\n`);
    logged.exitCode = exitCode;
  } finally {
    livingOn(node).delete(folder);
    reach.parts.world.events.emit('changed');
  }
}

/** Only salt-call is run this way, with `env` variables. */
async function runWords(call: Call): Promise<number> {
  const at = call.args[0] === 'env' ? call.args.findIndex((word, index) => index > 0 && !/^\w+=/.test(word)) : 0;
  const [program = '', ...args] = call.args.slice(Math.max(0, at));
  if (program === 'salt-call') return saltCall({ ...call, program, args });
  await call.err(`sh: 1: ${program}: not found`);
  return 127;
}

/** Clears a fault once it has taken effect. */
function happensOnce({ node, reach: { parts } }: Call, fault: string): boolean {
  const isOn = parts.faults.isOn(fault, node.name);
  if (isOn) parts.faults.clearFor(fault, node.name);
  return isOn;
}

async function report(call: Call, folder: string, seconds: number): Promise<number> {
  const over = new AbortController();
  const waited = sleep(seconds * 1000, undefined, { signal: AbortSignal.any([over.signal, call.reach.parts.closing]) });
  await Promise.race([livingOn(call.node).get(folder), waited.catch(() => undefined)]);
  over.abort();
  // Read before the exit code, which is written before the process ends.
  const isAlive = livingOn(call.node).has(folder);
  const exit = await textOf(call, join(folder, 'exit'));
  if (exit === null) {
    await call.out(`${isAlive ? 'running' : (await isThere(call, folder)) ? 'gone' : 'absent'}\n`);
    return 0;
  }
  const said = Buffer.from((await textOf(call, join(folder, 'out'))) ?? '');
  await call.out(`ended ${exit.trim()} ${said.length}\n${said.subarray(0, SLICE_BYTES).toString('base64')}`);
  const err = (await textOf(call, join(folder, 'err'))) ?? '';
  if (err !== '') await call.err(err.slice(-STDERR_BYTES).replace(/\n$/, ''));
  return 0;
}

const realOf = async ({ files, user }: Call, path: string): Promise<string> =>
  (await files.find(user, path, 'look')).real;

/** test -e: a path without permission counts as missing. */
async function isThere({ files, user }: Call, path: string): Promise<boolean> {
  try {
    return (await files.find(user, path, 'look')).stats !== null;
  } catch (refused) {
    if (refused instanceof PathRefused) return false;
    throw refused;
  }
}

async function textOf(call: Call, path: string): Promise<string | null> {
  return (await isThere(call, path)) ? readFile(await realOf(call, path), 'utf8') : null;
}

/** /run is in memory: files there use no disk space. */
async function put(call: Call, path: string, content: string): Promise<void> {
  await writeFile(await realOf(call, path), content);
}

async function remove(call: Call, path: string): Promise<void> {
  await rm(await realOf(call, path), { recursive: true, force: true });
}
