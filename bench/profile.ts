import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../src/domain/text/error-code.ts';

/** Short programs such as `dd` live for longer. */
const LOOK_MS = 10;
/** CPU time in proc(5) is counted in ticks of 10 ms. */
const TICKS = 100;
/** Programs below this share of the whole are left out. */
const LEAST_SHARE = 0.01;

interface Seen {
  readonly program: string;
  readonly seconds: number;
}

/**
 * Runs the work once, and says what this process and its descendants used meanwhile: core seconds of each program. What is neither used
 * by them nor idle is the kernel's work for the network, and other work on this machine.
 */
export async function profiled(run: () => Promise<void>): Promise<string> {
  const [before, idleBefore] = [family(), await idleSeconds()];
  const last = new Map(before);
  const over = new AbortController();
  const watched = watch(last, over.signal);
  const from = performance.now();
  await run();
  const wall = (performance.now() - from) / 1000;
  over.abort();
  await watched;
  const idle = (await idleSeconds()) - idleBefore;
  const cores = availableParallelism();
  const used = new Map<string, number>();
  for (const [pid, { program, seconds }] of last)
    used.set(program, (used.get(program) ?? 0) + seconds - (before.get(pid)?.seconds ?? 0));
  const parts = [...used].filter(([, seconds]) => seconds > wall * cores * LEAST_SHARE).toSorted((a, b) => b[1] - a[1]);
  const rest = wall * cores - idle - [...used.values()].reduce((sum, one) => sum + one, 0);
  const all = [...parts, ['the rest', rest] as const, ['idle', idle] as const];
  const words = all.map(([what, seconds]) => `${what} ${seconds.toFixed(2)}`);
  return `core seconds in ${wall.toFixed(2)} s on ${cores} cores: ${words.join(', ')}`;
}

async function watch(last: Map<number, Seen>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const [pid, seen] of family()) last.set(pid, seen);
    await pause(LOOK_MS);
  }
}

/** This process and its descendants, by their IDs. Read at once, because that costs this process less. */
function family(): ReadonlyMap<number, Seen> {
  const seen = new Map<number, Seen>();
  const left = [process.pid];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    const one = processOf(id);
    if (one === null) continue;
    seen.set(id, one);
    left.push(...childrenOf(id));
  }
  return seen;
}

/** Programs fork from their first thread (proc(5), /proc/PID/task/TID/children). */
function childrenOf(id: number): readonly number[] {
  return (textOf(`/proc/${id}/task/${id}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

/** Null if the process has ended (proc(5), /proc/PID/stat). */
function processOf(id: number): Seen | null {
  const stat = textOf(`/proc/${id}/stat`);
  if (stat === null) return null;
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const program = id === process.pid ? 'registry-ha' : stat.slice(stat.indexOf('(') + 1, end);
  return { program, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
}

/** Null if the process has ended. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return null;
    throw error;
  }
}

/** Idle core seconds of the whole machine (proc(5), /proc/stat). */
async function idleSeconds(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [, , , idle = 0, waiting = 0] = line.split(/\s+/).slice(1).map(Number);
  return (idle + waiting) / TICKS;
}
