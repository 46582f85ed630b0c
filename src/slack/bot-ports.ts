import type { types } from '@slack/bolt';
import type { Rights, Standstill } from '../app/rights.ts';
import type { Person } from '../domain/approval.ts';
import type { Change, ChangeId } from '../domain/change.ts';
import type { Hold, HoldWish } from '../domain/hold.ts';
import type { Intent } from '../domain/plan.ts';
import type { DecisionKind } from '../domain/policy.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { WorkerState } from '../domain/worker-state.ts';
import type { CardPlace } from '../ports.ts';

/** What Slack's side asks of the bot's inside. */
export interface UseCases {
  /** Stores the change (event requested); the card is posted by `post` before the plan job is queued. */
  request(
    intent: Intent,
    requester: Person,
    channel: string,
    post: (change: Change) => Promise<CardPlace>,
  ): Promise<Change | Refusal>;
  /** Asks for the undo of a change, as a change of its own; its card is posted by `post`. */
  undo(wish: UndoWish, post: (change: Change) => Promise<CardPlace>): Promise<Change | Refusal>;
  decide(decision: Decision): Promise<Change | Refusal>;
  /** Freezes, locks or lifts; gives the hold that was set or lifted. */
  hold(wish: HoldWish, by: Person, channel: string): Promise<Hold | Refusal>;
  /** What this person may do in this channel, cluster by cluster. */
  rights(by: Person, channel: string): Promise<readonly Rights[]>;
  /** What keeps changes of a cluster from starting. */
  standstill(cluster: string): Promise<Standstill>;
  /** What a queued change waits for (ids of changes ahead of it). */
  waitsFor(change: Change): Promise<readonly ChangeId[]>;
  /** Is the cluster's worker there? */
  workerOf(cluster: string): Promise<WorkerState>;
}

/** Somebody wants a change undone: by its button, or typed. */
export interface UndoWish {
  readonly undoes: ChangeId;
  readonly reason?: string;
  readonly by: Person;
  readonly channel: string;
}

/** A click on one of our buttons, as Slack's payload tells it. */
export interface Decision {
  readonly kind: DecisionKind;
  readonly change: ChangeId;
  readonly digest: string;
  readonly by: Person;
  readonly channel: string;
}

/** A message as it is drawn: blocks, and a text for notifications and screen readers. */
export interface Drawing {
  readonly text: string;
  readonly blocks: readonly types.KnownBlock[];
}

/** Posts and redraws messages. Throws SlackRefused. */
export interface SlackPoster {
  post(channel: string, drawing: Drawing): Promise<CardPlace>;
  update(place: CardPlace, drawing: Drawing): Promise<void>;
  /** A reply in the card's thread; `broadcast` shows it in the channel too. */
  reply(place: CardPlace, text: string, broadcast: boolean): Promise<void>;
}

/** One line per event: a fixed sentence, and fields beside it. */
export interface Log {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}
