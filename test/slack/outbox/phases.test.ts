import { afterEach, describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { phaseReplies } from '../../../src/slack/card/phases.ts';
import { approved, changeOf, planned, requested } from '../card-events.ts';
import { largePlan } from '../large-plan.ts';
import { World } from '../notifier-world.ts';

const ID = 'lab-aaaaaa';
const COPIES = ['copy:node-2:metalk8s-127.0.6', 'copy:node-2:metalk8s-128.0.1', 'copy:node-2:example-solution-0.1.0'];

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.stop()));
});

async function running(...replicas: readonly 'second'[]): Promise<World> {
  const w = new World();
  worlds.push(w);
  w.start();
  for (const _ of replicas) w.start();
  await w.request(ID);
  await w.tell(ID, planned(), approved(), { type: 'started', at: w.at });
  await w.clock.advance(30_000);
  w.slack.replies.length = 0;
  return w;
}

const done = (
  w: World,
  step: string,
  more: Partial<Extract<ChangeEvent, { type: 'step-done' }>> = {},
): ChangeEvent => ({
  ...{ type: 'step-done', at: w.at, step, already: false, seconds: 30 },
  ...more,
});
const lines = ({ slack }: World) => slack.replies.flatMap(({ text }) => text.split('\n'));

describe('the thread of a running change', () => {
  it('has a line for each phase, once the last step of its kind on a node is done', async () => {
    const w = await running();
    await w.tell(ID, ...COPIES.slice(0, 2).map((step) => done(w, step)));
    await w.clock.advance(30_000);
    expect(lines(w)).toEqual([]);
    await w.tell(ID, ...COPIES.slice(2).map((step) => done(w, step)));
    await w.clock.advance(30_000);
    expect(lines(w)).toEqual([':white_check_mark: Copy archives to node-2 (3 copies) · 1 min 30 s']);
  });

  it('puts phases that end together into one message, for Slack takes one a second', async () => {
    const w = await running();
    await w.tell(ID, ...COPIES.map((step) => done(w, step, { already: true })), done(w, 'mount:node-2'));
    await w.clock.advance(30_000);
    expect(w.slack.replies).toHaveLength(1);
    expect(lines(w)).toEqual([
      ':white_check_mark: Copy archives to node-2 (3 copies) · already so',
      ':white_check_mark: Mount 2 MetalK8s archives on node-2 · 30 s',
    ]);
  });

  it('has each line once, also with two bots and a Slack that refuses at first', async () => {
    const w = await running('second');
    let refused = 0;
    w.slack.refusal = (what) => (what === 'reply' && refused++ < 2 ? new SlackRefused('unavailable', 'timeout') : null);
    await w.tell(ID, ...COPIES.map((step) => done(w, step)), done(w, 'mount:node-2'));
    await w.clock.advance(120_000);
    expect(lines(w)).toHaveLength(2);
    expect(new Set(lines(w)).size).toBe(2);
  });
});

it('a change of many nodes has a line for each kind of step, never more than 40', () => {
  const { intent, plan } = largePlan(20, 3);
  const at = '2026-11-22T10:05:00.000Z';
  const all = plan.approved.steps.map(
    ({ id }): ChangeEvent => ({ type: 'step-done', at, step: id, already: false, seconds: 1 }),
  );
  const change = changeOf([requested(intent), planned(plan), approved(plan), { type: 'started', at }, ...all]);
  const replies = phaseReplies(change);
  expect(replies.length).toBeLessThanOrEqual(40);
  expect(replies.map(({ text }) => text)).toContain(':white_check_mark: Copy archives to 20 nodes (60 copies) · 1 min');
});
