import { expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { groups } from '../../fixtures/policy.ts';
import { alice, approvedChangeOn, bench, bob } from '../bench.ts';

it('why names the user group that holds an approved change back, until the bot can read it', async () => {
  const on = bench({ approvers: groups('S1') });
  on.groups.put('S1', bob.id);
  const { id } = await approvedChangeOn(on);
  const clusters = new Map([['lab', on.bot]]);
  const ports = { clusters, fleet: fakeFleet(clusters), cards: on.cards, clock: on.clock };
  const why = async (): Promise<string> => {
    const ask = { is: 'question', question: 'why', ask: { change: id } } as const;
    const answered = await answering(ports).answer(ask, { by: alice, channel: 'C0OPS' });
    return isRefusal(answered) ? answered.says : answered.says(PLAIN);
  };
  expect(await why()).not.toContain('S1');
  on.groups.hide('S1', 'Slack does not answer');
  const held = await why();
  expect(held).toContain('It waits until the bot can read the user group S1 (Slack does not answer)');
  expect(held).toContain('If the approval expires before, it is revoked.');
  on.groups.put('S1', bob.id);
  expect(await why()).not.toContain('user group');
});
