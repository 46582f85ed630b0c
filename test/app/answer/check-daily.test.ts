import { describe, expect, it } from 'vitest';
import { dailyChecker } from '../../../src/app/answer/check-daily.ts';
import type { ProofResult } from '../../../src/domain/cluster/proof-result.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import type { SeenProof } from '../../../src/domain/questions/verify/proof-report.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { FakeDailyChecks } from '../../fakes/fake-told.ts';
import { foundAfterAdd, inspectionOf } from '../../fixtures/inspection.ts';
import { bench } from '../bench.ts';

const signal = new AbortController().signal;
const DAY_MS = 24 * 3_600_000;
const difference = { where: 'node-2', says: 'pause:3.9 has a different manifest.' };

/** The last heartbeat of a worker that is gone. */
const SILENT = {
  ...{ heardAt: '2026-11-22T09:00:00.000Z', silentMs: 3_600_000, workerAheadMs: 0 },
  ...{ trouble: null, nodes: null, who: null },
};

/** Two replicas whose cluster is verified at 10:30 UTC; the bench's clock begins at 10:00. */
function daily() {
  const on = bench();
  const met = new Set<string>();
  const [posted, buttons]: [string[], Intent[][]] = [[], []];
  const ports = {
    ...on.bot,
    cluster: 'lab',
    daily: { at: '11:30', zone: 'Europe/Paris' },
    dailyChecks: new FakeDailyChecks(),
    once: { isFirst: async (name: string) => !met.has(name) && met.add(name).has(name) },
    async post(says: (markup: typeof PLAIN) => string, fixes: readonly Intent[]) {
      posted.push(says(PLAIN));
      buttons.push([...fixes]);
    },
  };
  const replicas = [dailyChecker(), dailyChecker()];
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
    ...{ on, ports, posted, buttons },
    finds(changes: Partial<ProofResult> | null) {
      result = changes === null ? null : { ...PROVEN, ...changes };
    },
    asked: () => asked,
    /** Both replicas look, at this time of the day. */
    async at(hour: number, minute: number) {
      const midnight = Math.floor(on.clock.at / DAY_MS) * DAY_MS;
      on.clock.at = midnight + (hour * 60 + minute) * 60_000;
      for (const look of replicas) await look(ports, signal);
    },
    /** Every bot is started again. */
    restart() {
      replicas.splice(0, 2, dailyChecker(), dailyChecker());
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

  it('is made later on the day by a bot that was not there at its time', async () => {
    const each = daily();
    await each.at(15, 25);
    expect(each.asked()).toBe(1);
    await each.at(21, 0);
    each.restart();
    await each.at(21, 40);
    expect(each.asked()).toBe(1);
    each.nextDay();
    await each.at(10, 29);
    expect(each.asked()).toBe(1);
  });

  it('is made again an hour later if the bot died meanwhile', async () => {
    const each = daily();
    each.finds({ differences: [difference] });
    const { seen } = each.on.proofBoard;
    each.on.proofBoard.seen = () => Promise.reject(new Error('the bot is killed'));
    await expect(each.at(10, 30)).rejects.toThrow('killed');
    each.on.proofBoard.seen = seen;
    each.restart();
    await each.at(11, 0);
    expect(each.posted).toHaveLength(0);
    await each.at(11, 31);
    expect(each.posted).toHaveLength(1);
    await each.at(12, 31);
    expect(each.posted).toHaveLength(1);
  });

  it('is made again an hour later if a change was in the way', async () => {
    const each = daily();
    each.finds({ cut: { is: 'change', says: 'lab-7f3k2q began.' } });
    await each.at(10, 30);
    each.finds({ differences: [difference] });
    await each.at(10, 59);
    expect(each.posted).toHaveLength(0);
    await each.at(11, 30);
    expect(each.posted).toHaveLength(1);
  });

  it('has the buttons that complete what the last inspection found, when it is worse and not when it is well', async () => {
    const each = daily();
    const { files } = foundAfterAdd();
    const absent = { ...files, files: files.files.map((one) => ({ ...one, is: 'absent' as const })) };
    each.on.board.show({ is: 'seen', status: judge(inspectionOf({ files: absent })), ageMs: 1, answers: 0 });
    each.finds({ differences: [difference] });
    await each.at(10, 30);
    expect(each.buttons).toEqual([[{ verb: 'sync', cluster: 'lab', nodes: ['node-2'] }]]);
    each.nextDay();
    each.finds({});
    await each.at(10, 30);
    expect(each.buttons[1]).toEqual([]);
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
    each.on.life.seen = async () => SILENT;
    await each.at(10, 30);
    await each.at(11, 30);
    each.nextDay();
    await each.at(10, 30);
    expect(each.posted).toEqual([expect.stringContaining('nothing was verified, because the worker is silent')]);
  });

  it('waits for a worker that is being restarted, and is quiet about it', async () => {
    const each = daily();
    const { seen } = each.on.life;
    let looks = 0;
    each.on.life.seen = async () => {
      looks += 1;
      return looks > 3 ? await seen.call(each.on.life) : { ...SILENT };
    };
    await each.at(10, 30);
    expect([each.asked(), each.posted]).toEqual([1, []]);
  });

  it('is made again an hour later if the worker was silent, and says that all is well', async () => {
    const each = daily();
    const { seen } = each.on.life;
    each.on.life.seen = async () => SILENT;
    await each.at(10, 30);
    each.on.life.seen = seen;
    await each.at(11, 30);
    expect(each.posted[1]).toContain('Daily check. lab: Proved:');
    await each.at(12, 30);
    expect(each.posted).toHaveLength(2);
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

it('of a bot with many clusters begin twenty at a time, and the others follow', async () => {
  const { ports, on } = daily();
  on.clock.at += 40 * 60_000;
  const begun: ((isFirst: boolean) => void)[] = [];
  const once = { isFirst: () => new Promise<boolean>((resolve) => void begun.push(resolve)) };
  const checkDaily = dailyChecker();
  const clusters = Array.from({ length: 30 }, (_, at) => `c-${at}`);
  const round = () => Promise.all(clusters.map((cluster) => checkDaily({ ...ports, cluster, once }, signal)));
  const first = round();
  expect(begun).toHaveLength(20);
  for (const end of begun.splice(0)) end(false);
  await first;
  const second = round();
  expect(begun).toHaveLength(10);
  for (const end of begun.splice(0)) end(false);
  await second;
});
