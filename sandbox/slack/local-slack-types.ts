import type { Breaking } from './page-api/breaking.ts';
import type { SharedFile } from './site/files.ts';
import type { OpenView } from './site/views.ts';

/** A person of the sandbox workspace. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Handles of the person's user groups; the group `approvers` has the ID `S0APPROVERS`. */
  readonly groups?: readonly string[];
}

/** A channel of the sandbox workspace. */
export interface Channel {
  readonly id: string;
  readonly name: string;
}

/** How payloads reach the bot: over its WebSocket, or as signed requests to its URL. */
type DeliveryMode = { readonly mode: 'socket' } | { readonly mode: 'http'; readonly requestUrl: string };

/** How a local Slack is started. */
export interface LocalSlackOptions {
  /** The app manifest: source of the scopes, slash commands and `should_escape`. */
  readonly manifestPath: string;
  readonly people: readonly Person[];
  /** The channel with everyone and the bot; #random exists as well, without the bot. */
  readonly channel: Channel;
  readonly delivery: DeliveryMode;
  /** Scopes that an operator adds to those of the manifest. */
  readonly moreScopes?: readonly string[];
  /** Port on 127.0.0.1; default: a free port. */
  readonly port?: number;
  /** Milliseconds since the epoch; tests replace it to make things expire. */
  readonly now?: () => number;
  /** How long the bot may take to acknowledge, and to open a window, in milliseconds; default: Slack's 3 s. */
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
  /** Files that came with the message. */
  readonly files?: readonly SharedFile[];
  /** How often the message was edited. */
  readonly edits: number;
  /** Set only when Slack would print "(edited)": after an update without blocks. */
  readonly editedAt?: string;
  readonly ephemeralFor?: string;
  readonly broadcast?: boolean;
}

/** A Web API call with its answer. */
export interface ApiCallRecord {
  readonly method: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly at: string;
}

/** A running local Slack. People are named by ID or by name. */
export interface LocalSlack {
  readonly pageUrl: string;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Types a line. Resolves once it is delivered and acknowledged; rejects if Slack would show a failure. */
  command(person: string, text: string): Promise<void>;
  /** Replies in the thread of a message; a mention of the bot reaches it. */
  reply(person: string, ts: string, text: string): Promise<void>;
  /** Writes a direct message to the app. */
  direct(person: string, text: string): Promise<void>;
  /** Chooses a shortcut in the menu of a message. */
  shortcut(person: string, ts: string, name: string): Promise<void>;
  /** Clicks the newest button with this label and confirms its dialog. */
  click(person: string, label: string): Promise<void>;
  /** Clicks one exact button. */
  clickAction(person: string, ts: string, blockId: string, actionId: string): Promise<void>;
  messages(): readonly SlackMessage[];
  /** Fills in the field with this label in the person's newest modal: a text, or labels of options. */
  fill(person: string, label: string, words: string): Promise<void>;
  /** Submits the person's newest modal. */
  submit(person: string): Promise<void>;
  /** Opens the Home of the app. */
  openHome(person: string): Promise<void>;
  /** Every Home that was published, oldest first. */
  homes(): readonly { readonly person: string; readonly view: unknown }[];
  /** Every state of every modal that was opened, oldest first. */
  modals(): readonly Pick<OpenView, 'person' | 'view' | 'errors'>[];
  /** The text of a file that a message shows. */
  fileText(id: string): string | undefined;
  /** Calls the listener after each change of a message; returns a function that unsubscribes it. */
  onChange(listener: () => void): () => void;
  fault(name: string, args: readonly string[]): void;
  clearFault(name: string): void;
  faults(): readonly string[];
  /** Lets people break something from the page. */
  offer(breaking: Breaking): void;
  apiCalls(): readonly ApiCallRecord[];
  close(): Promise<void>;
}
