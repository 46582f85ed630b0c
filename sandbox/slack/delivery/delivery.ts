import type { Fields } from '../json.ts';

/** Slack waits this long for an acknowledgement ("Acknowledging the request", Socket Mode and interactivity pages). */
export const ACK_DEADLINE_MS = 3000;

/** A payload for the bot. */
export interface Outgoing {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Fields;
  /** Whether the acknowledgement may carry an answer: of commands and submitted modals. */
  readonly takesAnswer: boolean;
}

/** How the delivery ended. An empty answer counts as none. */
export type Delivery =
  | { readonly is: 'acked'; readonly answer: unknown }
  | { readonly is: 'failed'; readonly error: 'dispatch_failed' | 'operation_timeout' };

/** Delivers payloads to the bot. */
export interface Courier {
  deliver(outgoing: Outgoing): Promise<Delivery>;
  close(): Promise<void>;
}
