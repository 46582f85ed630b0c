import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { changeKeys } from '../../../../src/adapters/redis/server/keys.ts';
import type { Proof } from '../../../../src/domain/change/record-entry.ts';
import { type Bench, clock, redisBench } from '../server.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await redisBench();
});
afterAll(() => bench?.close());

/** Signs with the statement itself, which nobody else may do. */
const proof: Proof = {
  sign: (statement) => ({ key: 'bot', signature: JSON.stringify(statement) }),
  isProven: (statement, { signature }) => signature === JSON.stringify(statement),
};

it('the list of another change, or the place of a card, is not taken as the list of a change', async () => {
  const redis = bench.connect();
  const cards = redisCards({ redis, clusters: ['c1'], clock, proof });
  const [mine, other] = ['c1-aaaaaa', 'c1-bbbbbb'];
  const place = { channel: 'C1', ts: '1.2' };
  await cards.hang(mine, place);
  await cards.keepStepList(other, { place, card: '1.1', shows: '' });
  expect(await cards.stepList(other)).not.toBeNull();
  for (const [id, field] of [
    [other, 'steps'],
    [mine, 'place'],
  ] as const) {
    await redis.hset(changeKeys(mine).card, 'steps', (await redis.hget(changeKeys(id).card, field)) ?? '');
    expect(await cards.stepList(mine)).toBeNull();
  }
  const newer = { v: 2, at: 'another form' };
  const signature = proof.sign({ ...newer, stepsOf: mine });
  await redis.hset(changeKeys(mine).card, 'steps', JSON.stringify({ ...newer, ...signature }));
  expect(await cards.stepList(mine)).toBe('newer');
  await redis.hset(changeKeys(mine).card, 'steps', 'x'.repeat(5_000));
  expect(await cards.stepList(mine)).toBeNull();
});
