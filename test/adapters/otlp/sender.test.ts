import { expect, it } from 'vitest';
import { SpanSender, SpansRejected } from '../../../src/adapters/otlp/sender.ts';
import type { Span } from '../../../src/domain/traces/span.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { spanOf } from '../../fixtures/spans.ts';

const [one, two, three] = [spanOf('one'), spanOf('two'), spanOf('three')];
const many = (count: number): readonly Span[] => Array.from({ length: count }, (_, n) => spanOf(`span ${n}`));

/** A sender whose posts are kept, and end as the test says. */
function bench(post: (spans: readonly Span[]) => Promise<void> = async () => undefined) {
  const clock = new FakeClock();
  const posts: (readonly string[])[] = [];
  const unsent: object[] = [];
  const left: number[] = [];
  const sender = new SpanSender({
    clock,
    post: async (spans) => {
      posts.push(spans.map(({ name }) => name));
      await post(spans);
    },
    onUnsent: (_, counts) => unsent.push(counts),
    onLeft: (spans) => left.push(spans),
  });
  return { clock, sender, posts, unsent, left };
}

const away = async () => Promise.reject(new Error('away'));

it('sends what ends within a second together', async () => {
  const { sender, clock, posts } = bench();
  sender.send([one]);
  sender.send([]);
  sender.send([two, three]);
  expect(posts).toEqual([]);
  await clock.advance(1_000);
  expect(posts).toEqual([['one', 'two', 'three']]);
  sender.send([one]);
  await clock.advance(1_000);
  expect(posts).toHaveLength(2);
  await clock.advance(600_000);
  expect(posts).toHaveLength(2);
});

it('keeps what it cannot send, tries again after half a minute, and loses nothing', async () => {
  let isAway = true;
  const { sender, clock, posts, unsent } = bench(async () => (isAway ? await away() : undefined));
  sender.send([one]);
  await clock.advance(1_000);
  sender.send([two]);
  await clock.advance(29_000);
  expect(unsent).toEqual([{ waiting: 1, lost: 0 }]);
  isAway = false;
  await clock.advance(1_000);
  expect(posts).toEqual([['one'], ['one', 'two']]);
  await sender.close();
  expect(posts).toHaveLength(2);
});

it('keeps the newest 2,000 spans during an outage, and counts the others', async () => {
  const { sender, clock, posts, unsent, left } = bench(away);
  sender.send(many(1_500));
  await clock.advance(1_000);
  sender.send(many(600));
  await clock.advance(30_000);
  expect(unsent).toEqual([
    { waiting: 1_500, lost: 0 },
    { waiting: 2_000, lost: 100 },
  ]);
  expect(posts[1]?.[0]).toBe('span 100');
  expect(posts[1]).toHaveLength(500);
  await sender.close();
  expect(left).toEqual([2_000]);
});

it('gives up spans that are rejected for good, and goes on with the next ones', async () => {
  const words = { where: 'the collector', what: 'It rejects them.', next: 'Check it.' };
  let isFirst = true;
  const { sender, clock, posts, unsent } = bench(async () => {
    if (isFirst) throw new SpansRejected('traces', words);
  });
  sender.send(many(501));
  await clock.advance(1_000);
  isFirst = false;
  await clock.advance(60_000);
  expect(unsent[0]).toEqual({ waiting: 1, lost: 500 });
  expect(posts.slice(1).flat()).toEqual(['span 500']);
});

it('sends spans that come while the last ones leave, at whatever moment', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const { sender, clock, posts } = bench(async ([first]) => {
      if (first === one) void afterTurns(turns).then(() => sender.send([two]));
    });
    sender.send([one]);
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(posts).toEqual([['one'], ['two']]);
  }
});

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await null;
}

it('sends the rest at the end of the process at once', async () => {
  const { sender, posts, left } = bench();
  sender.send([one]);
  await sender.close();
  expect(posts).toEqual([['one']]);
  expect(left).toEqual([]);
});

it('waits three seconds at the end for a collector that hangs, no longer', async () => {
  const { sender, clock, left } = bench(() => new Promise(() => undefined));
  sender.send([one, two]);
  await clock.advance(1_000);
  let isClosed = false;
  void sender.close().then(() => {
    isClosed = true;
  });
  await clock.advance(2_999);
  expect(isClosed).toBe(false);
  await clock.advance(1);
  expect(isClosed).toBe(true);
  expect(left).toEqual([2]);
});
