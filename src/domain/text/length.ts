import { z } from 'zod';

/** At least so many letters of a text, or members of a list. For `check()`, as are the others here. */
export const atLeast = (least: number, says?: string) => measuring(z.minLength(least, says));

export const atMost = (most: number, says?: string) => measuring(z.maxLength(most, says));

/**
 * zod measures whatever has a `length`, also what it has found to be neither text nor list: an object of somebody else's, whose
 * `length` may be one that no number can be compared with.
 */
function measuring<T extends z.core.$ZodCheckMinLength | z.core.$ZodCheckMaxLength>(check: T): T {
  check._zod.def.when = ({ value }) => typeof value === 'string' || Array.isArray(value);
  return check;
}
