import { PEOPLE } from '../people.ts';
import type { LocalSlack, SlackMessage } from '../slack/local-slack.ts';
import { notifiedBy } from './notified.ts';

/** A text that people could read in the channel. Cards are edited, so most texts are replaced later. */
export interface SeenText {
  /** Every text of one version of a message. */
  readonly texts: readonly string[];
  readonly ephemeralFor: string | undefined;
  /** IDs of the people whom this version of the message notified. */
  readonly notified: readonly string[];
  /** Whether the message is new: not a reply in a thread, and not edited. */
  readonly isFresh: boolean;
}

/** Keeps every text that any message has shown. */
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

  #filesOf({ files = [] }: SlackMessage): readonly string[] {
    return files.flatMap(({ id, name }) => [name, this.#slack.fileText(id) ?? '']);
  }

  #look(): void {
    for (const message of this.#slack.messages()) {
      const key = `${message.ts} ${message.edits}`;
      const { ephemeralFor, edits, threadTs } = message;
      const isFresh = edits === 0 && threadTs === undefined;
      if (!this.#seen.has(key)) {
        const notified = notifiedBy(message, PEOPLE);
        this.#seen.set(key, {
          texts: [...textsOf(message), ...this.#filesOf(message)],
          ephemeralFor,
          notified,
          isFresh,
        });
      }
    }
  }
}

/** Whether one of the texts contains these words, either as Slack sent them or as people read them. */
export function holds({ texts }: Pick<SeenText, 'texts'>, wanted: string): boolean {
  const words = oneLine(wanted);
  return texts.some((text) => oneLine(text).includes(words) || oneLine(asRead(text)).includes(words));
}

/** Block fields that people do not read. */
const UNREAD = new Set(['type', 'block_id', 'action_id', 'value', 'style', 'task_id', 'status', 'emoji']);

/** Every text of a message. */
export function textsOf({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): readonly string[] {
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

/** Without mrkdwn syntax: bold and code marks removed, links and dates replaced by their label. */
const asRead = (text: string): string => text.replaceAll(/<[^<>|]*\|([^<>]*)>/g, '$1').replaceAll(/[*`]/g, '');

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
