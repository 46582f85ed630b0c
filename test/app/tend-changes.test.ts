import { describe, expect, it } from 'vitest';
import { botUseCases } from '../../src/app/bot-use-cases.ts';
import { tendChanges } from '../../src/app/tend-changes.ts';
import { bench, plannedChange, stateOf } from './bench.ts';

describe('open changes of which one cannot be read', () => {
  it('are looked after all the same', async () => {
    const on = bench();
    const broken = await plannedChange(on);
    const late = await plannedChange(on);
    const { get } = on.changes;
    on.changes.get = async (id) => {
      if (id === broken.id) throw new Error('not one that this version knows');
      return await get.call(on.changes, id);
    };
    on.clock.at += 3_600_001;
    await expect(tendChanges(on.bot)).rejects.toThrow();
    expect((await stateOf(on, late.id))?.state).toBe('expired');
  });

  it('do not keep the bot from other clusters', async () => {
    const [on, other] = [bench(), bench()];
    const late = await plannedChange(other);
    on.changes.open = async () => {
      throw new Error('Redis of this cluster is away');
    };
    other.clock.at += 3_600_001;
    const clusters = new Map([
      ['first', on.bot],
      ['lab', other.bot],
    ]);
    const bot = botUseCases({ ...other.bot, clusters, signer: on.signer, approvalLivesMs: 1 });
    await expect(bot.tend()).rejects.toThrow();
    expect((await stateOf(other, late.id))?.state).toBe('expired');
  });
});
