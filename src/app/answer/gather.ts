import type { Refusal } from '../../domain/answers/refusal.ts';
import type { AskOf, KnownOf, Question } from '../../domain/questions/questions.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Asker } from '../ask/asker.ts';
import type { ClusterPorts } from '../ask/request-change.ts';

/** What questions read. None of them changes anything. */
export interface AnswerPorts {
  readonly clusters: ReadonlyMap<string, ClusterPorts>;
  readonly cards: Pick<Cards, 'place'>;
  readonly clock: Clock;
}

/** Reads what an answer is made from, or refuses. */
export type Gather<Q extends Question> = (
  ask: AskOf<Q>,
  asker: Asker,
  ports: AnswerPorts,
) => Promise<KnownOf<Q> | Refusal>;
