import type { Fields } from '../json.ts';

/** Slack waits this long for an acknowledgement ("Acknowledging the request", Socket Mode and interactivity pages). */
export const ACK_DEADLINE_MS = 3000;

/** Something a person did, on its way to the bot. */
export interface Outgoing {
  readonly type: 'slash_commands' | 'interactive';
  readonly payload: Fields;
}

/** How the delivery ended. An empty answer is none. */
export type Delivery =
  | { readonly is: 'acked'; readonly answer: unknown }
  | { readonly is: 'failed'; readonly error: 'dispatch_failed' | 'operation_timeout' };

/** Brings payloads to the bot. */
export interface Courier {
  deliver(outgoing: Outgoing): Promise<Delivery>;
  close(): Promise<void>;
}
