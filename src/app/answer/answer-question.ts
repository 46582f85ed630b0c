import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import { type Question, type QuestionWish, questionPlug } from '../../domain/questions/questions.ts';
import type { Answering, Asker, Says } from '../ask/asker.ts';
import { knownForChanges } from './changes.ts';
import type { AnswerPorts, Gather } from './gather.ts';
import { knownForHelp } from './help.ts';
import { knownForShow } from './show.ts';

/** What each question reads. A new question is a file beside this one and a line here. */
const GATHER: { readonly [Q in Question]: Gather<Q> } = {
  changes: knownForChanges,
  show: knownForShow,
  help: knownForHelp,
};

/** Answers a question. Throws what reading the record throws. */
async function answerQuestion<Q extends Question>(
  { question, ask }: QuestionWish<Q>,
  asker: Asker,
  ports: AnswerPorts,
): Promise<Says | Refusal> {
  const known = await GATHER[question](ask, asker, ports);
  return isRefusal(known) ? known : (markup) => questionPlug(question).answer(known, markup);
}

/** Answers over these ports, as the bot's use cases need it. */
export const answering =
  (ports: AnswerPorts): Answering =>
  (wish, asker) =>
    answerQuestion(wish, asker, ports);
