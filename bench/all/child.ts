import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { jsonIn } from '../../src/domain/text/json.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Longer than any bench on a machine ten times slower is of no use. */
const LIMIT_MS = 40 * 60_000;

const shared = {
  ...{ name: z.string(), goal: z.number(), met: z.boolean(), says: z.string() },
  profile: z.string().exactOptional(),
};
const rowSchema = z.union([
  z.object({ ...shared, ratio: z.tuple([z.number(), z.number(), z.number()]) }),
  z.object({ ...shared, clusters: z.array(z.number()), values: z.array(z.number()) }),
]);
const outputSchema = z.object({ rows: z.array(rowSchema) });

/** A row of any bench. */
export interface AnyRow {
  readonly name: string;
  /** The median, or the value of the largest fleet: what the goal is for. */
  readonly value: number;
  /** Minimum and maximum, or the values of smaller fleets, as text. */
  readonly spread: string;
  readonly goal: number;
  readonly met: boolean;
  readonly says: string;
  /** Where the time or the memory goes, if the goal was missed and the bench can say. */
  readonly profile?: string;
  /** The value by that of the former commit; null without one. */
  readonly toFormer: number | null;
}

/** What one bench printed; `failed` says why it has no rows. */
export interface Result {
  readonly bench: string;
  readonly rows: readonly AnyRow[];
  readonly failed: string | null;
}

/** How a bench ended. */
export interface Ran {
  readonly stdout: string;
  readonly why: string | null;
}

/** Runs a bench of this tree, or of another one, as a process of its own; its progress goes to stderr. */
export async function run(name: string, args: readonly string[], folder = ROOT): Promise<Ran> {
  process.stderr.write(`\n== bench:${name}${folder === ROOT ? '' : ' of the former commit'}\n`);
  const child = spawn(process.execPath, [join('bench', `${name}.ts`), '--json', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT_MS,
  });
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const { exitCode, signalCode } = child;
  return { stdout, why: exitCode === 0 ? null : `It ended with ${exitCode ?? signalCode}.` };
}

/** The rows in a bench's output. */
export function resultOf(bench: string, { stdout, why }: Ran): Result {
  if (why !== null) return { bench, rows: [], failed: why };
  const output = outputSchema.safeParse(jsonIn(stdout));
  if (!output.success) return { bench, rows: [], failed: 'It printed no rows.' };
  return { bench, failed: null, rows: output.data.rows.map(rowOf) };
}

function rowOf(row: z.infer<typeof rowSchema>): AnyRow {
  const { name, goal, met, says, profile } = row;
  const own = { ...{ name, goal, met, says, toFormer: null }, ...(profile === undefined ? {} : { profile }) };
  if ('ratio' in row) {
    const [least, median, most] = row.ratio;
    return { ...own, value: median, spread: `${least.toFixed(2)}..${most.toFixed(2)}` };
  }
  const smaller = row.clusters.slice(0, -1).map((clusters, at) => `${clusters}: ${row.values[at] ?? '?'}`);
  return { ...own, value: row.values.at(-1) ?? Number.NaN, spread: smaller.join(', ') };
}
