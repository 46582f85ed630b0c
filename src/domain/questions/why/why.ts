import { hasOldPlan } from '../../answers/old-plan.ts';
import { isRefusal, type Refusal } from '../../answers/refusal.ts';
import type { Change, ChangeId } from '../../change/change.ts';
import type { WorkerState } from '../../cluster/worker-state.ts';
import { windowOpens } from '../../policy/active-holds.ts';
import type { People } from '../../policy/policy.ts';
import type { Markup } from '../../text/markup.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import type { Word } from '../../typed/tokenize.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { oneChange } from '../one-change.ts';
import type { QuestionPlug } from '../question.ts';

export interface WhyAsk {
  readonly change: ChangeId;
}

/** A change, and what its next step depends on. */
export interface WhyKnown extends ListedChange {
  readonly worker: WorkerState;
  /** Why nothing may start now: a freeze, a lock or a closed window; null if it may. */
  readonly stopped: Refusal | null;
  /** ISO time at which the window opens before which a plan may be approved for it; left out: it starts at once. */
  readonly opens?: string;
  /** Whose approval would count. */
  readonly approvers: People;
}

const EXAMPLE = '/registry-ha why lab-7f3k2q';

/** `why ID`: what a change waits for, whose turn it is, and what comes next. */
export const why: QuestionPlug<WhyAsk, WhyKnown> = {
  typed: ['why', 'explain'],
  usage: ({ code }) => [`${code(EXAMPLE)} explains what a change waits for, whose turn it is, and what comes next.`],
  parse,
  answer,
};

function parse(words: readonly Word[], { clusters }: CommandContext): WhyAsk | Refusal {
  const change = oneChange(words, 'why', EXAMPLE, clusters);
  return isRefusal(change) ? change : { change };
}

function answer(known: WhyKnown, markup: Markup): string {
  const { change } = known;
  return [
    changeLine(known, markup),
    ...reasons(change, markup),
    ...deciders(known, markup),
    ...obstacles(known, markup),
    ...later(known, markup),
    hasOldPlan(change) ? NEXT_WITH_AN_OLD_PLAN : NEXT[change.state],
  ].join('\n');
}

/** Why it ended or stopped. */
function reasons({ state, failure, refusal }: Change, { text }: Markup): readonly string[] {
  if (state === 'failed' && failure !== undefined)
    return [text(`${failure.where}: ${failure.what}`), text(failure.next)];
  if (state !== 'refused' || refusal === undefined) return [];
  return [text(refusal.says), ...(refusal.tryNext === undefined ? [] : [text(refusal.tryNext)])];
}

/** States in which an approval is wanted, and those in which the worker or the policy can be in the way. */
const WANTS_APPROVAL: readonly Change['state'][] = ['planned', 'failed'];
const CONTINUES: readonly Change['state'][] = ['requested', 'planned', 'approved', 'applying', 'failed'];

function deciders({ change, approvers }: WhyKnown, { person, text }: Markup): readonly string[] {
  if (!WANTS_APPROVAL.includes(change.state)) return [];
  const names = [
    ...approvers.groups.map((group) => `the members of ${text(group)}`),
    ...approvers.users.map((id) => person({ id, name: id })),
  ];
  return names.length === 0 ? [] : [`Who may approve: ${names.join(', ')}.`];
}

function obstacles({ change, worker, stopped }: WhyKnown, { text, moment }: Markup): readonly string[] {
  if (!CONTINUES.includes(change.state)) return [];
  const held =
    stopped === null || change.state === 'applying' ? [] : [text(`${stopped.says} ${stopped.tryNext ?? ''}`)];
  switch (worker.is) {
    case 'there':
      return held;
    case 'silent':
      return [...held, worker.since === null ? NO_WORKER : `The worker is silent since ${moment(worker.since)}.`];
    case 'unverified':
      return [...held, 'The worker is unverified: no trusted key has signed its heartbeat.'];
    case 'newer':
      return [...held, 'A newer version of the worker wrote its heartbeat. Update this bot.'];
    case 'hindered':
      return [...held, `The worker cannot work: ${text(worker.says)}`];
  }
}

function later({ change, stopped, opens }: WhyKnown, markup: Markup): readonly string[] {
  const isSaid = change.state === 'planned' && stopped === null && opens !== undefined;
  return isSaid ? [windowOpens(opens, markup)] : [];
}

const NO_WORKER = 'The worker has never reported.';

const NEXT_WITH_AN_OLD_PLAN =
  'Next: Check again on its card, which requests it with a new plan. Undo or Close, as far as the card has them.';

/** What comes next, and which button of the card leads on. */
const NEXT: Readonly<Record<Change['state'], string>> = {
  requested: 'Next: the worker plans it, and the plan appears on its card.',
  planned: 'Next: an approver clicks Approve or Deny on its card.',
  approved: 'Next: the worker starts it. Cancel on its card ends it.',
  applying: 'Next: the worker continues. Cancel on its card stops it at the next safe point.',
  failed: 'Next: Retry from here, Undo or Close on its card, as far as the card has them.',
  refused: 'Next: fix the cause, and click Check again on its card.',
  denied: 'Next: nothing. Check again on its card requests it once more.',
  expired: 'Next: nothing. Check again on its card requests it once more.',
  cancelled: 'Next: nothing. Its card says how to finish it or to undo it.',
  done: 'Next: nothing. It is proved.',
};
