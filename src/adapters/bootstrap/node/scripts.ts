import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { RunningScript } from '../../../domain/guards/scripts.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import { fileFailed } from './file-failed.ts';
import { below, systemWords } from './paths.ts';

/** MetalK8s' scripts that change the basis of a plan; they are at the top of a release's ISO. */
const SCRIPTS: ReadonlySet<string> = new Set(['upgrade.sh', 'downgrade.sh', 'iso-manager.sh', 'solutions.sh']);
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash']);

/** MetalK8s' scripts that run on this node; an editor with such a file open does not count. */
export async function runningScripts(root: string): Promise<readonly RunningScript[]> {
  const found: RunningScript[] = [];
  for (const pid of await pids(root)) {
    const script = scriptOf(await wordsOf(root, pid));
    if (script !== null) found.push({ pid: Number(pid), script });
  }
  return found;
}

/** The MetalK8s script that a command line runs, directly or in a shell; null for any other. */
export function scriptOf(words: readonly string[]): string | null {
  const [program = '', ...more] = words;
  const ran = SHELLS.has(posix.basename(program).replace(/^-/, ''))
    ? more.find((word) => !word.startsWith('-'))
    : program;
  const name = posix.basename(ran ?? '');
  return SCRIPTS.has(name) ? name : null;
}

async function pids(root: string): Promise<readonly string[]> {
  try {
    return (await readdir(below(root, '/proc'))).filter((name) => /^\d+$/.test(name));
  } catch (cause) {
    throw fileFailed('/proc', systemWords(cause), { cause });
  }
}

/** proc_pid_cmdline(5): words that each end with NUL; empty for a process that has just ended or a kernel thread. */
async function wordsOf(root: string, pid: string): Promise<readonly string[]> {
  try {
    return (await readFile(below(root, `/proc/${pid}/cmdline`), 'utf8')).split('\0').slice(0, -1);
  } catch (cause) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(cause))) return [];
    throw fileFailed(`/proc/${pid}/cmdline`, systemWords(cause), { cause });
  }
}
