import type { Refusal } from '../answers/refusal.ts';
import type { ChangeId } from '../change/change.ts';
import type { Verb } from '../plan/intent.ts';
import type { HoldWish } from '../policy/hold.ts';
import type { DecisionKind } from '../policy/policy.ts';
import type { QuestionWish } from '../questions/questions.ts';
import type { ChangeWish } from '../typed/change-wish.ts';

/** What a person wants from the bot, independent of the Slack surface. */
export type Wish =
  | ChangeWish
  | { readonly is: 'hold'; readonly hold: HoldWish }
  | QuestionWish
  | { readonly is: 'decision'; readonly decision: WishedDecision }
  | FormWish;

/** A form to fill in, for a command that lacks its verb or its nodes. */
export interface FormWish {
  readonly is: 'form';
  /** Null: the person chooses it. */
  readonly verb: Verb | null;
  /** The cluster of this channel. */
  readonly cluster: string | null;
  /** The answer where no form can be shown, or to a person who may request nothing. */
  readonly instead: QuestionWish | Refusal;
}

/** A decision about a change, and the plan that the person saw. */
export interface WishedDecision {
  /** `retry` approves a failed change's plan again; `cancel` stops a change in progress, or closes a failed one. */
  readonly kind: DecisionKind;
  readonly change: ChangeId;
  /** Hex SHA-256 of the plan on the card. */
  readonly digest: string;
  /** Why, for a denial. */
  readonly reason?: string;
}
