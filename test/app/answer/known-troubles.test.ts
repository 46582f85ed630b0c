import { expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { KnownTroubles } from '../../../src/app/answer/known-troubles.ts';
import type { WorkerLook } from '../../../src/app/ask/compared-clocks.ts';
import { isRefusal, refuse } from '../../../src/domain/answers/refusal.ts';
import { NO_TROUBLES } from '../../../src/domain/questions/help/troubles.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { people, policyOf } from '../../fixtures/policy.ts';
import { alice, bench, bob, mallory, SettableClock } from '../bench.ts';

const THERE: WorkerLook = { state: { is: 'there' }, silentMs: 1_000, clocks: null, key: null };
const SILENT: WorkerLook = {
  ...THERE,
  state: { is: 'silent', since: '2026-11-22T09:00:00.000Z' },
  silentMs: 3_600_000,
};

function known() {
  const clock = new SettableClock();
  return { clock, troubles: new KnownTroubles(clock) };
}

it('a look says what it found for five minutes, and is unknown after that', () => {
  const { clock, troubles } = known();
  troubles.worker('lab', SILENT);
  troubles.worker('prod', THERE);
  expect(troubles.of(['lab', 'prod'])).toEqual({
    ...NO_TROUBLES,
    workers: [{ cluster: 'lab', worker: SILENT.state }],
  });
  clock.at += 300_001;
  troubles.worker('prod', THERE);
  expect(troubles.of(['lab', 'prod', 'new'])).toEqual({ ...NO_TROUBLES, unchecked: ['lab', 'new'] });
  troubles.worker('lab', THERE);
  expect(troubles.of(['lab'])).toEqual(NO_TROUBLES);
});

it('clocks that differ are a problem of a worker that works', () => {
  const { troubles } = known();
  const refusal = refuse('clock-skew', 'The clock is behind.', 'Set it.');
  troubles.worker('lab', { ...THERE, clocks: refusal });
  expect(troubles.of(['lab'])).toEqual({ ...NO_TROUBLES, clocks: [{ cluster: 'lab', refusal }] });
});

it('a key that a worker does not trust is a problem of that worker', () => {
  const { troubles } = known();
  const refusal = refuse('approval-invalid', 'It does not trust the key.', 'Copy it.');
  troubles.worker('lab', { ...THERE, key: refusal });
  expect(troubles.of(['lab'])).toEqual({ ...NO_TROUBLES, keys: [{ cluster: 'lab', refusal }] });
});

it('what is wrong with the bot is named until it is right again', () => {
  const { troubles } = known();
  troubles.shared(true);
  troubles.files(false, []);
  troubles.redis({ bad: ['Set appendonly yes.'], missing: ['get'] });
  expect(troubles.of([]).bot).toEqual([
    { is: 'token-shared' },
    { is: 'files-refused' },
    { is: 'redis-settings', says: ['Set appendonly yes.'] },
    { is: 'redis-rights', missing: ['get'] },
  ]);
  troubles.shared(false);
  troubles.files(true, []);
  troubles.redis({ bad: [], missing: [] });
  expect(troubles.of([])).toEqual(NO_TROUBLES);
});

it('a removed cluster is forgotten: added again, its worker is unknown', () => {
  const { troubles } = known();
  troubles.worker('lab', SILENT);
  troubles.files(true, ['lab']);
  expect(troubles.of(['lab'])).toEqual({ ...NO_TROUBLES, unchecked: ['lab'] });
});

/** A bot with 1,000 clusters, of which 300 have a silent worker; help asks Redis only which clusters have freezes. */
async function fleetHelp() {
  const { bot, clock, cards } = bench();
  const policy = policyOf({ requesters: people(alice.id), approvers: people(bob.id) });
  const other = policyOf({ requesters: people(mallory.id), approvers: people(mallory.id) });
  const names = Array.from({ length: 1_000 }, (_, at) => `c${at + 1}`);
  const clusters = new Map(names.map((name, at) => [name, { ...bot, policy: at === 999 ? other : policy }] as const));
  const troubles = new KnownTroubles(clock);
  for (const [at, name] of names.entries()) troubles.worker(name, at % 10 < 3 || at === 999 ? SILENT : THERE);
  const asked: string[] = [];
  const noted = async <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return answer;
  };
  const fleet = {
    ...fakeFleet(clusters),
    holding: () => noted('holding', []),
    workers: () => noted('heartbeats', new Map()),
  };
  const worker = { ...bot.worker, seen: () => noted('heartbeat', null) };
  for (const [name, one] of clusters) clusters.set(name, { ...one, worker });
  const asks = answering({ clusters, fleet, cards, clock, troubles: troubles.of });
  const help = async (by: typeof bob) => {
    const answered = await asks.answer({ is: 'question', question: 'help', ask: {} }, { by, channel: 'C0OPS' });
    return isRefusal(answered) ? '' : answered.says(PLAIN);
  };
  return { help, asked };
}

it('help of 1,000 clusters names 300 silent workers in one line, and asks nobody for it', async () => {
  const { help, asked } = await fleetHelp();
  const [heading, line, next] = (await help(bob)).split('\n');
  expect([heading, next]).toEqual([
    'Problems that the bot knows of',
    'Registries of a MetalK8s cluster: what you may do here',
  ]);
  expect(line).toBe(
    'The workers of 300 clusters (c1, c2, c3, c11 and 296 more) are silent. /registry-ha status --all shows each. On their bootstrap nodes, run registry-ha doctor worker.',
  );
  expect(asked).toEqual(['holding']);
});

it('help names only problems of clusters that the person may use, and none to a person without any', async () => {
  const { help } = await fleetHelp();
  expect((await help(mallory)).split('\n')[1]).toMatch(/^The worker of c1000 is silent since /);
  expect(await help({ id: 'U0NOBODY', name: 'nobody' })).not.toContain('Problems');
});
