import type { Change } from '../../domain/change/change.ts';
import type { Step } from '../../domain/plan/step.ts';
import { nodesOf } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import { clean } from '../../domain/text/printable.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import { type Block, context, preformatted, richText, section } from '../text/blocks.ts';
import { cut, cutStart } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { MRKDWN } from '../text/markup.ts';

/** Characters of a failure's output. Of a longer output the end is kept, because the error is usually last. */
const DETAIL_LIMIT = 1500;
const STEPS_LIMIT = 600;

/** What to do about a refusal, and whether the cluster was changed before it. */
export function refusedOutcome(change: Change): readonly Block[] {
  const { refusal } = change;
  if (refusal === undefined) return [];
  const isUntouched = Object.keys(change.steps).length === 0;
  return [
    ...(refusal.tryNext === undefined ? [] : [section(`*What to do now:* ${escaped(refusal.tryNext)}`)]),
    ...(isUntouched ? [] : doneAndNot(change)),
    context(`Refusal ${code(refusal.refused)}.${isUntouched ? ' Nothing was changed on the cluster.' : ''}`),
  ];
}

/** Where it failed, the node's output, what to do, and what is done. */
export function failedOutcome(change: Change): readonly Block[] {
  const { failure } = change;
  if (failure === undefined) return [];
  const at = failedAt(change);
  return [
    section(`*Where:* ${at === '' ? '' : `${at}, `}${escaped(failure.where)}`),
    ...(failure.detail === undefined
      ? []
      : [richText([preformatted(cutStart(clean(failure.detail).trim(), DETAIL_LIMIT))])]),
    section(`*What to do now:* ${escaped(failure.next)}`),
    ...doneAndNot(change),
  ];
}

/** What is done and what is not, for a cancelled change. */
export function cancelledOutcome(change: Change): readonly Block[] {
  const { intent } = change;
  const ask = verbPlug(intent.verb).words.toFinish(intent, MRKDWN);
  const next = `${ask}. The new plan has only the missing steps.`;
  return [...doneAndNot(change), section(`*To finish it:* ${next}`)];
}

/** The failed steps, in quotes; empty when the failure was between two steps. */
export function failedAt({ plan, steps }: Change): string {
  const failed = (plan?.approved.steps ?? []).filter(({ id }) => steps[id]?.is === 'failed');
  return cut(listed(failed.map(({ says }) => `“${escaped(says)}”`)), STEPS_LIMIT);
}

function doneAndNot({ plan, steps }: Change): readonly Block[] {
  const all = plan?.approved.steps ?? [];
  if (all.length === 0) return [section('*Done:* nothing. No step was started.')];
  const finished = all.filter(({ id }) => steps[id]?.is === 'done');
  const left = all.filter(({ id }) => steps[id]?.is !== 'done');
  return [section(`*Done:* ${sentences(finished)}\n*Not done:* ${sentences(left)}`)];
}

const sentences = (steps: readonly Step[]): string => {
  const said = phrasesOf(steps).map(escaped);
  return said.length === 0
    ? 'nothing.'
    : cut(`${said.slice(0, 6).join('; ')}${furtherSteps(said.length - 6)}.`, STEPS_LIMIT);
};

/** Engines that are reconfigured in turn are one phrase, and the first: all their nodes must be named. */
function phrasesOf(steps: readonly Step[]): readonly string[] {
  const isInTurn = (step: Step) => step.kind === 'engines' && step.gated === true;
  const nodes = steps.filter(isInTurn).flatMap(nodesOf);
  const engines = nodes.length === 0 ? [] : [`Reconfigure the container engine of ${listed(nodes)}`];
  return [...engines, ...steps.filter((step) => !isInTurn(step)).map(({ says }) => says)];
}

const furtherSteps = (further: number): string => (further > 0 ? `; and ${further} more` : '');

/** Notes for the operator after a completed change. */
export const doneOutcome = (change: Change): readonly Block[] => [
  section(verbPlug(change.intent.verb).words.afterwards(change, MRKDWN)),
];
