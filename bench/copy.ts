import { tmpdir } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { durable } from './durable.ts';
import { type Lab, startLab } from './lab.ts';
import { leastSeconds } from './limit.ts';
import { has } from './peers.ts';
import { type Race, type Round, race } from './race.ts';
import { type Row, ratioRow, rowOf, table } from './report.ts';
import { type CountedRace, resumed, seeded, seededRsync } from './reruns.ts';
import { fanOut, wholeCopies } from './rows.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    mib: { type: 'string', default: '384' },
    only: { type: 'string', default: '' },
  },
});

const rounds = Number(values.rounds);
const only = values.only === '' ? [] : values.only.split(',');
const isWanted = (name: string): boolean => only.length === 0 || only.includes(name);
const tell = (line: string): boolean => process.stderr.write(`${line}\n`);
const rows: Row[] = [];
/** The worst of all runs of ours; memory as what this process grew by, as it holds the bench too. */
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
  tell(table([row]));
}

async function measure(one: Race): Promise<readonly Round[]> {
  if (!isWanted(one.name)) return [];
  const all = await race({ ...one, ours: { ...one.ours, run: () => watched(one.ours.run) } }, rounds);
  add(rowOf(one, all));
  return all;
}

async function measureCounted({ race: one, sent, most }: CountedRace): Promise<void> {
  if ((await measure(one)).length === 0) return;
  add(ratioRow(`${one.name}-bytes`, most, 'share of the file that was sent', [sent()], true));
}

async function onMemory(lab: Lab): Promise<void> {
  for (const one of await wholeCopies(lab)) {
    const all = await measure(one);
    if (one.name !== 'verified-known' || all.length === 0) continue;
    const least = await leastSeconds(lab.plain.size, lab.folder);
    add(
      ratioRow(
        'limit',
        0.85,
        'share of this machine’s own limit',
        all.map(({ ours }) => least / ours.wall),
      ),
    );
  }
  const wide = await measure(await fanOut(lab));
  const cpu = wide.map(({ peer, ours }) => ours.cpu / peer.cpu);
  if (cpu.length > 0) add(ratioRow('fanout3-cpu', 0.65, 'of the peer’s processor time on the client', cpu, true));
  for (const one of await seeded(lab)) await measureCounted(one);
  if (await has('rsync')) {
    for (const one of await resumed(lab)) await measureCounted(one);
    await measure(await seededRsync(lab));
  } else tell('No rsync here: resume60, noop and seeded-rsync are left out.');
}

async function inLab(where: string | undefined, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await startLab(Number(values.mib), where);
  try {
    await work(lab);
  } finally {
    await lab.close();
  }
}

await inLab(undefined, onMemory);
if (isWanted('durable')) {
  await inLab(tmpdir(), async (lab) => {
    await measure(await durable(lab));
  });
}
const goals = 'goals on a quiet machine: < 10 ms, < 50 ms, < 128 MB';
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ...Object.fromEntries(rows.map(({ name, ...row }) => [name, row])), worker })}\n`
    : `${table(rows)}\nworker: ${JSON.stringify(worker)} (${goals})\n`,
);
