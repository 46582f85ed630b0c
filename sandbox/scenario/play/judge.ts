import type { SeenChange } from '../../seen/changes.ts';
import type { Waited } from '../parse/statement.ts';

/** Is what is waited for true, can it still become true, and if not: what is there instead? */
export type Verdict =
  | { readonly is: 'true' }
  | { readonly is: 'not-yet'; readonly instead: string }
  | { readonly is: 'never'; readonly instead: string };

const TRUE: Verdict = { is: 'true' };
const ENDED: readonly string[] = ['refused', 'denied', 'expired', 'failed', 'done', 'cancelled'];

/** Has the change come to this state, or gone past it? */
export function judgeState(change: SeenChange, wanted: Waited): Verdict {
  if (change.state === wanted || (wanted === 'planned' && change.isPlanned)) return TRUE;
  if (wanted === 'approved' && change.isApproved) return TRUE;
  return notThere(change);
}

/** Does the step (named by its kind, or by the beginning of its id) run, or is it past? */
export function judgeStep(change: SeenChange, wanted: string): Verdict {
  const steps = change.steps.filter(({ id, kind }) => kind === wanted || id.startsWith(wanted));
  if (steps.some(({ state }) => state !== 'waiting')) return TRUE;
  if (!change.isPlanned || steps.length > 0) return notThere(change);
  const known = change.steps.map(({ id }) => id).join(', ');
  return { is: 'never', instead: `The plan of ${change.id} has no step ${wanted}; it has ${known}.` };
}

function notThere(change: SeenChange): Verdict {
  return { is: ENDED.includes(change.state) ? 'never' : 'not-yet', instead: standing(change) };
}

/** One sentence, or two, on where a change stands. */
export function standing({ id, state, says, steps }: SeenChange): string {
  const at = steps.find((step) => step.state === 'failed') ?? steps.find((step) => step.state === 'running');
  const where = at === undefined ? '' : `, at the step ${at.id} (${at.state})`;
  return `${id} is ${state}${where}.${says === '' ? '' : ` ${says}`}`;
}
