import { expect, it } from 'vitest';
import { placedCopies } from '../../../src/domain/change/placed-copies.ts';
import { current, older } from '../../fixtures/facts.ts';
import { failedAt } from '../../fixtures/undo.ts';

const whole = failedAt('mount:node-2');
const ofOlder = { node: 'node-2', id: older.id, path: older.path, size: older.size, sha256: older.sha256 };

it('only a completed copy has put its file there', () => {
  expect(placedCopies([failedAt('copy:node-2:metalk8s-128.0.1')])).toEqual([ofOlder]);
});

it('a copy that found its file there has not put it there', () => {
  const { [`copy:node-2:${older.id}`]: _, ...begun } = whole.begun;
  expect(placedCopies([{ ...whole, begun }]).map(({ path }) => path)).not.toContain(older.path);
});

it('of one path, the last copy counts, and a deletion ends it', () => {
  const steps = whole.plan?.approved.steps ?? [];
  const other = steps.map((step) =>
    step.kind === 'copy' ? { ...step, archive: { ...step.archive, sha256: 'f'.repeat(64) } } : step,
  );
  const removed = steps.flatMap((step) =>
    step.kind === 'copy'
      ? [{ ...step, kind: 'remove-copy' as const, takesArchive: step.archive.id !== current.id }]
      : [],
  );
  if (whole.plan === undefined) throw new Error('it was planned');
  const planWith = (own: typeof other | typeof removed) => ({
    ...whole,
    plan: {
      seen: whole.plan?.seen ?? raise(),
      v: 1 as const,
      approved: { ...(whole.plan?.approved ?? raise()), steps: own },
    },
  });
  expect(new Set(placedCopies([whole, planWith(other)]).map(({ sha256 }) => sha256))).toEqual(
    new Set(['f'.repeat(64)]),
  );
  expect(placedCopies([whole, planWith(removed)]).map(({ id }) => id)).toEqual([current.id]);
});

const raise = (): never => {
  throw new Error('it was planned');
};
