import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import { type KnownOf, type Question, type QuestionWish, questionPlug } from '../../domain/questions/questions.ts';
import type { Markup } from '../../domain/text/markup.ts';
import type { Answered, Asker } from '../ask/asker.ts';
import type { Asked } from '../ask/bot-use-cases.ts';
import { knownForChanges, knownForHistory } from './changes.ts';
import { forming } from './form.ts';
import type { AnswerPorts, Gather, Later } from './gather.ts';
import { knownForHelp } from './help.ts';
import { homing } from './home.ts';
import { knownForPlan, laterPlan } from './plan.ts';
import { knownForLog, knownForShow, knownForWhy } from './show.ts';
import { knownForStatus, newerStatus } from './status.ts';
import { knownForVerify, laterProof } from './verify.ts';

/** What each question reads. A new question is a file beside this one and a line here. */
const GATHER: { readonly [Q in Question]: Gather<Q> } = {
  plan: knownForPlan,
  status: knownForStatus,
  verify: knownForVerify,
  changes: knownForChanges,
  show: knownForShow,
  why: knownForWhy,
  log: knownForLog,
  history: knownForHistory,
  help: knownForHelp,
};

/** What may become newer while the person reads the answer. */
const LATER: { readonly [Q in Question]?: Later<Q> } = {
  plan: laterPlan,
  status: newerStatus,
  verify: laterProof,
};

/** Answers a question. Throws what reading the record throws. */
async function answerQuestion<Q extends Question>(
  { question, ask }: QuestionWish<Q>,
  asker: Asker,
  ports: AnswerPorts,
): Promise<Answered | Refusal> {
  const known = await GATHER[question](ask, asker, ports);
  if (isRefusal(known)) return known;
  return answeredFrom(question, known, ports);
}

function answeredFrom<Q extends Question>(question: Q, known: KnownOf<Q>, ports: AnswerPorts): Answered {
  const says = (markup: Markup) => questionPlug(question).answer(known, markup);
  const plan = questionPlug(question).plan?.(known) ?? null;
  const file = questionPlug(question).file?.(known) ?? null;
  const later: Later<Q> | undefined = LATER[question];
  if (later === undefined) return { says, file, plan, later: null };
  const next = async (signal: AbortSignal) => {
    const found = await later(known, ports, signal);
    return found === null ? null : answeredFrom(question, found, ports);
  };
  return { says, file, plan, later: next };
}

/** Answers, forms and Homes over these ports, as the bot's use cases need them. */
export const answering = (ports: AnswerPorts): Asked => ({
  answer: (wish, asker) => answerQuestion(wish, asker, ports),
  form: forming(ports),
  home: homing(ports),
});
