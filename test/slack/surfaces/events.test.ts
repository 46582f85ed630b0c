import { describe, expect, it, vi } from 'vitest';
import { PATIENT } from '../../fixtures/patience.ts';
import { freePort, MALLORY } from '../../sandbox/slack/slack-for-tests.ts';
import type { SlackWorld } from '../slack-world.ts';
import { ID, tellPlan, worldsOfTests } from '../world-of-test.ts';

const world = worldsOfTests();
const SCOPES = ['app_mentions:read', 'im:history'];

const shown = (w: SlackWorld, words: string) =>
  vi.waitFor(() => {
    const found = w.messages().find(({ text, author }) => author.isBot && text.includes(words));
    if (found === undefined) throw new Error(`No message says ${words}`);
    return found;
  }, PATIENT);

describe.each(['socket', 'http'] as const)('a mention, over %s', (mode) => {
  it('requests a change, and in the thread of its card it is about this change', async () => {
    const w = await world({ scopes: SCOPES, ...(mode === 'http' ? { http: { port: await freePort() } } : {}) });
    await w.local.command('alice', '@registry-ha add node-2 --reason "by mention"');
    const card = await shown(w, 'Inspecting the cluster');
    expect((await w.changes.get(ID))?.change.intent.reason).toBe('by mention');
    await tellPlan(w);
    await w.local.reply('alice', card.ts, '@registry-ha why');
    const told = await shown(w, 'Next: an approver clicks Approve or Deny');
    expect(told).toMatchObject({ threadTs: card.ts });
    expect(told.ephemeralFor).toBeUndefined();
    await w.local.reply('mallory', card.ts, '@registry-ha cancel');
    await vi.waitFor(() => expect(w.ephemeralFor(MALLORY)).toHaveLength(1), PATIENT);
    expect((await w.changes.get(ID))?.change.state).toBe('planned');
  });
});

it('an answer in a thread mentions nobody whose name is known', async () => {
  const w = await world({ scopes: SCOPES });
  await w.local.command('alice', '/registry-ha add node-2');
  await shown(w, 'Inspecting the cluster');
  await w.local.command('bob', '@registry-ha changes');
  const { text } = await shown(w, '1 open change');
  expect(text).toContain('requested by alice');
  expect(text).not.toContain('<@U0ALICE>');
});

it('an event that Slack sends twice counts once', async () => {
  const w = await world({ scopes: SCOPES });
  w.local.fault('slack-events-twice', []);
  await w.local.command('alice', '@registry-ha add node-2');
  await shown(w, 'Inspecting the cluster');
  await vi.waitFor(() => expect(w.log.lines).toContain('warn Slack sent an event again; it is ignored'), PATIENT);
  expect(await w.changes.open()).toHaveLength(1);
});

it('without the scopes, mentions reach nobody, and help and log say that they are off', async () => {
  const w = await world();
  await w.local.command('alice', '@registry-ha add node-2');
  await expect(w.local.direct('alice', 'status')).rejects.toThrow('turned off');
  expect(await w.changes.open()).toEqual([]);
  expect(w.log.lines.filter((line) => line === 'info An optional feature is off')).toHaveLength(2);
  expect(w.bot.lacking().off).toEqual([
    'Mentions of the bot, also in threads, are off: the Slack app lacks the optional scope app_mentions:read.',
    'Questions in direct messages are off: the Slack app lacks the optional scope im:history.',
  ]);
});
