/** Somebody of the sandbox workspace. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Handles of the user groups the person is in; the group `approvers` has the id `S0APPROVERS`. */
  readonly groups?: readonly string[];
}

/** A channel of the sandbox workspace. */
export interface Channel {
  readonly id: string;
  readonly name: string;
}

/** How payloads reach the bot: its own WebSocket, or signed requests to its URL. */
type DeliveryMode = { readonly mode: 'socket' } | { readonly mode: 'http'; readonly requestUrl: string };

/** What a local Slack is started with. */
export interface LocalSlackOptions {
  /** The app manifest: scopes, slash commands and `should_escape` come from there. */
  readonly manifestPath: string;
  readonly people: readonly Person[];
  /** The channel everybody and the bot are in; beside it exists #random, without the bot. */
  readonly channel: Channel;
  readonly delivery: DeliveryMode;
  /** Scopes that an operator has added to those of the manifest. */
  readonly moreScopes?: readonly string[];
  /** A free port of 127.0.0.1 when absent. */
  readonly port?: number;
  /** Milliseconds since the epoch; tests move it to see things expire. */
  readonly now?: () => number;
  /** How long the bot may take to acknowledge, in milliseconds; Slack's own three seconds when absent. */
  readonly ackLimitMs?: number;
}

/** A message as a person sees it. */
export interface SlackMessage {
  readonly ts: string;
  readonly channel: string;
  readonly threadTs?: string;
  readonly author: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly text: string;
  readonly blocks: readonly unknown[];
  /** How often the message was replaced. */
  readonly edits: number;
  /** Present only when Slack would print "(edited)", that is after an update without blocks. */
  readonly editedAt?: string;
  readonly ephemeralFor?: string;
  readonly broadcast?: boolean;
}

/** One call of the Web API, as it was answered. */
export interface ApiCallRecord {
  readonly method: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly at: string;
}

/** A running local Slack. Persons are named by id or by name. */
export interface LocalSlack {
  readonly pageUrl: string;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Types a line; resolves when it is delivered and acked, rejects when Slack would show a failure. */
  command(person: string, text: string): Promise<void>;
  /** Presses the button with this label on the newest message that has one, and confirms its dialog. */
  click(person: string, label: string): Promise<void>;
  /** Presses one exact button. */
  clickAction(person: string, ts: string, blockId: string, actionId: string): Promise<void>;
  messages(): readonly SlackMessage[];
  /** Calls the listener after each change of a message; answers how to stop that. */
  onChange(listener: () => void): () => void;
  fault(name: string, args: readonly string[]): void;
  clearFault(name: string): void;
  faults(): readonly string[];
  apiCalls(): readonly ApiCallRecord[];
  close(): Promise<void>;
}
