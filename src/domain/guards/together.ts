import { type Refusal, refuse } from '../answers/refusal.ts';

const AGAIN = ', then run the command again.';

/** The refusals as one with the code of the first, so that people fix everything at once; null without any. `each`: the next action for several, instead of their own. */
export function together(refusals: readonly (Refusal | null)[], each?: string): Refusal | null {
  const found = refusals.filter((one) => one !== null);
  const [first, ...others] = found;
  if (first === undefined || others.length === 0) return first ?? null;
  const nexts = [...new Set(found.flatMap(({ tryNext }) => tryNext ?? []))];
  const says = found.map((one) => one.says).join(' ');
  return refuse(first.refused, says, each ?? nexts.map((next, at) => without(next, at < nexts.length - 1)).join(' '));
}

/** The command is run again once, after everything. */
const without = (next: string, isEarly: boolean): string =>
  isEarly && next.endsWith(AGAIN) ? `${next.slice(0, -AGAIN.length)}.` : next;
