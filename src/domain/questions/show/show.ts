import { isRefusal, type Refusal } from '../../answers/refusal.ts';
import type { Change, ChangeId, StepState } from '../../change/change.ts';
import { shortDigest } from '../../plan/digest.ts';
import type { Step } from '../../plan/step.ts';
import { secondsInWords } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import type { Word } from '../../typed/tokenize.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { fitByRank } from '../fit.ts';
import { oneChange } from '../one-change.ts';
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
  const change = oneChange(words, 'show', EXAMPLE, clusters);
  return isRefusal(change) ? change : { change };
}

function answer(known: ShowKnown, markup: Markup): string {
  const { change } = known;
  const facts = [changeLine(known, markup), ...people(change, markup), ...reasons(change, markup)];
  const lines = [
    ...facts.map((text) => ({ rank: 0, text })),
    ...steps(change, markup).map((text, index) => ({ rank: 1 + index, text })),
  ];
  return fitByRank(lines, markup.room).join('\n');
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

const steps = ({ plan, steps }: Change, { text }: Markup): readonly string[] =>
  (plan?.approved.steps ?? []).map((step) => `• ${text(step.says)}: ${stateOf(step, steps[step.id])}`);

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
