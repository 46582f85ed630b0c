import { expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisDailyChecks, redisTold } from '../../../../src/adapters/redis/cards/told.ts';
import { toldContract } from '../../../contract/told.contract.ts';
import { FakeTold } from '../../../fakes/fake-told.ts';
import { redisBench } from '../server.ts';

const [bot, stranger] = [newKeyPair(), newKeyPair()];

toldContract('Redis', async () => {
  const bench = await redisBench();
  const told = redisTold({ redis: bench.connect(), cluster: 'c1', proof: proofOf('told', bot, [bot]) });
  return { told, close: bench.close };
});

toldContract('FakeTold', async () => ({ told: new FakeTold(), close: async () => undefined }));

it('the last daily check is apart from news, and news in its place are nothing', async () => {
  const bench = await redisBench();
  try {
    const place = { redis: bench.connect(), cluster: 'c1', proof: proofOf('told', bot, [bot]) };
    const [told, checks] = [redisTold(place), redisDailyChecks(place)];
    await told.note(['node-2 not-mounted a']);
    expect(await checks.last()).toBeNull();
    const checked = { day: '2026-11-22', findings: ['node-2: a difference'] };
    await checks.note(checked);
    expect(await checks.last()).toEqual(checked);
    expect(await told.last()).toEqual(['node-2 not-mounted a']);
    await place.redis.set('mk8s:c1:told-daily', (await place.redis.get('mk8s:c1:told')) ?? '');
    expect(await checks.last()).toBeNull();
  } finally {
    await bench.close();
  }
});

it('a daily check that a stranger has signed was never made', async () => {
  const bench = await redisBench();
  try {
    const checksOf = (own: typeof bot) =>
      redisDailyChecks({ redis: bench.connect(), cluster: 'c1', proof: proofOf('told', own, [bot]) });
    await checksOf(stranger).note({ day: '2026-11-22', findings: [] });
    expect(await checksOf(bot).last()).toBeNull();
  } finally {
    await bench.close();
  }
});

it('what a newer version told counts as nothing, and is read again once this version has told', async () => {
  const bench = await redisBench();
  try {
    const proof = proofOf('told', bot, [bot]);
    const told = redisTold({ redis: bench.connect(), cluster: 'c1', proof });
    const newer = { v: 2, troubles: ['node-2 not-mounted a'] };
    await bench.connect().set('mk8s:c1:told', JSON.stringify({ ...newer, ...proof.sign({ ...newer, cluster: 'c1' }) }));
    expect(await told.last()).toBeNull();
    await told.note(['node-2 not-mounted a']);
    expect(await told.last()).toEqual(['node-2 not-mounted a']);
  } finally {
    await bench.close();
  }
});

it('what a stranger has signed, or what is no list, was never told', async () => {
  const bench = await redisBench();
  try {
    const toldBy = (own: typeof bot) =>
      redisTold({ redis: bench.connect(), cluster: 'c1', proof: proofOf('told', own, [bot]) });
    await toldBy(stranger).note(['node-2 not-mounted a']);
    expect(await toldBy(bot).last()).toBeNull();
    for (const text of ['nothing', '{"troubles":[]}', 'x'.repeat(200_000)]) {
      await bench.connect().set('mk8s:c1:told', text);
      expect(await toldBy(bot).last()).toBeNull();
    }
  } finally {
    await bench.close();
  }
});
