import { z } from 'zod';
import { type ChangeEvent, eventSchemaWith } from '../domain/change/change.ts';
import { type ApprovedPart, planSchemaWith } from '../domain/plan/plan.ts';
import type { Step } from '../domain/plan/step.ts';
import { STEP_KINDS } from '../steps/kinds.ts';

const { copy, ...others } = STEP_KINDS;

/** One step of a plan, as it stands in records. */
export const stepSchema: z.ZodType<Step> = z.discriminatedUnion('kind', [
  copy.schema,
  ...Object.values(others).map(({ schema }) => schema),
]);

/** What a plan's digest covers, as it stands in records and plan files. */
export const approvedPartSchema: z.ZodType<ApprovedPart> = planSchemaWith(stepSchema).shape.approved;

/** An entry of a change's record. */
export const changeEventSchema: z.ZodType<ChangeEvent> = eventSchemaWith(stepSchema);
