import { describe, expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { botUseCases } from '../../../src/app/ask/bot-use-cases.ts';
import { tendChanges } from '../../../src/app/ask/tend-changes.ts';
import { loginPerson } from '../../../src/domain/change/approval.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { type Bench, bench, plannedChange, stateOf } from '../bench.ts';

describe('a request whose bot died while it posted the card', () => {
  const dying = async (on: Bench) => {
    const hang = on.cards.hang.bind(on.cards);
    on.cards.hang = async () => {
      throw new Error('the bot died');
    };
    await expect(on.request()).rejects.toThrow('died');
    on.cards.hang = hang;
    const [id = ''] = await on.changes.open();
    return id;
  };

  it('gets one new card, and is planned', async () => {
    const on = bench();
    const id = await dying(on);
    await tendChanges(on.bot);
    expect(on.posted).toEqual([]);
    on.clock.at += 60_001;
    await Promise.all([tendChanges(on.bot), tendChanges(on.bot)]);
    await tendChanges(on.bot);
    expect(on.posted).toEqual([id]);
    expect(await on.cards.place(id)).toEqual({ channel: 'C0OPS', ts: 'again-1' });
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('planned');
  });

  it('is retried while Slack is unreachable, and fails when the bot may not post in the channel', async () => {
    const on = bench();
    const id = await dying(on);
    on.clock.at += 60_001;
    const away = async () => {
      throw new Error('Slack is away');
    };
    await expect(tendChanges({ ...on.bot, postAgain: away })).rejects.toThrow();
    expect((await stateOf(on, id))?.state).toBe('requested');
    on.clock.at += 60_001;
    await tendChanges({ ...on.bot, postAgain: async () => null });
    expect(await stateOf(on, id)).toMatchObject({ state: 'failed', failure: { kind: 'no-card' } });
  });
});

describe('a request whose card a newer bot has posted', () => {
  it('gets no second card, and is planned', async () => {
    const on = bench();
    await on.request();
    const [id = ''] = await on.changes.open();
    on.cards.postedByNewer(id);
    on.clock.at += 60_001;
    await tendChanges(on.bot);
    expect(on.posted).toEqual([]);
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('planned');
  });
});

describe('open changes of which one cannot be read', () => {
  it('are maintained even if one record cannot be read', async () => {
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
    const ports = { ...other.bot, clusters, fleet: fakeFleet(clusters) };
    const bot = botUseCases({ ...ports, signer: on.signer }, answering(ports));
    await expect(bot.tend(on.bot)).rejects.toThrow();
    expect((await stateOf(other, late.id))?.state).toBe('expired');
  });
});

it('a cluster without open changes is not read; that it has none is told once', async () => {
  const on = bench();
  const clusters = new Map([['lab', on.bot]]);
  const ports = { ...on.bot, clusters, fleet: fakeFleet(clusters) };
  const bot = botUseCases({ ...ports, signer: on.signer }, answering(ports));
  const told: number[] = [];
  const tend = () => bot.tend(on.bot, (_, open) => told.push(open.length));
  await tend();
  await tend();
  expect(told).toEqual([0]);
  await plannedChange(on);
  await tend();
  on.clock.at += 3_600_001;
  await tend();
  await tend();
  await tend();
  expect(told).toEqual([0, 1, 1, 0]);
});

it('a change that was approved at the terminal is neither queued nor revoked, as its worker runs it', async () => {
  const on = bench();
  const { id } = await plannedChange(on);
  const stored = await on.changes.get(id);
  if (stored === null) throw new Error('the change is not stored');
  const { digest = '', intent } = stored.change;
  const by = loginPerson('bob');
  const at = on.clock.now().toISOString();
  const approval = {
    ...{
      v: 1 as const,
      change: id,
      cluster: 'lab',
      verb: intent.verb,
      nodes: [...intent.nodes],
      digest,
      requester: 'login:alice',
    },
    ...{ approvers: [by.id], at, expires: at, nonce: 'n' },
  } as const;
  const signed = { approval, key: 'k', signature: 's' };
  await on.changes.append(id, stored.version, { type: 'approved', at, approver: by, signed });
  await tendChanges(on.bot);
  expect(await stateOf(on, id)).toMatchObject({ state: 'approved' });
  await on.changes.append(id, stored.version + 1, { type: 'started', at });
  const ahead = await on.queue.ahead(id);
  await tendChanges(on.bot);
  expect(await on.queue.ahead(id)).toEqual(ahead);
  expect(await stateOf(on, id)).toMatchObject({ state: 'applying' });
});
