import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import type { Service } from '../sandbox/processes/service.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { type Row, ratioRow, table, withProfile } from './report.ts';

interface StartOptions {
  readonly json?: boolean;
  readonly rounds: number;
}

/** Seconds until a process is ready, and MiB of memory when it has been idle for some seconds. */
const GOALS = { bot: { ready: 1, memory: 110 }, worker: { ready: 1.2, memory: 110 } } as const;
const IDLE_MS = 10_000;
const STOP_LIMIT_MS = 10_000;
const { signal } = new AbortController();

/** Seconds from the start of the process to its first answer that it is ready, once for each round. */
async function secondsToReady(service: Service, rounds: number): Promise<readonly number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await service.stop(STOP_LIMIT_MS);
    const from = performance.now();
    await service.start(signal);
    all.push((performance.now() - from) / 1000);
  }
  return all;
}

/** Resident memory in MiB (proc(5), VmRSS). */
async function memoryOf({ pid }: Service): Promise<number> {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

/** What the memory is (proc(5), /proc/PID/smaps_rollup): a page that several processes share counts in part for each. */
async function pagesOf({ pid }: Service): Promise<string> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mib = (field: string): string => {
    const [, kib] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    return (Number(kib) / 1024).toFixed(0);
  };
  return `MiB: heaps of JavaScript and C ${mib('Pss_Anon')}; Node's program and libraries ${mib('Pss_File')}, a part of what bot and worker share; all as one process ${mib('Pss')}`;
}

async function bench({ json = false, rounds }: StartOptions): Promise<void> {
  const rows: Row[] = [];
  const sandbox = await startSandbox({ log: () => undefined, signal });
  try {
    for (const [name, goal] of [['bot', GOALS.bot] as const, ['worker', GOALS.worker] as const]) {
      const service = sandbox.services[name];
      const seconds = await secondsToReady(service, rounds);
      rows.push(ratioRow(`${name}-ready`, goal.ready, 'seconds from the start until it is ready', seconds, true));
    }
    await pause(IDLE_MS);
    for (const [name, goal] of [['bot', GOALS.bot] as const, ['worker', GOALS.worker] as const]) {
      const memory = await memoryOf(sandbox.services[name]);
      const row = ratioRow(`${name}-memory`, goal.memory, 'MiB of memory when it is idle', [memory], true);
      rows.push(await withProfile(row, () => pagesOf(sandbox.services[name])));
    }
  } finally {
    await sandbox.close();
  }
  process.stdout.write(json ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
}

await runCommandLine(
  new Command('npm run bench:start --')
    .description('Time the starts of bot and worker, and measure their memory')
    .option('--json', 'print the rows as one JSON line')
    .option('--rounds <n>', 'starts of each process', wholeNumber(1, 100), 5)
    .action(bench),
);
