import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { ProofAges } from '../../../src/runtime/worker/proof-ages.ts';
import { approvedChangeOn, bench, SettableClock } from '../../app/bench.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { FakeJournal } from '../../fakes/fake-journal.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';

const AGE = 'registry_ha_proof_age_seconds';

function metric(clock = new SettableClock()) {
  const register = new Registry();
  const ages = new ProofAges(() => clock.now(), register);
  const lines = async () => (await register.metrics()).split('\n').filter((line) => line.startsWith(`${AGE}{`));
  return { clock, ages, lines };
}

it('the age of each registry’s last proof grows until the next one; a failed proof is none', async () => {
  const { clock, ages, lines } = metric();
  const journal = ages.heard(new FakeJournal());
  await journal.noteProof(PROVEN);
  clock.at = Date.parse(PROVEN.ended) + 60_000;
  expect(await lines()).toEqual([`${AGE}{node="node-2"} 60`]);
  const later = { ...PROVEN, ended: new Date(clock.at).toISOString() };
  const finding = { where: 'node-3', says: 'pause:3.9 has a different manifest.' };
  await journal.noteProof({ ...later, differences: [finding] });
  await journal.noteProof({ ...later, unread: [finding] });
  expect(await lines()).toEqual([`${AGE}{node="node-2"} 60`]);
  await journal.noteProof(later);
  expect(await lines()).toEqual([`${AGE}{node="node-2"} 0`]);
});

it('a change that is done has proved its registries', async () => {
  const on = bench();
  const { ages, lines } = metric(on.clock);
  const change = await approvedChangeOn(on);
  const journal = ages.heard(on.journal);
  await doJob({ kind: 'apply', id: change.id }, { ...on.worker, journal }, new AbortController().signal);
  expect(await lines()).toEqual([expect.stringMatching(`^${AGE}{node="node-2"} \\d`)]);
});

it('the registries are those of the last inspection: one without a known proof has no number, one that is gone has no line', async () => {
  const { clock, ages, lines } = metric();
  ages.knew(new Map([['node-9', clock.now().toISOString()]]));
  clock.at += 5_000;
  expect(await lines()).toEqual([`${AGE}{node="node-9"} 5`]);
  ages.inspected(judge(inspectionOf()));
  expect(await lines()).toEqual([`${AGE}{node="node-2"} Nan`]);
  ages.knew(new Map([['node-2', clock.now().toISOString()]]));
  expect(await lines()).toEqual([`${AGE}{node="node-2"} 0`]);
});

it('a journal that cannot be read after the end of a change keeps no entry from being written', async () => {
  const { ages, lines } = metric();
  const journal = new FakeJournal();
  journal.events = () => Promise.reject(new Error('The disk is gone.'));
  const proof = { served: 1, expected: 1, archives: 1, engines: 1, engineTotal: 1, blobs: 1 };
  const done = { type: 'done', at: '2026-11-22T10:00:00.000Z', proof, seconds: 1 } as const;
  await expect(ages.heard(journal).append('lab-7f3k2q', done)).resolves.toMatchObject({ line: 1 });
  expect(await lines()).toEqual([]);
});
