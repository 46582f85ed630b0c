import type { SeenChange } from '../../seen/changes.ts';
import type { Waited } from '../parse/statement.ts';

/** Whether a state is reached, can still be reached, or never will be; and what was found instead. */
export type Verdict =
  | { readonly is: 'true' }
  | { readonly is: 'not-yet'; readonly instead: string }
  | { readonly is: 'never'; readonly instead: string };

const TRUE: Verdict = { is: 'true' };
const ENDED: readonly string[] = ['refused', 'denied', 'expired', 'failed', 'done', 'cancelled'];

/** Whether the change has reached this state, or passed it. */
export function judgeState(change: SeenChange, wanted: Waited): Verdict {
  if (change.state === wanted || (wanted === 'planned' && change.isPlanned)) return TRUE;
  if (wanted === 'approved' && change.isApproved) return TRUE;
  return notThere(change);
}

/** Whether the step (given by its kind or the start of its ID) is running or finished. */
export function judgeStep(change: SeenChange, wanted: string): Verdict {
  const steps = change.steps.filter(({ id, kind }) => kind === wanted || id.startsWith(wanted));
  if (steps.some(({ state }) => state !== 'waiting')) return TRUE;
  if (!change.isPlanned || steps.length > 0) return notThere(change);
  const known = change.steps.map(({ id }) => id).join(', ');
  return { is: 'never', instead: `The plan of ${change.id} has no step ${wanted}. Its steps: ${known}.` };
}

function notThere(change: SeenChange): Verdict {
  return { is: ENDED.includes(change.state) ? 'never' : 'not-yet', instead: stateOf(change) };
}

/** The state of a change in one or two sentences. */
export function stateOf({ id, state, says, steps }: SeenChange): string {
  const at = steps.find((step) => step.state === 'failed') ?? steps.find((step) => step.state === 'running');
  const where = at === undefined ? '' : `, at step ${at.id} (${at.state})`;
  return `${id} is ${state}${where}.${says === '' ? '' : ` ${says}`}`;
}
