import { describe, expect, it } from 'vitest';
import { groups, people } from '../../fixtures/policy.ts';
import { ALICE, BOB, CAROL, eventually, MALLORY } from '../../sandbox/slack/slack-for-tests.ts';
import type { SlackWorld } from '../slack-world.ts';
import { tellPlan, worldsOfTests } from '../world-of-test.ts';

const world = worldsOfTests();
const shown = (w: SlackWorld, words: string) =>
  eventually(
    () => w.messages().find(({ text, ephemeralFor }) => ephemeralFor === undefined && text.includes(words)),
    8000,
  );
const told = (w: SlackWorld, person: { readonly id: string }, words: string) =>
  eventually(() => w.ephemeralFor(person).find((text) => text.includes(words)));

/** Alice requests a change, and the worker's plan appears in the record. */
async function askedAndPlanned(w: SlackWorld): Promise<void> {
  await w.local.command('alice', '/registry-ha add node-2');
  await shown(w, 'Inspecting');
  await tellPlan(w);
  await shown(w, 'The plan is ready');
}

describe('a policy with two approvals', () => {
  it('shows both approvals on the card, and keeps the buttons for the second one', async () => {
    const w = await world({ rules: { approvers: people(BOB.id, CAROL.id), approvals: 2 } });
    await askedAndPlanned(w);
    await shown(w, '2 approvers must approve it');
    await w.local.click('bob', 'Approve');
    await told(w, BOB, 'Your approval is noted: 1 of 2. 1 more person must approve.');
    await shown(w, '1 of 2 approvals: <@U0BOB>.');
    await w.local.click('bob', 'Approve');
    await told(w, BOB, 'already counts');
    await w.local.click('carol', 'Approve');
    await shown(w, 'Approved. By <@U0BOB> and <@U0CAROL>.');
    expect(w.ephemeralFor(CAROL)).toEqual([]);
  });
});

describe('a freeze', () => {
  it('is shown in the channel, on the card, in refusals and in help, and so is its end', async () => {
    const w = await world();
    await askedAndPlanned(w);
    await w.local.command('alice', '/registry-ha freeze --reason "year <end>"');
    await shown(w, 'The cluster lab is frozen by <@U0ALICE> since');
    await shown(w, 'The plan is ready. An approver must approve or deny it');
    await eventually(() =>
      w
        .messages()
        .find(
          ({ text }) =>
            text.includes('The plan is ready') && text.includes('frozen') && text.includes('year &lt;end&gt;'),
        ),
    );
    await w.local.click('bob', 'Approve');
    await told(w, BOB, 'The cluster lab is frozen by alice');
    await w.local.command('mallory', '/registry-ha unfreeze');
    await told(w, MALLORY, 'You may not lift this.');
    await w.local.command('bob', '/registry-ha help');
    await told(w, BOB, 'frozen by <@U0ALICE>');
    await w.local.command('bob', '/registry-ha unfreeze');
    await shown(w, 'is no longer frozen: <@U0BOB> lifted the freeze of <@U0ALICE>.');
    await w.local.click('bob', 'Approve');
    await shown(w, 'Approved. By <@U0BOB>.');
  });
});

describe('a lock of a node', () => {
  it('blocks exactly what its message says, and says that the name is unchecked', async () => {
    const w = await world({ rules: { requesters: people(ALICE.id), approvers: people(BOB.id) } });
    await w.local.command('alice', '/registry-ha lock node-1 --reason "new disk"');
    const { text } = await shown(w, 'node-1 is locked by <@U0ALICE> since');
    expect(text).toContain('The bot cannot check that node-1 exists');
    expect(text).toContain('Nobody can request a change that names node-1');
    await w.local.command('alice', '/registry-ha add node-1');
    await told(w, ALICE, 'node-1 is locked by alice');
    expect(text).toContain('or approve or retry a plan that touches it. Nearly every add touches it');
    await askedAndPlanned(w);
    await w.local.click('bob', 'Approve');
    await told(w, BOB, 'No change that touches it may start. Restarting its container engine counts.');
    expect(text).toContain('To lift it: `/registry-ha unlock node-1`');
    await w.local.command('alice', '/registry-ha unlock node-1');
    await shown(w, 'node-1 is no longer locked');
    await w.local.click('bob', 'Approve');
    await shown(w, 'Approved. By <@U0BOB>.');
  });

  it('of the whole cluster names no node', async () => {
    const w = await world();
    await w.local.command('alice', '/registry-ha lock cluster');
    const { text } = await shown(w, 'The cluster lab is locked by <@U0ALICE>');
    expect(text).toContain('Nobody can request, approve or retry a change now.');
    expect(text).not.toContain('node');
  });
});

describe('help', () => {
  const lines = async (w: SlackWorld, name: string, who: { readonly id: string }) => {
    const before = w.ephemeralFor(who).length;
    await w.local.command(name, '/registry-ha help');
    return await eventually(() => w.ephemeralFor(who)[before]);
  };

  it('shows only what this person may do', async () => {
    const w = await world({ rules: { requesters: people(ALICE.id), approvers: people(BOB.id) } });
    const [asker, approver, stranger] = [
      await lines(w, 'alice', ALICE),
      await lines(w, 'bob', BOB),
      await lines(w, 'mallory', MALLORY),
    ];
    expect(asker).toContain('/registry-ha add node-2');
    expect(asker).toContain('/registry-ha freeze');
    expect(asker).toContain('plans that touch it');
    expect(asker).toContain('Another person approves them');
    expect(approver).toContain('You may approve, deny and cancel changes of lab');
    expect(stranger).not.toContain('add node-2');
    expect(stranger).not.toContain('freeze');
    expect(stranger).toContain('You may not request or approve changes');
  });

  it('names a user group that could not be read', async () => {
    const w = await world({ rules: { requesters: people(ALICE.id), approvers: groups('S0GONE') } });
    expect(await lines(w, 'alice', ALICE)).toContain(
      'The user group S0GONE could not be read (there is no such group)',
    );
  });
});

describe('the nodes that the worker has named', () => {
  const nodes = { names: ['bootstrap', 'node-1', 'node-2'], bootstrap: ['bootstrap'], ageMs: 0 };

  it('are the only ones that can be added or locked; any other name is answered privately, without a card', async () => {
    const w = await world();
    await w.life.beat({ trouble: null, who: null, nodes });
    await w.local.command('alice', '/registry-ha add node-9');
    await told(w, ALICE, 'The cluster lab has no node “node-9”. Did you mean “node-1” or “node-2”?');
    await told(w, ALICE, 'If the node was added just now, run the command again in two minutes.');
    await w.local.command('alice', '/registry-ha add bootstrap');
    await told(w, ALICE, 'bootstrap is the bootstrap node, which has the first registry.');
    await w.local.command('alice', '/registry-ha lock node-9');
    expect(w.messages().filter(({ ephemeralFor }) => ephemeralFor === undefined)).toEqual([]);
    await w.local.command('alice', '/registry-ha lock node-1');
    expect((await shown(w, 'node-1 is locked by')).text).not.toContain('cannot check');
  });

  it('refuse nothing when the list is old', async () => {
    const w = await world();
    await w.life.beat({ trouble: null, who: null, nodes: { ...nodes, ageMs: 600_000 } });
    await w.local.command('alice', '/registry-ha add node-9');
    await shown(w, 'Inspecting');
  });
});
