import { expect, it } from 'vitest';
import { approvalChecker } from '../../../src/adapters/keys/approvals.ts';
import type { Approval } from '../../../src/domain/change/approval.ts';
import { newForger } from './forger.ts';

const approval: Approval = {
  v: 1,
  change: 'lab-234567',
  cluster: 'lab',
  verb: 'add',
  nodes: ['node-2', 'node-1'],
  digest: 'd'.repeat(64),
  requester: 'U0ALICE',
  approvers: ['U0BOB'],
  at: '2026-01-01T00:00:00.000Z',
  expires: '2026-01-01T01:00:00.000Z',
  nonce: 'n',
};

it('makes a forged approval that differs from a real one only in its untrusted key', () => {
  const forger = newForger();
  const trusting = approvalChecker({ keys: [{ publicKeyPem: forger.publicKeyPem }] });
  expect(trusting.isGenuine(forger.sign(approval))).toBe(true);
  const other = approvalChecker({ keys: [{ publicKeyPem: newForger().publicKeyPem, name: forger.name }] });
  expect(other.isGenuine(forger.sign(approval))).toBe(false);
});
