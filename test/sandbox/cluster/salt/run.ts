import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { saltMaster } from '../../../../sandbox/cluster/salt/cli/master.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import type { StandIn } from '../acts-stand-in.ts';

/** Output and exit code of a program. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a program of the salt-master container to its end. */
export async function runMaster(
  { world, acts }: StandIn,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<Output> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void err.push(text),
    signal: signal ?? AbortSignal.timeout(PATIENCE_MS),
  };
  const exitCode = await saltMaster(world, acts).run(argv, io);
  return { stdout: out.join(''), stderr: err.join(''), exitCode };
}

/** A capture of real Salt 3002.7. */
export async function capture(name: string): Promise<Output> {
  const read = (suffix: string) =>
    readFile(fileURLToPath(new URL(`../../../fixtures/salt-3002/${name}.${suffix}`, import.meta.url)), 'utf8');
  return { stdout: await read('out'), stderr: await read('err'), exitCode: Number(await read('rc')) };
}

/** Every JSON document of an output with one per line. */
export function documents(stdout: string): readonly unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** The value as a JSON object; fails the test otherwise. */
export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`no object: ${JSON.stringify(value)}`);
  return { ...value };
}

/** Replaces times, PIDs, job IDs, versions and paths, so that only the format is compared. */
export function shape(text: string): string {
  return text
    .replaceAll(/\d{20}/g, 'JID')
    .replaceAll(/\d{4}, [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{6}/g, 'STARTED')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{6}/g, 'TIME')
    .replaceAll(/PID \d+/g, 'PID N')
    .replaceAll(/("duration": |Duration: )[\d.]+/g, '$1MS')
    .replaceAll(/Total run time: .*/g, 'Total run time: T')
    .replaceAll(/12[78]\.0\.\d/g, 'V')
    .replaceAll('/srv/lab/archives/', '/srv/scality/releases/');
}
