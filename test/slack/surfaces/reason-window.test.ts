import { describe, expect, it, vi } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { reasonView } from '../../../src/slack/parts/reason-view.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { type GivenRules, people } from '../../fixtures/policy.ts';
import { ALICE, BOB, MALLORY } from '../../sandbox/slack/slack-for-tests.ts';
import { base, changeOf } from '../card-events.ts';
import type { SlackWorld } from '../slack-world.ts';
import { ID, tellPlan, worldsOfTests } from '../world-of-test.ts';

const world = worldsOfTests();

async function planned(rules: GivenRules = {}): Promise<SlackWorld> {
  const w = await world({ rules });
  await w.local.command('alice', '/registry-ha add node-2');
  await vi.waitFor(() => expect(w.messages()).not.toEqual([]), PATIENT);
  await tellPlan(w);
  await cardSays(w, 'The plan is ready');
  return w;
}

const cardSays = (w: SlackWorld, words: string) =>
  vi.waitFor(() => expect(w.messages().find(({ threadTs }) => threadTs === undefined)?.text).toContain(words), PATIENT);
const opened = (w: SlackWorld) => vi.waitFor(() => expect(w.local.modals()).toHaveLength(1), PATIENT);
const stateOf = async (w: SlackWorld) => (await w.changes.get(ID))?.change.state;

describe('Deny', () => {
  it('asks for a reason, which is on the card and in the thread', async () => {
    const w = await planned();
    await w.local.click('bob', 'Deny');
    await opened(w);
    expect(await stateOf(w)).toBe('planned');
    await w.local.fill('bob', 'Reason', 'first the *disk*');
    await w.local.submit('bob');
    await cardSays(w, 'Denied. By <@U0BOB>: “first the ∗disk∗”. Nothing was changed.');
    expect((await w.changes.get(ID))?.change).toMatchObject({ state: 'denied', deniedWhy: 'first the *disk*' });
    const told = 'denied by <@U0BOB>: “first the ∗disk∗”.';
    await vi.waitFor(
      () =>
        expect(
          w
            .messages()
            .map(({ text }) => text)
            .join('\n'),
        ).toContain(told),
      PATIENT,
    );
  });

  it('needs no reason', async () => {
    const w = await planned();
    await w.local.click('alice', 'Deny');
    await opened(w);
    await w.local.submit('alice');
    await cardSays(w, 'Denied. By <@U0ALICE>. Nothing was changed.');
  });

  it('opens no window for a person who may not deny', async () => {
    const w = await planned();
    await w.local.click('mallory', 'Deny');
    await vi.waitFor(() => expect(w.ephemeralFor(MALLORY).join()).toContain('You may not deny'), PATIENT);
    expect(w.local.modals()).toEqual([]);
  });

  it('denies at once where Slack shows no window', async () => {
    const w = await planned();
    w.local.fault('slack-5xx', ['views.open']);
    await w.local.click('bob', 'Deny');
    await cardSays(w, 'Denied. By <@U0BOB>. Nothing was changed.');
  });

  it('counts once: a window that is submitted after another decision gets an explanation', async () => {
    const w = await planned();
    await w.local.click('alice', 'Deny');
    await opened(w);
    await w.local.click('bob', 'Approve');
    await cardSays(w, 'Approved.');
    await w.local.submit('alice');
    await vi.waitFor(() => expect(w.ephemeralFor(ALICE).join()).toContain('was already approved by bob'), PATIENT);
    expect(await stateOf(w)).toBe('approved');
  });

  it('approves alone with a reason, which the card and the channel show with the people who are told', async () => {
    const w = await planned({ breakGlass: { by: people(ALICE.id), tell: people(BOB.id) } });
    await w.local.click('alice', 'Break glass');
    await opened(w);
    await w.local.fill('alice', 'Reason', ' ');
    await w.local.submit('alice');
    expect(w.local.modals().at(-1)?.errors).toMatchObject({ why: expect.stringContaining('The reason is empty') });
    expect(await stateOf(w)).toBe('planned');
    await w.local.fill('alice', 'Reason', 'the bootstrap node is dying');
    await w.local.submit('alice');
    await cardSays(w, 'Approved.');
    expect((await w.changes.get(ID))?.change.brokenGlass?.reason).toBe('the bootstrap node is dying');
    const card = w.messages().find(({ threadTs }) => threadTs === undefined);
    expect(JSON.stringify(card?.blocks)).toContain('*Break glass*: <@U0ALICE> approved this alone');
    const shouted = () =>
      w.messages().find(({ text, threadTs }) => threadTs !== undefined && text.includes('Break glass'));
    await vi.waitFor(() => expect(shouted()?.text).toContain('“the bootstrap node is dying”. <@U0BOB>'), PATIENT);
  });

  it('breaks no glass without a reason, where Slack shows no window', async () => {
    const w = await planned({ breakGlass: { by: people(ALICE.id), tell: people(BOB.id) } });
    w.local.fault('slack-5xx', ['views.open']);
    await w.local.click('alice', 'Break glass');
    await vi.waitFor(() => expect(w.ephemeralFor(ALICE).join()).toContain('gives a reason'), PATIENT);
    expect(await stateOf(w)).toBe('planned');
  });

  it.each(['deny', 'break-glass'] as const)('has a window that Slack accepts: %s', (kind) => {
    const view = reasonView(kind, changeOf(base), { change: ID, digest: 'a'.repeat(64), channel: 'C0OPS' });
    expect(validateBlocks('modal', view.blocks)).toEqual([]);
    expect(view.title.text.length).toBeLessThanOrEqual(24);
  });
});
