import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Run, recipe } from '../../../../src/adapters/ssh/stream/recipe.ts';
import { SECTOR } from '../../../../src/adapters/ssh/stream/sector-index.ts';

const signal = new AbortController().signal;
const readable = (bytes: Buffer) => ({
  size: bytes.length,
  readAt: async (at: number, length: number) => {
    if (at + length > bytes.length) throw new Error(`read behind the end: ${at} + ${length} of ${bytes.length}`);
    return Buffer.from(bytes.subarray(at, at + length));
  },
});

async function runsOf(old: Buffer, next: Buffer, leastRun = SECTOR, start = 0): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for await (const run of recipe(readable(old), readable(next), { leastRun, start, signal })) runs.push(run);
  return runs;
}

/** The file that the target builds, including its existing part. */
function rebuilt(runs: readonly Run[], old: Buffer, next: Buffer, start: number): Buffer {
  const pieces = runs.map(({ at, bytes, from }) =>
    from === null ? next.subarray(at, at + bytes) : old.subarray(from, from + bytes),
  );
  return Buffer.concat([next.subarray(0, start), ...pieces]);
}

/** A sector that is told apart by its number, or all zeros. */
function sector(number: number): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  if (number > 0)
    for (let at = 0; at < SECTOR; at += 4) bytes.writeUInt32LE(Math.imul(number, 2654435761 + at) >>> 0, at);
  return bytes;
}

const file = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 }), fc.integer({ min: 0, max: SECTOR - 1 }))
  .map(([numbers, tail]) => Buffer.concat([...numbers.map(sector), sector(99).subarray(0, tail)]));

describe('the recipe of a seeded copy', () => {
  it('rebuilds any file from any other file, from any byte on, without gap or overlap', async () => {
    const property = fc.asyncProperty(
      file,
      file,
      fc.nat(),
      fc.constantFrom(SECTOR, 3 * SECTOR),
      async (old, next, where, leastRun) => {
        const start = next.length === 0 ? 0 : where % next.length;
        const runs = await runsOf(old, next, leastRun, start);
        let at = start;
        for (const run of runs) {
          expect(run.at).toBe(at);
          expect(run.bytes).toBeGreaterThan(0);
          at += run.bytes;
        }
        expect(rebuilt(runs, old, next, start).equals(next)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('sends new content only, and nothing that moved', async () => {
    const old = Buffer.concat([1, 2, 3, 4, 5, 6].map(sector));
    const next = Buffer.concat([4, 5, 6, 50, 51, 1, 2, 3].map(sector));
    expect(await runsOf(old, next)).toEqual([
      { at: 0, bytes: 3 * SECTOR, from: 3 * SECTOR },
      { at: 3 * SECTOR, bytes: 2 * SECTOR, from: null },
      { at: 5 * SECTOR, bytes: 3 * SECTOR, from: 0 },
    ]);
  });

  it('compares every byte and sends a sector that is only similar', async () => {
    const old = sector(1);
    const next = Buffer.from(old);
    next[SECTOR - 1] = (next[SECTOR - 1] ?? 0) ^ 1;
    expect(await runsOf(old, next)).toEqual([{ at: 0, bytes: SECTOR, from: null }]);
  });

  it('stops when the worker stops', async () => {
    const stopped = AbortSignal.abort(new Error('the worker stops'));
    const runs = recipe(readable(sector(1)), readable(sector(1)), { signal: stopped });
    await expect(runs.next()).rejects.toThrow('the worker stops');
  });
});
