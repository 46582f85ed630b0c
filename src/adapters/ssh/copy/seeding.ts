import type { OpenArchive } from '../../../ports/cluster.ts';
import type { Copy } from '../stream/copy-parts.ts';
import { clipped, type Recipes, type Run, recipe } from '../stream/recipe.ts';
import type { Piece } from '../stream/send.ts';

const CHUNK = 256 * 1024;

/** The archive to send and the target's older archive, both open on the bootstrap node. */
export interface Pair {
  readonly next: OpenArchive;
  readonly old: OpenArchive;
}

/** Whether target and bootstrap node both have the verified seed. */
export async function seedIsThere({ step, digests, bootstrap, seedFailed, signal }: Copy): Promise<boolean> {
  const { seed, node } = step;
  if (seed === undefined || seedFailed.is || bootstrap.open === undefined) return false;
  if (digests?.known(node, seed.path)?.sha256 !== seed.sha256) return false;
  return (await bootstrap.sha256(seed.path, signal)) === seed.sha256;
}

/** Runs `use` with both archives open; throws when one of them changed meanwhile. */
export async function withPair<T>(
  { step, bootstrap, signal }: Pick<Copy, 'step' | 'bootstrap' | 'signal'>,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  if (bootstrap.open === undefined || step.seed === undefined) throw new Error('There is no seed.');
  const next = await bootstrap.open(step.archive.path, signal);
  try {
    const old = await bootstrap.open(step.seed.path, signal);
    try {
      const result = await use({ next, old });
      await Promise.all([next.assertUnchanged(), old.assertUnchanged()]);
      return result;
    } finally {
      await old.close();
    }
  } finally {
    await next.close();
  }
}

export interface SeedingOptions {
  readonly recipes: Recipes;
  readonly from: number;
  readonly onSaved: (bytes: number) => void;
  readonly signal: AbortSignal;
}

async function* runsOf({ next, old }: Pair, recipes: Recipes, from: number, signal: AbortSignal): AsyncGenerator<Run> {
  const name = `${old.identity} ${next.identity}`;
  const known = recipes.get(name);
  if (known !== undefined) {
    for (const run of known) yield* clipped(run, from);
    return;
  }
  const found: Run[] = [];
  for await (const run of recipe(old, next, { start: from, signal })) {
    found.push(run);
    yield run;
  }
  if (from === 0) recipes.set(name, found);
}

/** Computes and caches the recipe of a step, so that no copy waits for it. */
export async function search(copy: Pick<Copy, 'step' | 'bootstrap' | 'recipes' | 'signal'>): Promise<void> {
  const { step, bootstrap, recipes, signal } = copy;
  if (step.seed === undefined || bootstrap.open === undefined) return;
  await withPair(copy, async (pair) => {
    for await (const _ of runsOf(pair, recipes, 0, signal)) signal.throwIfAborted();
  });
}

/** The input of REBUILD_SCRIPT: a line for each run, followed by the bytes of runs that must be sent. */
export async function* seedingPieces(
  pair: Pair,
  { recipes, from, onSaved, signal }: SeedingOptions,
): AsyncGenerator<Piece> {
  const { next } = pair;
  for await (const run of runsOf(pair, recipes, from, signal)) {
    const end = run.at + run.bytes;
    if (run.from !== null) {
      onSaved(run.bytes);
      yield { bytes: Buffer.from(`${run.from} ${run.bytes}\n`), reached: end };
      continue;
    }
    yield { bytes: Buffer.from(`here ${run.bytes}\n`), reached: run.at };
    for (let at = run.at; at < end; at += CHUNK) {
      const bytes = await next.readAt(at, Math.min(CHUNK, end - at));
      yield { bytes, reached: at + bytes.length };
    }
  }
}
