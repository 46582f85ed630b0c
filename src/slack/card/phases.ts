import type { Change, StepState } from '../../domain/change/change.ts';
import type { Step } from '../../domain/plan/step.ts';
import { secondsInWords } from '../../domain/text/format.ts';
import { titleOf } from '../parts/tasks.ts';
import { escaped } from '../text/foreign-text.ts';
import type { Reply } from './reply.ts';

/** Lines of one change in its thread. A plan with more has one for each kind of step, instead of one for each kind and node. */
const LINES = 40;

/** A line for each phase that is done: the steps of one kind on one node. Lines that appear together are one message. */
export function phaseReplies(change: Change): readonly Reply[] {
  const all = change.plan?.approved.steps ?? [];
  const byNode = Map.groupBy(all, (step) => ('node' in step ? `${step.kind} ${step.node}` : step.kind));
  const phases = byNode.size <= LINES ? byNode : Map.groupBy(all, ({ kind }) => kind);
  return [...phases].flatMap(([key, steps]) => {
    const says = doneInWords(steps, change);
    return says === null ? [] : [{ name: `phase-${key}`, text: says, broadcast: false, isLine: true }];
  });
}

type Done = Extract<StepState, { readonly is: 'done' }>;

/** Null until every step of the phase is done. */
function doneInWords(steps: readonly Step[], { steps: states }: Change): string | null {
  const ended = steps.flatMap(({ id }): readonly Done[] => {
    const state = states[id];
    return state?.is === 'done' ? [state] : [];
  });
  if (ended.length < steps.length) return null;
  const seconds = ended.reduce((sum, one) => sum + one.seconds, 0);
  const took = ended.every(({ already }) => already) ? 'already so' : secondsInWords(seconds);
  return `:white_check_mark: ${escaped(titleOf(steps))} · ${took}`;
}
