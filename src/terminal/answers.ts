import { changesHere, historyHere, logHere, showHere } from '../app/here/changes.ts';
import { type PlanHerePorts, planHere } from '../app/here/plan.ts';
import type { Busy } from '../app/here/ports.ts';
import { statusHere } from '../app/here/status.ts';
import { verifyHere } from '../app/here/verify.ts';
import { isRefusal, type Refusal } from '../domain/answers/refusal.ts';
import { proofVerdict } from '../domain/cluster/proof-result.ts';
import { asTypedHere, type HereQuestion } from '../domain/questions/here.ts';
import { type AskOf, type KnownOf, type QuestionWish, questionPlug } from '../domain/questions/questions.ts';
import { verdictOf } from '../domain/questions/status/cluster-status.ts';
import { type Markup, PLAIN } from '../domain/text/markup.ts';
import { changesJson, historyJson, logJson, planJson, showJson, statusJson, verifyJson } from './json.ts';
import type { Outcome } from './outcome.ts';
import { planOutcome } from './plan.ts';
import type { Waiting } from './screen.ts';

/** A question that is answered here: how its facts are read, what they are as data, and whether all is as it should be. */
interface HerePlug<Q extends HereQuestion> {
  readonly read: (
    ask: AskOf<Q>,
    ports: PlanHerePorts,
    onWait: Waiting,
    signal: AbortSignal,
  ) => Promise<KnownOf<Q> | Refusal | Busy>;
  readonly json: (known: KnownOf<Q>) => object;
  readonly isWell?: (known: KnownOf<Q>) => boolean;
  /** How it ends, if an answer is more than the words. */
  readonly outcome?: (known: KnownOf<Q>, words: string) => Outcome;
}

/** A new question on the terminal is a line here and its name in HERE. */
const PLUGS: { readonly [Q in HereQuestion]: HerePlug<Q> } = {
  status: {
    read: (_, ports, onWait, signal) => {
      onWait('Inspecting the cluster…');
      return statusHere(ports, signal);
    },
    json: statusJson,
    isWell: ({ clusters }) => clusters.every(({ seen }) => seen.is === 'seen' && verdictOf(seen.status) === 'holds'),
  },
  verify: {
    read: (ask, ports, onWait, signal) => {
      const says = (progress: Parameters<Parameters<typeof verifyHere>[2]>[0]) =>
        questionPlug('verify').answer({ ask, phase: { is: 'running', request: 0, progress } }, TERMINAL);
      onWait('Comparing the registries…');
      return verifyHere(
        ask,
        ports,
        (progress) => onWait(says(progress), progress.total === 0 ? 0 : progress.done / progress.total),
        signal,
      );
    },
    json: verifyJson,
    isWell: ({ phase }) => phase.is === 'proved-here' && proofVerdict(phase.result) === 'proven',
  },
  plan: {
    read: (ask, ports, onWait, signal) => {
      onWait('Inspecting the cluster and making the plan…');
      return planHere(ask, ports, signal);
    },
    json: planJson,
    outcome: planOutcome,
  },
  changes: { read: changesHere, json: changesJson },
  show: { read: showHere, json: showJson },
  log: { read: logHere, json: logJson },
  history: { read: historyHere, json: historyJson },
};

/** Words for a terminal: the questions that it answers itself are named as they are typed there. */
export const TERMINAL: Markup = { ...PLAIN, code: asTypedHere };

/** Answers a question from the cluster and the worker's journal. Throws what reading the journal throws. */
export async function answerHere<Q extends HereQuestion>(
  { question, ask }: QuestionWish<Q>,
  ports: PlanHerePorts,
  onWait: Waiting,
  signal: AbortSignal,
): Promise<Outcome> {
  const plug: HerePlug<Q> = PLUGS[question];
  const known = await plug.read(ask, ports, onWait, signal);
  if (isRefusal(known)) return { is: 'refused', refusal: known };
  if (isBusy(known)) return { is: 'busy', change: known.busyWith };
  const text = questionPlug(question).answer(known, TERMINAL);
  if (plug.outcome !== undefined) return plug.outcome(known, text);
  return { is: 'answered', text, json: plug.json(known), isWell: plug.isWell?.(known) ?? true };
}

const isBusy = (known: object): known is Busy => 'busyWith' in known;
