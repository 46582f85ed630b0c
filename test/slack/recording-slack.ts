import type { MessageRef } from '../../src/domain/change/change.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SlackPoster, TextFile } from '../../src/slack/api/poster.ts';
import type { SlackRefused } from '../../src/slack/api/slack-refused.ts';
import type { Urgency, updatePace } from '../../src/slack/api/update-pace.ts';
import type { Drawing, Home, Modal } from '../../src/slack/text/blocks.ts';

/** A poster that records its calls, and rejects them on demand. */
export class RecordingSlack implements SlackPoster {
  readonly updates: { readonly at: number; readonly ts: string; readonly drawing: Drawing }[] = [];
  readonly replies: { readonly ts: string; readonly text: string; readonly broadcast: boolean }[] = [];
  readonly posts: { readonly channel: string; readonly drawing: Drawing }[] = [];
  readonly files: { readonly ts: string; readonly name: string; readonly text: string; readonly comment: string }[] =
    [];
  readonly directs: { readonly user: string; readonly text: string }[] = [];
  /** Called before each call. */
  refusal: (what: 'update' | 'reply' | 'post' | 'direct' | 'upload', drawing?: Drawing) => SlackRefused | null = () =>
    null;
  /** The real limiter of edits; none unless a test sets it. */
  pace: ReturnType<typeof updatePace> | null = null;
  /** Requested edits, including rejected ones. */
  asked = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The edits of a message, in order. */
  edits(ts: string): RecordingSlack['updates'] {
    return this.updates.filter((update) => update.ts === ts);
  }

  /** The texts that a card showed, in order. */
  texts(ts: string): readonly string[] {
    return this.edits(ts).map(({ drawing }) => drawing.text);
  }

  /** What the list of steps in the thread of this card showed, in order. */
  lists(card: string): readonly string[] {
    const lists = this.updates.filter(({ ts }) => ts.startsWith(`${card} reply `));
    return lists.map(({ drawing }) => `${drawing.text} ${JSON.stringify(drawing.blocks)}`);
  }

  async post(channel: string, drawing: Drawing): Promise<MessageRef> {
    this.#refuse('post', drawing);
    return { channel, ts: `${this.posts.push({ channel, drawing })}.0` };
  }

  async repost(channel: string, drawing: Drawing): Promise<MessageRef> {
    return await this.post(channel, drawing);
  }

  async direct(user: string, text: string): Promise<void> {
    this.#refuse('direct');
    this.directs.push({ user, text });
  }

  readonly opened: { readonly trigger: string; readonly view: Modal }[] = [];

  async open(trigger: string, view: Modal): Promise<void> {
    this.opened.push({ trigger, view });
  }

  readonly homes: { readonly user: string; readonly view: Home }[] = [];

  async publish(user: string, view: Home): Promise<void> {
    this.homes.push({ user, view });
  }

  async redraw(view: string, _hash: string | undefined, as: Modal): Promise<void> {
    this.opened.push({ trigger: view, view: as });
  }

  readonly whispers: { readonly channel: string; readonly user: string; readonly text: string }[] = [];

  async whisper({ channel }: { readonly channel: string }, user: string, { text }: Drawing): Promise<void> {
    this.whispers.push({ channel, user, text });
  }

  async upload({ ts }: MessageRef, { name, text }: TextFile, comment: string): Promise<void> {
    this.#refuse('upload');
    this.files.push({ ts, name, text, comment });
  }

  async uploadTo(user: string, { name, text }: TextFile, comment: string): Promise<void> {
    this.#refuse('upload');
    this.files.push({ ts: user, name, text, comment });
  }

  #refuse(what: 'post' | 'direct' | 'upload', drawing?: Drawing): void {
    const refusal = this.refusal(what, drawing);
    if (refusal !== null) throw refusal;
  }

  async update(place: MessageRef, drawing: Drawing, urgency: Urgency): Promise<void> {
    const { ts } = place;
    this.asked += 1;
    this.pace?.take(place, urgency);
    const refusal = this.refusal('update', drawing);
    if (refusal !== null) throw refusal;
    this.updates.push({ at: this.#clock.now().getTime(), ts, drawing });
  }

  async reply({ channel, ts }: MessageRef, text: string, broadcast: boolean): Promise<MessageRef> {
    const refusal = this.refusal('reply');
    if (refusal !== null) throw refusal;
    return { channel, ts: `${ts} reply ${this.replies.push({ ts, text, broadcast })}` };
  }
}

/** A log that keeps its messages. */
export class KeptLog {
  readonly lines: string[] = [];
  /** The fields of the lines, in the same order. */
  readonly fields: object[] = [];
  info(fields: object, sentence: string): void {
    this.lines.push(`info ${sentence}`);
    this.fields.push(fields);
  }
  warn(fields: object, sentence: string): void {
    this.lines.push(`warn ${sentence}`);
    this.fields.push(fields);
  }
  error(fields: object, sentence: string): void {
    this.lines.push(`error ${sentence}`);
    this.fields.push(fields);
  }
}
