import { z } from 'zod';
import { journalMark } from '../../change/record-entry.ts';
import { proofResultSchema } from '../../cluster/proof-result.ts';
import type { Data } from '../../text/shape.ts';

const number = z.int().nonnegative();

/** What a proof has read so far. */
const progressSchema = z.object({
  done: number,
  total: number,
  unit: z.enum(['images', 'bytes']),
  secondsLeft: z.number().nonnegative().nullable(),
});
export type ProofProgress = Data<typeof progressSchema>;

/** What the worker says of its last proof. `journal`: the result's line in the journal; null: it could not be written. `request` is the request that it answers. */
export const proofReportSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('running'), request: number, progress: progressSchema.nullable() }),
  z.object({ is: z.literal('ended'), request: number, result: proofResultSchema, journal: journalMark.nullable() }),
]);
export type ProofReport = Data<typeof proofReportSchema>;

/** The last report of a cluster's worker, as a bot reads it. */
export type SeenProof =
  | { readonly is: 'none' }
  /** No trusted key has signed it. */
  | { readonly is: 'unverified' }
  /** A newer version wrote it, in a form that this version cannot read. */
  | { readonly is: 'newer' }
  /** `ageMs` is by Redis' clock. */
  | { readonly is: 'seen'; readonly report: ProofReport; readonly ageMs: number };
