import { afterEach, describe, expect, it } from 'vitest';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { updatePace } from '../../../src/slack/api/update-pace.ts';
import { approved, planned } from '../card-events.ts';
import { World } from '../notifier-world.ts';

const ID = 'lab-aaaaaa';
const COPY = 'copy:node-2:metalk8s-127.0.6';
const NEXT = 'copy:node-2:metalk8s-128.0.1';

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.stop()));
});

function world(replicas = 1): World {
  const w = new World();
  worlds.push(w);
  for (let one = 0; one < replicas; one += 1) w.start();
  return w;
}

/** A change whose first copy runs, drawn. */
async function running(w: World, id = ID): Promise<World> {
  await w.request(id);
  await w.tell(
    id,
    planned(),
    approved(),
    { type: 'started', at: w.at },
    { type: 'step-started', at: w.at, step: COPY },
  );
  await w.clock.advance(10_000);
  return w;
}

const copied = (w: World, step = COPY) => ({ type: 'step-done', at: w.at, step, already: false, seconds: 30 }) as const;
const progress = (w: World, done: number) => ({ step: COPY, at: w.at, done, total: 1_000, unit: 'bytes' }) as const;
const done = (w: World) => {
  const proof = { served: 13, expected: 13, archives: 3, engines: 4, engineTotal: 4, blobs: 40 };
  return { type: 'done', at: w.at, proof, seconds: 90 } as const;
};
const heads = (w: World) => w.slack.replies.filter(({ text }) => text.includes('follow here'));

describe('the list of steps in the thread', () => {
  it.each([1, 2])('is one message, edited in place as steps end, with %i bots', async (replicas) => {
    const w = await running(world(replicas));
    expect(heads(w)).toEqual([{ ts: ID, text: 'The steps of `lab-aaaaaa` follow here.', broadcast: false }]);
    await w.tell(ID, copied(w), { type: 'step-started', at: w.at, step: NEXT });
    await w.clock.advance(10_000);
    await w.tell(ID, copied(w, NEXT), done(w));
    await w.clock.advance(20_000);
    const shown = w.slack.lists(ID).map((text) => /(\d+) of \d+ done/.exec(text)?.[1]);
    expect([...new Set(shown)]).toEqual(['0', '1', '2']);
    expect(heads(w)).toHaveLength(1);
  });

  it('shows the progress of a step three times less often than the card', async () => {
    const w = await running(world());
    const [cards, lists] = [w.slack.edits(ID).length, w.slack.lists(ID).length];
    for (let part = 1; part <= 90; part += 1) {
      await w.changes.progress(ID, progress(w, part * 10));
      await w.clock.advance(1_000);
    }
    const more = w.slack.lists(ID).length - lists;
    expect(more).toBeGreaterThanOrEqual(5);
    expect(w.slack.edits(ID).length - cards).toBeGreaterThan(2 * more);
    expect(w.slack.lists(ID).at(-1)).toContain('1.0 kB (');
  });

  it('lets every card go first when Slack’s limits are short, and shows the end', async () => {
    const w = world();
    w.slack.pace = updatePace(w.clock);
    const ids = Array.from({ length: 30 }, (_, at) => `lab-aaaa${at + 10}`);
    for (const id of ids) await running(w, id);
    for (let part = 1; part <= 60; part += 1) {
      for (const id of ids) await w.changes.progress(id, progress(w, part * 10));
      await w.clock.advance(1_000);
    }
    for (const id of ids) await w.tell(id, copied(w), done(w));
    await w.clock.advance(300_000);
    expect(ids.filter((id) => !w.slack.texts(id).at(-1)?.includes('Done.'))).toEqual([]);
    const withList = ids.filter((id) => w.slack.lists(id).length > 0);
    expect(withList.filter((id) => !w.slack.lists(id).at(-1)?.includes(': 1 of '))).toEqual([]);
    expect(await w.cards.behind()).toEqual([]);
  });

  it('catches up as soon as there are edits left, although nothing new happened', async () => {
    const w = world();
    let isShort = true;
    w.slack.refusal = (what, drawing) =>
      what === 'update' && isShort && drawing?.text.startsWith('Steps of') === true
        ? new SlackRefused('rate-limited', 'short', { retryAfterMs: 1_000 })
        : null;
    await running(w);
    expect([w.slack.texts(ID).at(-1), w.slack.lists(ID)]).toEqual([expect.stringContaining('In progress.'), []]);
    const cards = w.slack.edits(ID).length;
    isShort = false;
    await w.clock.advance(10_000);
    expect(w.slack.lists(ID)).toHaveLength(1);
    expect(w.slack.edits(ID)).toHaveLength(cards);
  });

  it('stays away once a person has deleted it', async () => {
    const w = await running(world());
    w.slack.refusal = (what, drawing) =>
      what === 'update' && drawing?.text.startsWith('Steps of') === true
        ? new SlackRefused('gone', 'message_not_found')
        : null;
    await w.tell(ID, copied(w));
    await w.clock.advance(20_000);
    await w.tell(ID, { type: 'step-started', at: w.at, step: NEXT });
    await w.clock.advance(20_000);
    expect(w.log.lines.filter((line) => line.includes('list of steps is gone'))).toHaveLength(1);
    expect(heads(w)).toHaveLength(1);
  });

  it('is posted in the thread of a card that was posted anew', async () => {
    const w = await running(world());
    w.slack.refusal = (what, drawing) =>
      what === 'update' && drawing?.text.startsWith('Add a registry') === true && w.slack.posts.length === 0
        ? new SlackRefused('gone', 'message_not_found')
        : null;
    await w.tell(ID, copied(w));
    await w.clock.advance(60_000);
    const place = await w.cards.known(ID);
    expect(heads(w).map(({ ts }) => ts)).toEqual([ID, place?.ts]);
    expect(w.slack.lists(place?.ts ?? '').at(-1)).toContain(': 1 of ');
  });

  it('is left to the newer bot that has posted it', async () => {
    const w = await running(world());
    w.cards.stepList = async () => 'newer';
    const before = w.slack.lists(ID).length;
    await w.tell(ID, copied(w));
    await w.clock.advance(20_000);
    expect([heads(w).length, w.slack.lists(ID).length]).toEqual([1, before]);
  });

  it('is the same one after Redis has lost its place', async () => {
    const w = await running(world());
    w.cards.forgetSteps(ID);
    await w.tell(ID, copied(w));
    await w.clock.advance(20_000);
    expect(heads(w)).toHaveLength(1);
    expect(w.slack.lists(ID).at(-1)).toContain(': 1 of ');
    expect(await w.cards.stepList(ID)).not.toBeNull();
  });

  it('is not posted for a change that ended before any bot saw it run', async () => {
    const w = new World();
    worlds.push(w);
    await w.request(ID);
    await w.tell(ID, planned(), approved(), { type: 'started', at: w.at }, copied(w), done(w));
    w.start();
    await w.clock.advance(30_000);
    expect(w.slack.texts(ID).at(-1)).toContain('Done.');
    expect([heads(w), w.slack.lists(ID)]).toEqual([[], []]);
  });
});
