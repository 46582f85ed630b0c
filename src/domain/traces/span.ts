import { createHash } from 'node:crypto';
import type { ChangeId } from '../change/change.ts';

/** A value of an attribute. */
export type AttributeValue = string | number | boolean | readonly string[];

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** How a span ended. Refusals, denials and cancels are neither success nor error. */
export type SpanStatus = { readonly is: 'ok' | 'unset' } | { readonly is: 'error'; readonly says: string };

/** Names a span; both IDs are in hex. */
export interface SpanRef {
  /** 32 digits. */
  readonly trace: string;
  /** 16 digits. */
  readonly span: string;
}

/** A part of a change that has ended, as a trace shows it. It never changes afterwards. */
export interface Span extends SpanRef {
  /** The ID of the span around it; null for the whole change. */
  readonly parent: string | null;
  /** One of few, so that spans of different changes can be compared: `change add`, `wait for approval`, `step copy`. */
  readonly name: string;
  readonly from: string;
  /** Never before `from`, even if clocks differ or were set. */
  readonly to: string;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  /** Related spans in other traces. */
  readonly links: readonly SpanRef[];
}

/** The part of a change that is the whole change. */
export const WHOLE = 'change';

/**
 * The IDs of a part of a change. They follow from the change's ID, so that every worker gives the same ones, before and after a restart.
 * `printf %s lab-7f3k2q | sha256sum | cut -c1-32` prints the same trace ID.
 */
export const refOf = (change: ChangeId, part: string): SpanRef => ({
  trace: sha256(change).slice(0, 32),
  span: sha256(`${change} ${part}`).slice(0, 16),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
