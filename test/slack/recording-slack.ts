import type { MessageRef } from '../../src/domain/change/change.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SlackPoster } from '../../src/slack/api/poster.ts';
import type { SlackRefused } from '../../src/slack/api/slack-refused.ts';
import type { Drawing } from '../../src/slack/text/blocks.ts';

/** A poster that records its calls, and rejects them on demand. */
export class RecordingSlack implements SlackPoster {
  readonly updates: { readonly at: number; readonly ts: string; readonly drawing: Drawing }[] = [];
  readonly replies: { readonly ts: string; readonly text: string; readonly broadcast: boolean }[] = [];
  /** Called before each edit and reply. */
  refusal: (what: 'update' | 'reply', drawing?: Drawing) => SlackRefused | null = () => null;
  /** Requested edits, including rejected ones. */
  asked = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The texts that a card showed, in order. */
  texts(ts: string): readonly string[] {
    return this.updates.filter((update) => update.ts === ts).map(({ drawing }) => drawing.text);
  }

  async post(channel: string): Promise<MessageRef> {
    return { channel, ts: '1.0' };
  }

  async update({ ts }: MessageRef, drawing: Drawing): Promise<void> {
    this.asked += 1;
    const refusal = this.refusal('update', drawing);
    if (refusal !== null) throw refusal;
    this.updates.push({ at: this.#clock.now().getTime(), ts, drawing });
  }

  async reply({ ts }: MessageRef, text: string, broadcast: boolean): Promise<void> {
    const refusal = this.refusal('reply');
    if (refusal !== null) throw refusal;
    this.replies.push({ ts, text, broadcast });
  }
}

/** A log that keeps its messages. */
export class KeptLog {
  readonly lines: string[] = [];
  info(_: object, sentence: string): void {
    this.lines.push(`info ${sentence}`);
  }
  warn(_: object, sentence: string): void {
    this.lines.push(`warn ${sentence}`);
  }
  error(_: object, sentence: string): void {
    this.lines.push(`error ${sentence}`);
  }
}
