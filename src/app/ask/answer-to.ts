import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, MessageRef } from '../../domain/change/change.ts';
import { approvalsNeeded } from '../../domain/change/votes.ts';
import type { HoldWish, KeptHold } from '../../domain/policy/hold.ts';
import { isStart } from '../../domain/policy/policy.ts';
import type { FormCluster } from '../../domain/wish/form.ts';
import type { FormWish, Wish, WishedDecision } from '../../domain/wish/wish.ts';
import type { Answered } from './asker.ts';
import type { UseCases } from './bot-use-cases.ts';

/** The channel of a request, and how to post a new change's card there. */
export interface Place {
  readonly channel: string;
  /** Only the asker reads here. */
  readonly isPrivate?: boolean;
  readonly post: (change: Change) => Promise<MessageRef>;
}

/** The answer to a wish, for a surface to show. */
export type Answer =
  /** The card of the change says everything. */
  | { readonly is: 'on-the-card' }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'vote-noted'; readonly given: number; readonly needed: number }
  | { readonly is: 'held'; readonly wish: HoldWish; readonly hold: KeptHold }
  | ({ readonly is: 'answered' } & Answered)
  /** At least one cluster. */
  | { readonly is: 'form'; readonly wish: FormWish; readonly clusters: readonly FormCluster[] };

/** The use cases that `answerTo` needs. */
export type AskUseCases = Pick<UseCases, 'request' | 'undo' | 'decide' | 'hold' | 'answer' | 'form'>;

/** Does what a person requests, the same for every surface. Throws what `place.post` and the use cases throw. */
export async function answerTo(wish: Wish, by: Person, place: Place, useCases: AskUseCases): Promise<Answer> {
  const { channel, post } = place;
  const asker = { by, channel: place.isPrivate === true ? null : channel };
  switch (wish.is) {
    case 'change':
      return onTheCard(await useCases.request(wish.intent, by, channel, post));
    case 'undo-of':
      return onTheCard(await useCases.undo({ ...wish, by, channel }, post));
    case 'decision':
      return decided(wish.decision, by, await useCases.decide({ ...wish.decision, by, channel }));
    case 'hold': {
      const hold = await useCases.hold(wish.hold, by, channel);
      return isRefusal(hold) ? refused(hold) : { is: 'held', wish: wish.hold, hold };
    }
    case 'question': {
      const answered = await useCases.answer(wish, asker);
      return isRefusal(answered) ? refused(answered) : { is: 'answered', ...answered };
    }
    case 'form': {
      const clusters = await useCases.form(asker);
      if (clusters.length > 0) return { is: 'form', wish, clusters };
      return isRefusal(wish.instead) ? refused(wish.instead) : await answerTo(wish.instead, by, place, useCases);
    }
  }
}

const refused = (refusal: Refusal): Answer => ({ is: 'refused', refusal });

const onTheCard = (asked: Change | Refusal): Answer => (isRefusal(asked) ? refused(asked) : { is: 'on-the-card' });

/** Confirms an approval that is one of several; the card shows everything else. */
function decided({ kind }: WishedDecision, by: Person, change: Change | Refusal): Answer {
  if (isRefusal(change) || !isStart(kind) || !change.votes.some(({ id }) => id === by.id)) return onTheCard(change);
  return { is: 'vote-noted', given: change.votes.length, needed: approvalsNeeded(change) };
}
