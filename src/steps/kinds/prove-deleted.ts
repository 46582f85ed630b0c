import { z } from 'zod';
import type { Proof } from '../../domain/change/change.ts';
import { lookingStep } from '../../domain/plan/step-shared.ts';
import { count } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { unsatisfied } from '../world/step-world.ts';

const schema = lookingStep('prove-deleted', {
  /** The paths that were deleted; without `archive` only an unfinished copy. */
  copies: z.array(z.strictObject({ node: z.string(), part: z.string(), archive: z.string().exactOptional() })),
});

type ProveDeletedStep = Data<typeof schema>;

/** The proof of a change that only deleted files: none of them is there. It asks their nodes, and nothing else of the cluster. */
export const proveDeleted: StepPlug<ProveDeletedStep> = {
  schema,
  title: () => 'Verify the result',
  seconds: () => ({ from: 1, to: 10 }),
  ...RUNS_ALONE,
  check: async () => unsatisfied('The proof is repeated every time.'),
  act: async () => undefined,
  async confirm({ copies }, world, signal) {
    for (const node of new Set(copies.map((copy) => copy.node))) {
      const own = copies.filter((copy) => copy.node === node);
      const paths = own.flatMap(({ archive, part }) => (archive === undefined ? [part] : [archive, part]));
      const [left] = await world.targets.present(world.accessTo(node), paths, signal);
      if (left !== undefined) return unsatisfied(`${left} is still there.`, node);
    }
    const archives = copies.filter(({ archive }) => archive !== undefined).length;
    const proof: Proof = { ...NOTHING_ELSE, deleted: { archives, parts: copies.length - archives } };
    return { is: 'satisfied', note: `nothing of ${count(copies.length, 'copy', 'copies')} is left`, proof };
  },
};

const NOTHING_ELSE = { served: 0, expected: 0, archives: 0, engines: 0, engineTotal: 0, blobs: 0 };
