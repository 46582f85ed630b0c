import { homedir } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Command } from 'commander';
import { runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { durable } from './durable.ts';
import { type Lab, startLab } from './lab.ts';
import { leastSeconds, partsOf } from './limit.ts';
import { has } from './peers.ts';
import { profiled } from './profile.ts';
import { type Race, type Round, race } from './race.ts';
import { type Row, ratioRow, rowOf, table, withProfile } from './report.ts';
import { type CountedRace, patched, resumed, seeded, seededRsync } from './reruns.ts';
import { fanOut, wholeCopies } from './rows.ts';

interface BenchOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly mib: number;
  readonly only?: string;
}

/** An archive has up to twenty parts. */
const LEAST_MIB = 20;

const command = new Command('npm run bench:copy --')
  .description('Race our copies against scp, rsync and openssl over real OpenSSH servers on loopback')
  .option('--json', 'print the rows as one JSON line')
  .option('--rounds <n>', 'timed rounds of each race, after one that is not timed', wholeNumber(1, 1_000), 5)
  .option('--mib <n>', 'size of an archive in MiB', wholeNumber(LEAST_MIB, 1_000_000), 384)
  .option('--only <names>', 'run only the races of these names, separated by commas')
  .action(bench);

const LIMIT_GOAL = 0.8;

const print = (line: string): boolean => process.stderr.write(`${line}\n`);
const rows: Row[] = [];
/** The worst values of all our runs. Memory is the growth of this process, because it also holds the bench. */
const worker = { loopDelayP99Ms: 0, loopDelayMaxMs: 0, grewByMiB: 0 };

async function watched(run: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.memoryUsage.rss();
  delay.enable();
  await run();
  delay.disable();
  const worst = (one: number, other: number): number => Math.max(one, Math.round(other * 100) / 100);
  worker.loopDelayP99Ms = worst(worker.loopDelayP99Ms, delay.percentile(99) / 1e6);
  worker.loopDelayMaxMs = worst(worker.loopDelayMaxMs, delay.max / 1e6);
  worker.grewByMiB = worst(worker.grewByMiB, (process.memoryUsage.rss() - before) / 2 ** 20);
}

function add(row: Row): void {
  rows.push(row);
  print(table([row]));
}

/** The races to run, and the number of rounds. */
interface Wanted {
  readonly rounds: number;
  has(name: string): boolean;
}

async function measure(one: Race, wanted: Wanted): Promise<readonly Round[]> {
  if (!wanted.has(one.name)) return [];
  const all = await race({ ...one, ours: { ...one.ours, run: () => watched(one.ours.run) } }, wanted.rounds);
  add(await withProfile(rowOf(one, all), () => profileOf(one)));
  return all;
}

/** One more of our copies, which is not timed. */
async function profileOf({ ours: { prepare, run, check } }: Race): Promise<string> {
  await prepare?.();
  const profile = await profiled(run);
  await check?.();
  return profile;
}

async function measureCounted({ race: one, sent, most }: CountedRace, wanted: Wanted): Promise<void> {
  if ((await measure(one, wanted)).length === 0) return;
  add(ratioRow(`${one.name}-bytes`, most, 'share of the file that was sent', [sent()], true));
}

/** Our verified copy by the least time of its parts, which are measured again for each round. */
async function measureLimit(lab: Lab, rounds: readonly Round[]): Promise<void> {
  const shares: number[] = [];
  let profile = '';
  for (const { ours } of rounds) {
    const parts = await partsOf(lab);
    const seconds = Object.entries(parts).map(([name, one]) => `${name} ${one.toFixed(2)} s`);
    profile = `CPU of a copy's parts: ${seconds.join(', ')}; ours took ${ours.wall.toFixed(2)} s`;
    print(profile);
    shares.push(leastSeconds(parts) / ours.wall);
  }
  add(await withProfile(ratioRow('limit', LIMIT_GOAL, 'share of this machine’s limit', shares), () => profile));
}

async function onMemory(lab: Lab, wanted: Wanted): Promise<void> {
  for (const one of await wholeCopies(lab)) {
    const all = await measure(one, wanted);
    if (one.name !== 'verified-known' || all.length === 0) continue;
    await measureLimit(lab, all);
  }
  const wide = await measure(await fanOut(lab), wanted);
  const cpu = wide.map(({ peer, ours }) => ours.cpu / peer.cpu);
  if (cpu.length > 0) add(ratioRow('fanout3-cpu', 0.65, 'of the peer’s CPU time on the client', cpu, true));
  for (const one of [...(await seeded(lab)), ...(await patched(lab))]) await measureCounted(one, wanted);
  if (await has('rsync')) {
    for (const one of await resumed(lab)) await measureCounted(one, wanted);
    await measure(await seededRsync(lab), wanted);
  } else print('rsync is not installed. Skipping resume60, noop and seeded-rsync.');
}

async function inLab(mib: number, where: string | undefined, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await startLab(mib, where);
  try {
    await work(lab);
  } finally {
    await lab.close();
  }
}

async function bench({ json = false, rounds, mib, only = '' }: BenchOptions): Promise<void> {
  const names = only === '' ? [] : only.split(',');
  const wanted: Wanted = { rounds, has: (name) => names.length === 0 || names.includes(name) };
  await inLab(mib, undefined, (lab) => onMemory(lab, wanted));
  if (wanted.has('durable')) {
    await inLab(mib, homedir(), async (lab) => {
      await measure(await durable(lab), wanted);
    });
  }
  const goals = 'goals on a quiet machine: < 10 ms, < 50 ms, < 128 MB';
  process.stdout.write(
    json ? `${JSON.stringify({ rows, worker })}\n` : `${table(rows)}\nworker: ${JSON.stringify(worker)} (${goals})\n`,
  );
}

await runCommandLine(command);
