/** The parsed value; undefined for invalid JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Checking a signature uses stack for each level of nesting; a plan's commands are at level nine. */
const MOST_LEVELS = 64;

/** True if a value is nested so little that its signature can be checked. */
export const isShallow = (value: unknown, most = MOST_LEVELS): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (most > 0 && Object.values(value).every((one) => isShallow(one, most - 1)));
