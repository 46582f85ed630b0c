import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import { intentInWords } from '../../domain/plan/intent.ts';
import type { Log } from '../../ports/log.ts';
import type { UseCases } from './bot-use-cases.ts';

/** The use cases, with one line in the log for each request and decision: who wanted what, and the answer. */
export function loggedWishes(useCases: UseCases, log: Log): UseCases {
  const noted = <T extends object>(says: string, fields: object, answer: T | Refusal): T | Refusal => {
    const result = isRefusal(answer) ? { refused: answer.refused } : 'id' in answer ? { change: answer.id } : {};
    log.info({ ...fields, ...result }, says);
    return answer;
  };
  return {
    ...useCases,
    async request(intent, by, channel, post) {
      const fields = { cluster: intent.cluster, by: by.id, wants: intentInWords(intent) };
      return noted('Request', fields, await useCases.request(intent, by, channel, post));
    },
    async undo(wish, post) {
      return noted('Request', { by: wish.by.id, wants: `undo ${wish.undoes}` }, await useCases.undo(wish, post));
    },
    async decide(decision) {
      const { change, by, kind } = decision;
      return noted('Decision', { change, by: by.id, wants: kind }, await useCases.decide(decision));
    },
    async answer(wish, asker) {
      const fields = { by: asker.by.id, wants: wish.question };
      const answered = await useCases.answer(wish, asker);
      log.info({ ...fields, ...(isRefusal(answered) ? { refused: answered.refused } : {}) }, 'Question');
      return answered;
    },
    async hold(wish, by, channel) {
      const fields = { cluster: wish.cluster, node: wish.node, by: by.id, wants: `${wish.hold} ${wish.verb}` };
      return noted('Hold', fields, await useCases.hold(wish, by, channel));
    },
  };
}
