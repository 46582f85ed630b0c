import { CLUSTER } from '../../../sandbox/people.ts';
import type { RefusalCode } from '../../../src/domain/answers/refusal.ts';
import type { Approval, SignedApproval } from '../../../src/domain/change/approval.ts';
import { type Attack, besideAPlan } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { type AttackStage, BOB, type Target } from '../stage/attack-stage.ts';
import { approvalOf } from './approval-of.ts';
import { newForger } from './forger.ts';

/** Makes a forged approval of the planned target. */
type Forge = (stage: AttackStage, target: Target) => SignedApproval | Promise<SignedApproval>;

const SECOND_MS = 1_000;
const evil = newForger();

/** Approvals written directly into Redis, each with the job that would start the change. */
export function approvalAttacks(): readonly Attack[] {
  return [
    forged('approval-by-a-new-key', 'an approval signed with the attacker’s key', (_, target) =>
      evil.sign(approvalOf(target)),
    ),
    forged(
      'approval-by-a-new-key-under-the-bots-name',
      'the same, with the name of the trusted key',
      (stage, target) => ({
        ...evil.sign(approvalOf(target)),
        key: stage.signer.sign(approvalOf(target)).key,
      }),
    ),
    forged('approval-without-signature', 'an approval with an empty signature', (stage, target) => ({
      ...genuine(stage, target),
      signature: '',
    })),
    forged('approval-with-64-zero-bytes', 'a signature of the right length, all zeros', (stage, target) => ({
      ...genuine(stage, target),
      signature: Buffer.alloc(64).toString('base64'),
    })),
    forged('approval-with-another-signature', 'the bot’s signature of another approval', (stage, target) => ({
      ...genuine(stage, target),
      signature: genuine(stage, target).signature,
    })),
    ...altered(),
    ...outOfPlace(),
  ];
}

/** The bot's signature on an approval that does not apply here and now. */
function outOfPlace(): readonly Attack[] {
  return [
    forged(
      'approval-expired',
      'the bot’s approval, expired by one second',
      (stage, target) => genuine(stage, target, { expires: new Date(Date.now() - SECOND_MS).toISOString() }),
      'expired',
    ),
    forged('approval-of-another-cluster', 'the bot’s approval for another cluster', (stage, target) =>
      genuine(stage, target, { cluster: 'prod' }),
    ),
    forged('approval-of-another-change', 'the bot’s approval of another change, moved here', (stage, target) =>
      genuine(stage, target, { change: `${CLUSTER}-222222` }),
    ),
    forged('approval-of-another-plan', 'the bot’s approval of another plan of this change', (stage, target) =>
      genuine(stage, target, { digest: 'f'.repeat(64) }),
    ),
  ];
}

const genuine = (stage: AttackStage, target: Target, more: Partial<Omit<Approval, 'v'>> = {}): SignedApproval =>
  stage.signer.sign(approvalOf(target, more));

/** The bot's approval of this change, with one field changed after it was signed. */
function altered(): readonly Attack[] {
  const fields: Readonly<Record<string, Partial<Omit<Approval, 'v'>>>> = {
    change: { change: `${CLUSTER}-222222` },
    cluster: { cluster: 'prod' },
    verb: { verb: 'remove' },
    nodes: { nodes: ['node-3'] },
    digest: { digest: 'f'.repeat(64) },
    requester: { requester: BOB.id },
    approvers: { approvers: ['U0SOMEBODY'] },
    at: { at: '2020-01-01T00:00:00.000Z' },
    expires: { expires: '2999-01-01T00:00:00.000Z' },
    nonce: { nonce: 'another' },
  };
  return Object.entries(fields).map(([field, change]) =>
    forged(`approval-altered-${field}`, `the bot’s approval with another \`${field}\``, (stage, target) => {
      const signed = genuine(stage, target);
      return { ...signed, approval: { ...signed.approval, ...change } };
    }),
  );
}

function forged(name: string, tries: string, forge: Forge, refusal: RefusalCode = 'approval-invalid'): Attack {
  return besideAPlan(name, tries, async (stage, target) => {
    const signed = await forge(stage, target);
    await stage.forge(target.id, { type: 'approved', at: new Date().toISOString(), approver: BOB, signed });
    return await refusedWith(stage, target.id, refusal);
  });
}

/** Lets the worker process an apply job for the change, and requires a refusal. */
export async function refusedWith(stage: AttackStage, id: string, code: RefusalCode): Promise<string> {
  reached((await stage.get(id)).change.state === 'approved', 'The record does not show the approval.');
  await stage.queue.add('apply', id, 1);
  await stage.until('an answer of the worker', async () => (await stage.get(id)).change.state !== 'approved');
  const { state, refusal } = (await stage.get(id)).change;
  must(state === 'refused' && refusal?.refused === code, `The change is ${state} (${refusal?.refused}).`);
  return refusal?.says ?? '';
}
