import { describe, expect, it } from 'vitest';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { type Urgency, updatePace } from '../../../src/slack/api/update-pace.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

/** Messages that ask for edits as the notifier does: again after the time they were told. */
class Messages {
  readonly clock = new FakeClock();
  readonly pace = updatePace(this.clock);
  readonly edited: string[] = [];
  refusals = 0;

  want(ts: string, urgency: () => Urgency): void {
    this.#ask(ts, urgency).catch((error: unknown) => this.edited.push(String(error)));
  }

  async #ask(ts: string, urgency: () => Urgency): Promise<void> {
    for (;;) {
      try {
        this.pace.take({ channel: 'C0OPS', ts }, urgency());
        this.edited.push(ts);
        return;
      } catch (error) {
        if (!(error instanceof SlackRefused && error.isOwnLimit)) throw error;
        this.refusals += 1;
        await this.clock.sleep(error.retryAfterMs, NEVER);
      }
    }
  }
}

const NEVER = new AbortController().signal;

const many = (word: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${word} ${at}`);

describe('messages that wait for an edit', () => {
  it('are edited in the order in which they were wanted', async () => {
    const w = new Messages();
    const cards = many('card', 60);
    for (const card of cards) w.want(card, () => 'end');
    await w.clock.advance(120_000);
    expect(w.edited).toEqual(cards);
  });

  it('wait for a more urgent one, which came later', async () => {
    const w = new Messages();
    for (const card of many('rival', 60)) w.want(card, () => 'aside');
    await w.clock.advance(20_000);
    const before = w.edited.length;
    w.want('plan', () => 'end');
    await w.clock.advance(1_800);
    expect(w.edited.slice(before)).toContain('plan');
  });

  it('have all their edits although more urgent ones keep coming', async () => {
    const w = new Messages();
    const cards = many('rival', 10);
    for (const card of cards) w.want(card, () => 'aside');
    for (let at = 0; at < 30; at += 1) {
      w.want(`end ${at}`, () => 'end');
      await w.clock.advance(3_000);
    }
    expect(cards.filter((card) => !w.edited.includes(card))).toEqual([]);
  });

  it('go ahead as soon as their news are more urgent', async () => {
    const w = new Messages();
    let urgency: Urgency = 'aside';
    for (const card of many('rival', 30)) w.want(card, () => 'aside');
    w.want('decided', () => urgency);
    await w.clock.advance(10_000);
    expect(w.edited).not.toContain('decided');
    urgency = 'end';
    await w.clock.advance(4_000);
    expect(w.edited).toContain('decided');
  });

  it('do not wait for one that does not ask again', async () => {
    const w = new Messages();
    for (const card of many('first', 5)) w.want(card, () => 'end');
    for (const gone of many('gone', 20))
      expect(() => w.pace.take({ channel: 'C0OPS', ts: gone }, 'end')).toThrow(SlackRefused);
    w.want('card', () => 'end');
    await w.clock.advance(15_000);
    expect(w.edited).toContain('card');
  });

  it('ask only now and then', async () => {
    const w = new Messages();
    for (const card of many('card', 70)) w.want(card, () => 'end');
    await w.clock.advance(60_000);
    expect(w.refusals).toBeLessThan(70 * 16);
  });
});
