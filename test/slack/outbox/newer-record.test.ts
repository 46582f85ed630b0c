import { beforeEach, describe, expect, it } from 'vitest';
import { NO_CALLS } from '../../../src/app/policy/calls.ts';
import { WORKER_THERE } from '../../../src/domain/cluster/worker-state.ts';
import { NOTHING_HELD } from '../../../src/domain/policy/active-holds.ts';
import type { Changes } from '../../../src/ports/record.ts';
import { type DrawPorts, drawCard, nothingLearnt } from '../../../src/slack/outbox/draw-card.ts';
import { SettableClock } from '../../app/bench.ts';
import { FakeCards } from '../../fakes/fake-cards.ts';
import { FakeChanges } from '../../fakes/fake-changes.ts';
import { ALICE, planned, requested } from '../card-events.ts';
import { KeptLog, RecordingSlack } from '../recording-slack.ts';

const ID = 'lab-7f3k2q';
const at = '2026-11-22T10:00:00.000Z';

describe('a bot that cannot read an entry', () => {
  let clock: SettableClock;
  let changes: FakeChanges;
  let whole: Changes['get'];
  let cards: FakeCards;
  let slack: RecordingSlack;

  beforeEach(async () => {
    clock = new SettableClock();
    changes = new FakeChanges('lab');
    whole = changes.get.bind(changes);
    cards = new FakeCards([changes], clock);
    slack = new RecordingSlack(clock);
    await changes.append(ID, 0, requested());
    await changes.append(ID, 1, planned());
    await cards.hang(ID, { channel: 'C0OPS', ts: '1.1' });
  });

  /** Draws the card as a bot that can read every entry, or not the second one. */
  async function draw(reads: 'all' | 'some', is: 'newer' | 'unsigned' = 'newer'): Promise<string> {
    changes.get = async (id) => {
      const stored = await whole(id);
      return stored === null || reads === 'all' ? stored : { ...stored, doubt: { is, entries: [2] } };
    };
    const useCases = {
      waitsFor: async () => [],
      calls: async () => NO_CALLS,
      rivals: async () => [],
      workerOf: async () => WORKER_THERE,
      activeHolds: async () => NOTHING_HELD,
    };
    const ports: DrawPorts = {
      changes: () => changes,
      cards,
      slack,
      useCases,
      clock,
      log: new KeptLog(),
      linkTo: () => '',
    };
    let drawn = '';
    await cards.whileLeased(ID, 1_000, async (lease) => {
      drawn = (await drawCard(ID, false, lease, nothingLearnt(), ports)).is;
    });
    return drawn;
  }

  it('shows the plan again once it has the key that was missing, without a new entry', async () => {
    expect(await draw('some', 'unsigned')).toBe('drawn');
    expect(slack.texts('1.1').at(-1)).toContain('DO NOT BELIEVE THIS RECORD');
    expect(await draw('some', 'unsigned')).toBe('nothing');
    expect(await draw('all')).toBe('drawn');
    expect(slack.texts('1.1').at(-1)).toContain('The plan is ready');
    expect(JSON.stringify(slack.updates.at(-1)?.drawing.blocks)).toContain('"actions"');
  });

  it('that is newer says so on the card and once in the thread, without buttons', async () => {
    expect(await draw('some')).toBe('drawn');
    expect(slack.texts('1.1').at(-1)).toContain('A newer version of registry-ha wrote 1 entry (2)');
    expect(JSON.stringify(slack.updates.at(-1)?.drawing.blocks)).not.toContain('"actions"');
    expect(await draw('some')).toBe('nothing');
    expect(slack.replies.map(({ broadcast }) => broadcast)).toEqual([false]);
    expect(slack.replies[0]?.text).toContain('Update the bot');
  });

  it('leaves the card to the next bot that can read it', async () => {
    await draw('some');
    expect(await cards.behind()).toEqual([ID]);
    expect(await draw('all')).toBe('drawn');
    expect(slack.texts('1.1').at(-1)).toContain('The plan is ready.');
    expect(await cards.behind()).toEqual([]);
  });

  it('leaves a card alone whose place a newer bot wrote: no edit, no second card, and it stays outdated', async () => {
    cards.postedByNewer(ID);
    await changes.append(ID, 2, { type: 'denied', at, by: ALICE });
    expect(await draw('all')).toBe('nothing');
    expect([slack.updates, slack.posts, slack.replies]).toEqual([[], [], []]);
    expect(await cards.behind()).toEqual([ID]);
  });

  it('does not draw over what a newer bot has drawn', async () => {
    await draw('all');
    expect(await draw('some')).toBe('nothing');
    expect(slack.texts('1.1').at(-1)).toContain('The plan is ready.');
    await changes.append(ID, 2, { type: 'denied', at, by: ALICE });
    expect(await draw('some')).toBe('drawn');
    expect(await draw('all')).toBe('drawn');
    expect(slack.texts('1.1').at(-1)).toContain('Denied');
  });
});
