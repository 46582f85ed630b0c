import { describe, expect, it } from 'vitest';
import { checkDaily } from '../../../src/app/answer/check-daily.ts';
import type { ProofResult } from '../../../src/domain/cluster/proof-result.ts';
import type { SeenProof } from '../../../src/domain/questions/verify/proof-report.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { FakeTold } from '../../fakes/fake-told.ts';
import { bench } from '../bench.ts';

const signal = new AbortController().signal;
const DAY_MS = 24 * 3_600_000;
const difference = { where: 'node-2', says: 'pause:3.9 has a different manifest.' };

/** Two replicas whose cluster is verified at 10:30 UTC; the bench's clock begins at 10:00. */
function daily() {
  const on = bench();
  const met = new Set<string>();
  const posted: string[] = [];
  const ports = {
    ...on.bot,
    cluster: 'lab',
    daily: { at: '11:30', zone: 'Europe/Paris' },
    toldDaily: new FakeTold(),
    once: { isFirst: async (name: string) => !met.has(name) && met.add(name).has(name) },
    async post(says: (markup: typeof PLAIN) => string) {
      posted.push(says(PLAIN));
    },
  };
  /** What the worker finds from now on; null: it does not answer. */
  let result: ProofResult | null = PROVEN;
  let asked = 0;
  const ask = on.proofBoard.ask.bind(on.proofBoard);
  on.proofBoard.ask = async (wish) => {
    asked += 1;
    on.proofBoard.waiting = null;
    const request = await ask(wish);
    const seen: SeenProof =
      result === null || request === null
        ? { is: 'none' }
        : { is: 'seen', ageMs: 0, report: { is: 'ended', request, result, journal: null } };
    on.proofBoard.show(seen);
    return request;
  };
  return {
    ...{ on, ports, posted },
    finds(changes: Partial<ProofResult> | null) {
      result = changes === null ? null : { ...PROVEN, ...changes };
    },
    asked: () => asked,
    /** Both replicas look, at this time of the day. */
    async at(hour: number, minute: number) {
      const midnight = Math.floor(on.clock.at / DAY_MS) * DAY_MS;
      on.clock.at = midnight + (hour * 60 + minute) * 60_000;
      await checkDaily(ports, signal);
      await checkDaily(ports, signal);
    },
    nextDay() {
      on.clock.at += DAY_MS;
    },
  };
}

describe('the daily check', () => {
  it('is made once a day, at its time in its zone, over all replicas', async () => {
    const each = daily();
    await each.at(10, 0);
    await each.at(10, 29);
    expect(each.asked()).toBe(0);
    await each.at(10, 31);
    await each.at(10, 50);
    expect(each.asked()).toBe(1);
    each.nextDay();
    await each.at(10, 30);
    expect(each.asked()).toBe(2);
  });

  it('is not made up for by a bot that starts an hour later', async () => {
    const each = daily();
    await each.at(11, 25);
    expect(each.asked()).toBe(0);
  });

  it('is quiet while all is well', async () => {
    const each = daily();
    await each.at(10, 30);
    expect(each.posted).toEqual([]);
  });

  it('says once what it found, and once that all is well again', async () => {
    const each = daily();
    each.finds({ differences: [difference] });
    await each.at(10, 30);
    expect(each.posted).toEqual([expect.stringMatching(/^Daily check\. lab: Not proved: 1 difference found\./)]);
    expect(each.posted[0]).toContain('node-2: pause:3.9 has a different manifest.');
    each.nextDay();
    await each.at(10, 30);
    expect(each.posted).toHaveLength(1);
    each.nextDay();
    each.finds({ differences: [difference, { ...difference, where: 'node-3' }] });
    await each.at(10, 30);
    expect(each.posted).toHaveLength(2);
    each.nextDay();
    each.finds({});
    await each.at(10, 30);
    expect(each.posted).toHaveLength(3);
    expect(each.posted[2]).toContain('Daily check. lab: Proved:');
    each.nextDay();
    await each.at(10, 30);
    expect(each.posted).toHaveLength(3);
  });

  it('does not take what could not be read for well', async () => {
    const each = daily();
    each.finds({ differences: [difference] });
    await each.at(10, 30);
    each.nextDay();
    each.finds({ unread: [{ where: 'node-2', says: 'The registry did not answer.' }] });
    await each.at(10, 30);
    expect(each.posted[1]).toContain('Unknown: node-2: The registry did not answer.');
    expect(each.posted).toHaveLength(2);
  });

  it('says once that there is no worker to make it', async () => {
    const each = daily();
    each.on.life.seen = async () => ({
      ...{ heardAt: '2026-11-22T09:00:00.000Z', silentMs: 3_600_000, workerAheadMs: 0 },
      ...{ trouble: null, nodes: null, who: null },
    });
    await each.at(10, 30);
    each.nextDay();
    await each.at(10, 30);
    expect(each.posted).toEqual([expect.stringContaining('nothing was verified, because the worker is silent')]);
  });

  it('says that the worker did not answer', async () => {
    const each = daily();
    each.finds(null);
    await each.at(10, 30);
    expect(each.posted).toEqual([expect.stringContaining('there is no result, so nothing is proven.')]);
  });

  it('keeps what people know while a change is in the way, because a change proves itself', async () => {
    const each = daily();
    each.finds({ differences: [difference] });
    await each.at(10, 30);
    each.nextDay();
    each.finds({ cut: { is: 'change', says: 'lab-7f3k2q began.' } });
    await each.at(10, 30);
    each.nextDay();
    each.finds({ differences: [difference] });
    await each.at(10, 30);
    expect(each.posted).toHaveLength(1);
  });

  it('waits until the proof of another person has ended', async () => {
    const each = daily();
    let busy = 3;
    const { ask } = each.on.proofBoard;
    each.on.proofBoard.ask = async (wish) => {
      busy -= 1;
      return busy > 0 ? null : await ask(wish);
    };
    each.finds({ differences: [difference] });
    await each.at(10, 30);
    expect(each.posted).toHaveLength(1);
  });
});
