import { expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { FakeHolds } from '../../fakes/fake-holds.ts';
import { people, policyOf } from '../../fixtures/policy.ts';
import { alice, bench, bob, mallory } from '../bench.ts';

it('help names every cluster once, whichever policy it has, and each freeze and lock with its cluster', async () => {
  const { bot, clock, cards } = bench();
  const policy = policyOf({ requesters: people(alice.id), approvers: people(bob.id) });
  const other = policyOf({ requesters: people(alice.id), approvers: people(mallory.id) });
  const holds = new FakeHolds();
  await holds.set({ verb: 'freeze', node: null, reason: 'move', by: alice, at: clock.now().toISOString() });
  const clusters = new Map([
    ['one', { ...bot, policy }],
    ['two', { ...bot, policy, holds }],
    ['three', { ...bot, policy: other }],
    ['four', { ...bot, policy }],
  ]);
  const asks = answering({ clusters, fleet: fakeFleet(clusters), cards, clock });
  const help = async (by = bob) => {
    const answered = await asks.answer({ is: 'question', question: 'help', ask: {} }, { by, channel: 'C0OPS' });
    return isRefusal(answered) ? '' : answered.says(PLAIN);
  };
  expect(await help()).toContain('deny and cancel changes of one, four and two with');
  expect(await help(mallory)).toContain('deny and cancel changes of three with');
  const frozen = (await help()).split('\n').filter((line) => line.includes('frozen'));
  expect(frozen).toEqual([expect.stringContaining('The cluster two is frozen by alice')]);
});
