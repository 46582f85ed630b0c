import type { LocalSlack, SlackMessage } from '../slack/local-slack.ts';

/** What somebody could read in the channel, once: cards are edited, so most of it is gone later. */
export interface SeenText {
  /** Every text of one message as it stood at one moment. */
  readonly texts: readonly string[];
  readonly ephemeralFor: string | undefined;
  /** It came by itself: no reply in a thread, and nothing that was edited. */
  readonly isFresh: boolean;
}

/** Remembers everything that any message has ever shown. */
export class SeenTexts {
  readonly #seen = new Map<string, SeenText>();
  readonly #slack: LocalSlack;
  readonly #stop: () => void;

  constructor(slack: LocalSlack) {
    this.#slack = slack;
    this.#stop = slack.onChange(() => this.#look());
  }

  all(): readonly SeenText[] {
    this.#look();
    return [...this.#seen.values()];
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    for (const message of this.#slack.messages()) {
      const key = `${message.ts} ${message.edits}`;
      const { ephemeralFor, edits, threadTs } = message;
      const isFresh = edits === 0 && threadTs === undefined;
      if (!this.#seen.has(key)) this.#seen.set(key, { texts: textsOf(message), ephemeralFor, isFresh });
    }
  }
}

/** Does one of the texts hold these words, as Slack sent them or as people read them? */
export function holds({ texts }: SeenText, wanted: string): boolean {
  const words = oneLine(wanted);
  return texts.some((text) => oneLine(text).includes(words) || oneLine(asRead(text)).includes(words));
}

/** Fields of blocks that nobody reads. */
const UNREAD = new Set(['type', 'block_id', 'action_id', 'value', 'style', 'task_id', 'status', 'emoji']);

/** Every text of a message. */
export function textsOf({ text, blocks }: SlackMessage): readonly string[] {
  const pieces = blocks.map(stringsIn);
  return [text, ...pieces.flat(), ...pieces.map((parts) => parts.join(''))].map(unescaped);
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => (UNREAD.has(name) ? [] : stringsIn(part)));
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Without the signs of mrkdwn: bold, code, and links and dates by the words that stand for them. */
const asRead = (text: string): string => text.replaceAll(/<[^<>|]*\|([^<>]*)>/g, '$1').replaceAll(/[*`]/g, '');

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
