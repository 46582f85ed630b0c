import type { SlackMessage } from '../local-slack-types.ts';

export type Draft = Omit<SlackMessage, 'ts' | 'edits' | 'editedAt'>;

export type Revision = Pick<SlackMessage, 'text' | 'blocks'>;

/** Every message of the workspace, in posting order. */
export class Timeline {
  readonly #now: () => number;
  readonly #messages = new Map<string, SlackMessage>();
  readonly #listeners = new Set<() => void>();
  #lastMicros = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  post(draft: Draft): SlackMessage {
    const message: SlackMessage = { ...draft, ts: this.#nextTs(), edits: 0 };
    this.#messages.set(message.ts, message);
    this.#announce();
    return message;
  }

  /** Replaces text and blocks; Slack prints "(edited)" only if no blocks were sent (chat.update reference). */
  revise(ts: string, revision: Revision): SlackMessage {
    const before = this.#messages.get(ts);
    if (before === undefined) throw new Error(`No message ${ts} to revise`);
    const marked = revision.blocks.length === 0 ? { editedAt: new Date(this.#now()).toISOString() } : {};
    const after: SlackMessage = { ...before, ...revision, ...marked, edits: before.edits + 1 };
    this.#messages.set(ts, after);
    this.#announce();
    return after;
  }

  remove(ts: string): void {
    if (this.#messages.delete(ts)) this.#announce();
  }

  find(channel: string, ts: string): SlackMessage | undefined {
    const message = this.#messages.get(ts);
    return message?.channel === channel ? message : undefined;
  }

  all(): readonly SlackMessage[] {
    return [...this.#messages.values()];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells the listeners of something beside messages. */
  touch(): void {
    this.#announce();
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Like Slack's ts: unique within a channel and increasing; seconds, a dot, six digits. */
  #nextTs(): string {
    this.#lastMicros = Math.max(this.#now() * 1000, this.#lastMicros + 1);
    const digits = String(Math.trunc(this.#lastMicros)).padStart(7, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}
