import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import type { Change, ChangeId, StepState } from '../../change/change.ts';
import { changeIdFrom } from '../../change/change-id.ts';
import { shortDigest } from '../../plan/digest.ts';
import type { Step } from '../../plan/step.ts';
import { secondsInWords } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import type { Word } from '../../typed/tokenize.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { optionWords } from '../options.ts';
import type { QuestionPlug } from '../question.ts';

export interface ShowAsk {
  readonly change: ChangeId;
}

export type ShowKnown = ListedChange;

const EXAMPLE = '/registry-ha show lab-7f3k2q';

/** `show ID`: one change, with its steps. */
export const show: QuestionPlug<ShowAsk, ShowKnown> = {
  typed: ['show'],
  usage: ({ code }) => [`${code(EXAMPLE)} shows how a change stands, its steps and its people.`],
  parse,
  answer,
};

function parse(words: readonly Word[], { clusters }: CommandContext): ShowAsk | Refusal {
  const typed = optionWords(words, { valued: [], switches: [], example: EXAMPLE });
  if (isRefusal(typed)) return typed;
  const [first, ...more] = typed.plain;
  if (first === undefined || more.length > 0)
    return refuse('bad-command', 'show takes one change ID.', `For example: ${EXAMPLE}`);
  const change = changeIdFrom(first, clusters, `Copy the ID from the card. For example: ${EXAMPLE}`);
  return isRefusal(change) ? change : { change };
}

function answer(known: ShowKnown, markup: Markup): string {
  const { change } = known;
  return [
    changeLine(known, markup),
    ...people(change, markup),
    ...reasons(change, markup),
    ...steps(change, markup),
  ].join('\n');
}

function people(
  { intent, requestedAt, approvers, digest, startedAt }: Change,
  { person, moment, text, code }: Markup,
): readonly string[] {
  const approved = approvers.length === 0 ? '' : ` Approved by ${approvers.map(person).join(', ')}.`;
  const started = startedAt === undefined ? '' : ` Started at ${moment(startedAt)}.`;
  return [
    `Requested at ${moment(requestedAt)}.${approved}${started}`,
    ...(intent.reason === undefined ? [] : [`Reason: “${text(intent.reason)}”`]),
    ...(digest === undefined ? [] : [`Plan ${code(shortDigest(digest))}`]),
  ];
}

function reasons({ refusal, failure }: Change, { text }: Markup): readonly string[] {
  if (refusal !== undefined) return [text([refusal.says, refusal.tryNext ?? ''].join(' ').trimEnd())];
  return failure === undefined ? [] : [text(`${failure.what} ${failure.next}`)];
}

/** Lines; a longer plan is on the card and in the thread. */
const MOST_STEPS = 40;

function steps({ plan, steps }: Change, { text }: Markup): readonly string[] {
  const all = plan?.approved.steps ?? [];
  const shown = all.slice(0, MOST_STEPS).map((step) => `• ${text(step.says)}: ${stateOf(step, steps[step.id])}`);
  return all.length > MOST_STEPS ? [...shown, `• ${all.length - MOST_STEPS} more steps`] : shown;
}

function stateOf({ kind }: Step, state: StepState | undefined): string {
  switch (state?.is) {
    case 'done':
      return state.already ? 'was already so' : `done in ${secondsInWords(state.seconds)}`;
    case 'failed':
      return 'failed';
    case 'running':
      return kind === 'copy' ? 'copying' : 'running';
    default:
      return 'not begun';
  }
}
