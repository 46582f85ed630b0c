import { z } from 'zod';
import type { Data } from '../text/shape.ts';

const text = z.string();

/** A failure for people: where, what, and what to do next. Programs read `kind` only. */
export const failureReport = z.strictObject({
  kind: text,
  where: text,
  what: text,
  next: text,
  /** Original output, such as a Salt comment or the end of stderr; at most 2,000 characters. */
  detail: text.exactOptional(),
});
export type FailureReport = Data<typeof failureReport>;

/** The end of a text, cut to the limit of `detail`. */
export const lastOf = (text: string): string => text.trim().slice(-2000).toWellFormed();
