import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import { isVerb, VERB_NAMES } from '../../plan/intent.ts';
import { clipped } from '../../text/clipped.ts';
import { listed } from '../../text/format.ts';
import { nearestOnes } from '../../text/nearest.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import { didYouMean } from '../../typed/did-you-mean.ts';
import { plainFlag } from '../../typed/plain.ts';
import type { Word } from '../../typed/tokenize.ts';
import { parseVerb } from '../../verbs/parse-verb.ts';
import type { QuestionPlug } from '../question.ts';
import type { PlanAsk, PlanKnown } from './view.ts';
import { planInWords } from './words.ts';

const EXAMPLE = '/registry-ha plan add node-2';

/** `plan VERB …`, also `VERB … --dry-run`: the plan of a change that nobody requests. */
export const plan: QuestionPlug<PlanAsk, PlanKnown> = {
  typed: ['plan', 'dry-run'],
  usage: ({ code }) => [
    `${code(EXAMPLE)} shows you the plan of a change, or why it would be refused, without a request. So does ${code('--dry-run')} behind the change.`,
  ],
  parse,
  answer: planInWords,
  plan: ({ intent, phase }) =>
    phase.is === 'answered' && phase.dryRun.found.is === 'planned' ? { intent, plan: phase.dryRun.found.plan } : null,
};

function parse([first, ...words]: readonly Word[], context: CommandContext): PlanAsk | Refusal {
  const verb = first === undefined ? '' : plainFlag(first.text).toLowerCase();
  if (!isVerb(verb)) return noVerb(verb);
  const typed = parseVerb(verb, words, { ...context, isDryRun: true });
  return isRefusal(typed) ? typed : typed.wish;
}

function noVerb(typed: string): Refusal {
  const says = `plan takes a command that changes the cluster: ${listed(VERB_NAMES)}.`;
  const what = typed === '' ? '' : ` “${clipped(typed)}” is none.${didYouMean(nearestOnes(typed, VERB_NAMES))}`;
  return refuse('bad-command', `${says}${what}`, `For example: ${EXAMPLE}`);
}
