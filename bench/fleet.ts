import { Command } from 'commander';
import { runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { type Measured, measured } from './fleet/measure.ts';
import { startRig } from './fleet/rig.ts';
import { spread } from './race.ts';

interface FleetOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly sizes: readonly number[];
}

const SIZES: readonly number[] = [1, 10, 100, 1_000];
const size = wholeNumber(1, 10_000);
const sizesIn = (words: string): readonly number[] => words.split(',').map(size);

/** What is compared with a goal: at most this, with the most clusters. */
const ROWS: readonly {
  readonly name: string;
  readonly goal: number;
  readonly says: string;
  readonly of: (one: Measured) => number;
}[] = [
  { name: 'commands', goal: 100, says: 'Redis commands a second at idle', of: ({ commands }) => commands },
  { name: 'cpu', goal: 1, says: 'percent of a core at idle', of: ({ cpu }) => cpu * 100 },
  { name: 'memory-idle', goal: 200, says: 'MB of memory at idle', of: ({ idleMb }) => idleMb },
  { name: 'memory-burst', goal: 200, says: 'MB of memory after 20 `help` at once', of: ({ burstMb }) => burstMb },
  { name: 'help', goal: 2, says: 'time of a `help` by that with one cluster', of: ({ help }) => spread(help)[1] },
  {
    name: 'status',
    goal: 2,
    says: 'time of a `status --cluster` by that with one cluster',
    of: ({ status }) => spread(status)[1],
  },
  { name: 'connections', goal: 2, says: 'connections to Redis', of: ({ connections }) => connections },
  {
    name: 'wake-up',
    goal: 1,
    says: 'seconds from an entry to the drawn card, the longest of 20',
    of: ({ drawnMs }) => drawnMs / 1000,
  },
];

/** A row of the result: a number for each size of the fleet. */
interface FleetRow {
  readonly name: string;
  readonly clusters: readonly number[];
  readonly values: readonly number[];
  readonly goal: number;
  readonly met: boolean;
  readonly says: string;
}

function rowsOf(all: readonly Measured[]): readonly FleetRow[] {
  const clusters = all.map((one) => one.clusters);
  return ROWS.map(({ of, ...row }) => {
    const values = all.map((one) => Math.round(of(one) * 100) / 100);
    return { ...row, clusters, values, met: (values.at(-1) ?? Number.NaN) <= row.goal };
  });
}

function table(rows: readonly FleetRow[]): string {
  const [first] = rows;
  const line = (name: string, words: readonly (string | number)[], end: string) =>
    `${name.padEnd(14)}${words.map((word) => String(word).padStart(9)).join('')}  ${end}`;
  const head = line('clusters', first?.clusters ?? [], '');
  return [
    head,
    ...rows.map(({ name, values, goal, met, says }) =>
      line(name, values, `goal ${goal} ${met ? 'met   ' : 'MISSED'} ${says}`),
    ),
  ].join('\n');
}

async function bench({ json = false, rounds, sizes }: FleetOptions): Promise<void> {
  const all: Measured[] = [];
  const base = await startRig(1);
  try {
    for (const size of sizes) {
      const rig = size === 1 ? base : await startRig(size);
      try {
        const one = await measured(rig, base, rounds);
        all.push(one);
        process.stderr.write(`${table(rowsOf([one]))}\n`);
      } finally {
        if (rig !== base) await rig.close();
      }
    }
  } finally {
    await base.close();
  }
  const rows = rowsOf(all);
  process.stdout.write(json ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
}

await runCommandLine(
  new Command('npm run bench:fleet --')
    .description('Measure what one bot costs with 1, 10, 100 and 1,000 clusters')
    .option('--json', 'print the rows as one JSON line')
    .option('--rounds <n>', 'answers that are timed of each question', wholeNumber(1, 1_000), 15)
    .option('--sizes <list>', 'numbers of clusters, separated by commas', sizesIn, SIZES)
    .action(bench),
);
