import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { alice, applyAgain, approvalBy, approvedChangeOn, type Bench, bench, granted, stateOf } from '../bench.ts';

const APPROVAL = 'The approval is not valid: ';

it('an approval whose nonce another change has used is not taken', async () => {
  const on = bench();
  on.bot.ids.nonce = () => 'always-the-same';
  const first = await approvedChangeOn(on, ['node-2']);
  await on.work();
  expect((await stateOf(on, first.id))?.state).toBe('done');
  on.lab.ran.length = 0;
  const second = await approvedChangeOn(on, ['node-3']);
  await on.work();
  expect((await stateOf(on, second.id))?.refusal).toMatchObject({
    refused: 'approval-invalid',
    says: `${APPROVAL}it was used before. Nothing was run.`,
  });
  expect(on.lab.ran).toEqual([]);
});

it('a plan whose digest in the journal is another one does not run', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const { journal } = on;
  const events = journal.events.bind(journal);
  journal.events = async (change) =>
    (await events(change)).map((event) => (event.type === 'planned' ? { ...event, digest: '0'.repeat(64) } : event));
  await on.work();
  expect((await stateOf(on, id))?.refusal).toMatchObject({
    refused: 'approval-invalid',
    says: `${APPROVAL}it is for another plan. Nothing was run.`,
  });
  expect(on.lab.ran).toEqual([]);
});

describe('a change that has ended by the journal', () => {
  it.each(['refused', 'cancelled', 'done'] as const)('and was %s does not run with a fresh approval', async (end) => {
    const on = bench();
    const change = await approvedChangeOn(on);
    if (end === 'refused') on.lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, saltMaster: null } });
    if (end === 'cancelled') granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' }));
    await on.work();
    const ended = await on.changes.get(change.id);
    expect(ended?.change.state).toBe(end);
    on.lab.change = (seen) => seen;
    on.lab.ran.length = 0;
    const approved = ended?.events.find((event) => event.type === 'approved');
    if (approved === undefined || ended === null) throw new Error('never approved');
    const signed = on.signer.sign({ ...approved.signed.approval, nonce: 'fresh' });
    await on.changes.append(change.id, ended.version, { ...approved, signed });
    await applyAgain(on, change.id);
    expect((await stateOf(on, change.id))?.refusal?.says).toBe(
      `${APPROVAL}the change has already ended. Nothing was run.`,
    );
    expect(on.lab.ran).toEqual([]);
  });
});

describe('an approval in a record that somebody wrote to', () => {
  async function replayed(on: Bench, id: string) {
    const stored = await on.changes.get(id);
    const approved = stored?.events.find((event) => event.type === 'approved');
    if (stored === null || stored === undefined || approved === undefined) throw new Error('never approved');
    await on.changes.append(id, stored.version, approved);
    on.lab.change = (seen) => seen;
    on.lab.jobs = [];
    await applyAgain(on, id);
  }

  it('runs nothing after the change was refused', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    on.lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, saltMaster: null } });
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('refused');
    await replayed(on, id);
    expect(on.lab.ran).toEqual([]);
  });

  it('runs nothing after the change failed before it could start', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const { look } = on.worker.kubernetes;
    on.worker.kubernetes.look = async () => {
      throw new Unreachable('the Kubernetes API', 'kubernetes', 'It is down.');
    };
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('failed');
    on.worker.kubernetes.look = look;
    await replayed(on, id);
    expect(on.lab.ran).toEqual([]);
  });

  it('runs nothing after the change was cancelled', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' }));
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('cancelled');
    await replayed(on, change.id);
    expect(on.lab.ran).toEqual([]);
  });
});
