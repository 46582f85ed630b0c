import type { NodeFiles } from '../files/node-files.ts';
import { errorWords } from '../files/path-refused.ts';
import type { ClusterParts } from '../parts.ts';
import type { RegistryPods } from '../registry/pod.ts';
import type { NodeActs, SimNode } from '../world.ts';

/** What a node's programs can use. */
export interface NodeReach {
  readonly parts: ClusterParts;
  readonly acts: NodeActs;
  readonly pods: RegistryPods;
  readonly runSaltCall: RunSaltCall;
  /** Call after a program changes the static pod manifests; kubelet then checks them. */
  readonly manifestsChanged: (node: SimNode) => void;
  /** Registers background work that outlives a session; the sandbox waits for it when it closes. */
  readonly outlivesSession: (work: Promise<void>) => void;
}

/** Salt's part: runs `salt-call` with arguments. */
type RunSaltCall = (
  node: SimNode,
  argv: readonly string[],
) => Promise<{ stdout: string; stderr: string; exitCode: number }>;

/** One run of a program: user, arguments and streams. */
export interface Call {
  readonly node: SimNode;
  readonly files: NodeFiles;
  readonly reach: NodeReach;
  readonly user: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: AsyncIterable<Buffer>;
  readonly out: (content: string | Buffer) => Promise<void>;
  readonly err: (line: string) => Promise<void>;
  /** Runs another program as the same user, with these streams. */
  readonly run: (words: readonly string[], streams: Pick<Call, 'out' | 'err'>) => Promise<number>;
  /** Breaks the connection of the call; the program keeps running. */
  readonly cut: () => void;
}

/** A program of a node; resolves to its exit code. */
export type Program = (call: Call) => Promise<number>;

/** Options and operands of a call; `wrong` is an unknown option. */
export interface Words {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  readonly wrong: string | null;
}

/**
 * Parses options as getopt_long(3) does: `flags` have no value and can share a dash; `valued` take the rest of their
 * word or the next word; `--` ends the options.
 */
export function readWords(args: readonly string[], flags: readonly string[], valued: readonly string[] = []): Words {
  const operands: string[] = [];
  const found = { flags: new Set<string>(), values: new Map<string, string>(), operands };
  const words = [...args];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') return { ...found, operands: [...found.operands, ...words], wrong: null };
    const value = valuedOption(word, valued);
    if (value !== undefined) {
      const rest = word.slice(value.length).replace(/^=/, '');
      found.values.set(value, rest === '' ? (words.shift() ?? '') : rest);
      continue;
    }
    const single = flagsIn(word);
    const wrong = single.find((one) => !flags.includes(one));
    if (wrong !== undefined) return { ...found, wrong };
    if (single.length === 0) found.operands.push(word);
    for (const one of single) found.flags.add(one);
  }
  return { ...found, wrong: null };
}

function valuedOption(word: string, valued: readonly string[]): string | undefined {
  return valued.find((one) => word === one || word.startsWith(one.startsWith('--') ? `${one}=` : one));
}

/** `-ab` is two flags, `--all` is one, `-` alone is an operand. */
function flagsIn(word: string): readonly string[] {
  if (!word.startsWith('-') || word === '-') return [];
  return word.startsWith('--') ? [word] : [...word.slice(1)].map((letter) => `-${letter}`);
}

/** GNU's message for an unknown option; exit code 1. */
export async function unknownOption(call: Call, option: string, exitCode = 1): Promise<number> {
  const kind = option.startsWith('--') ? `unrecognized option '${option}'` : `invalid option -- '${option.slice(1)}'`;
  await call.err(`${call.program}: ${kind}`);
  await call.err(`Try '${call.program} --help' for more information.`);
  return exitCode;
}

/** GNU's message for a missing operand; exit code 1. */
export async function missingOperand(call: Call): Promise<number> {
  await call.err(`${call.program}: missing operand`);
  await call.err(`Try '${call.program} --help' for more information.`);
  return 1;
}

/** Runs `act` for each operand. A refused path prints `program: <says>: <error>` and makes the exit code 1. */
export async function forEachPath(
  call: Call,
  paths: readonly string[],
  says: (path: string) => string,
  act: (path: string) => Promise<void>,
): Promise<number> {
  if (paths.length === 0) return missingOperand(call);
  let exitCode = 0;
  for (const path of paths) {
    try {
      await act(path);
    } catch (refused) {
      await call.err(`${call.program}: ${says(path)}: ${errorWords(refused)}`);
      exitCode = 1;
    }
  }
  return exitCode;
}
