import { planDigest } from '../domain/plan/digest.ts';
import { withoutData } from '../domain/plan/plan-file.ts';
import { wayOutAsTypedHere } from '../domain/questions/here.ts';
import { dryRunFile } from '../domain/questions/plan/plan-file.ts';
import type { PlanKnown } from '../domain/questions/plan/view.ts';
import { planJson } from './json.ts';
import type { Outcome } from './outcome.ts';

/** The plan itself as the answer, and the words about it beside it; or why there is none. */
export function planOutcome(known: PlanKnown, said: string): Outcome {
  const words = wayOutAsTypedHere(said);
  const { intent, phase } = known;
  if (phase.is !== 'answered') throw new Error('A plan on the terminal is always answered.');
  const { found } = phase.dryRun;
  switch (found.is) {
    case 'refused':
      return { is: 'refused', refusal: found.refusal, text: words };
    case 'failed':
      return { is: 'failed', failure: found.failure };
    case 'planned': {
      const { text, name } = dryRunFile({ intent, plan: found.plan });
      const onScreen = `${withoutData(text)}\nDigest: ${planDigest(found.plan.approved)}\nFor the same as data, send the output into a file, such as ${name}.`;
      return { is: 'answered', text: onScreen, file: text, note: words, json: planJson(known), isWell: true };
    }
  }
}
