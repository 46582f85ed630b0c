import { expect, it } from 'vitest';
import { rightsOf } from '../../../src/app/policy/rights.ts';
import { groups, people, policyOf } from '../../fixtures/policy.ts';
import { bench, bob, mallory } from '../bench.ts';

it('help reads only the user groups that decide about this person in this channel', async () => {
  const on = bench();
  const read = async (by = mallory, channel = 'C0OPS') => {
    on.groups.asked.splice(0);
    await rightsOf('lab', by, channel, { ...on.bot, policy });
    return on.groups.asked.toSorted();
  };
  const policy = policyOf({
    channels: ['C0OPS'],
    requesters: { ...people(bob.id), ...groups('S1'), users: [bob.id] },
    approvers: { ...groups('S2'), users: [mallory.id] },
  });
  expect(await read(mallory)).toEqual([]);
  expect(await read(bob)).toEqual(['S2']);
  expect(await read({ id: 'U9', name: 'eve' })).toEqual(['S1', 'S2']);
  expect(await read({ id: 'U9', name: 'eve' }, 'C0OTHER')).toEqual([]);
});
