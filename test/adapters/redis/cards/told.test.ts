import { expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisTold } from '../../../../src/adapters/redis/cards/told.ts';
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

it('what daily checks have told is another list, and the other list in its place is nothing', async () => {
  const bench = await redisBench();
  try {
    const toldBy = (isDaily: boolean) =>
      redisTold({ redis: bench.connect(), cluster: 'c1', proof: proofOf('told', bot, [bot]), isDaily });
    await toldBy(false).note(['node-2 not-mounted a']);
    expect(await toldBy(true).last()).toBeNull();
    await toldBy(true).note(['node-2: a difference']);
    expect(await toldBy(true).last()).toEqual(['node-2: a difference']);
    expect(await toldBy(false).last()).toEqual(['node-2 not-mounted a']);
    const redis = bench.connect();
    await redis.set('mk8s:c1:told-daily', (await redis.get('mk8s:c1:told')) ?? '');
    expect(await toldBy(true).last()).toBeNull();
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
