import { z } from 'zod';
import { failureReport } from '../../answers/failure-report.ts';
import { refusalSchema } from '../../answers/refusal.ts';
import { changeIdSchema } from '../../change/change-id.ts';
import { intentSchema } from '../../plan/intent.ts';
import { planSchemaWith } from '../../plan/plan.ts';
import type { Step } from '../../plan/step.ts';
import type { Data } from '../../text/shape.ts';

/** What the worker found for a change that nobody has requested. The schema of a step comes in, as for a plan. */
export const dryRunSchemaWith = (step: z.ZodType<Step>) =>
  z.object({
    /** The change that it is about. */
    intent: intentSchema,
    /** The change that was in progress on the cluster meanwhile. */
    during: changeIdSchema.nullable(),
    found: z.discriminatedUnion('is', [
      z.object({ is: z.literal('planned'), plan: planSchemaWith(step) }),
      z.object({ is: z.literal('refused'), refusal: refusalSchema }),
      z.object({ is: z.literal('failed'), failure: failureReport }),
    ]),
  });
export type DryRun = Data<ReturnType<typeof dryRunSchemaWith>>;

/** The answer to one request, as a bot reads it. */
export type SeenDryRun =
  | { readonly is: 'none' }
  /** No trusted key has signed it for this request. */
  | { readonly is: 'unverified' }
  /** A newer version wrote it, in a form that this version cannot read. */
  | { readonly is: 'newer' }
  | { readonly is: 'seen'; readonly dryRun: DryRun };

/** The name of the change in commands of a plan that belongs to no change. */
export const NO_CHANGE = 'CHANGE';
