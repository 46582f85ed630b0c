import { describe, expect, it } from 'vitest';
import type { Approval } from '../../src/domain/change/approval.ts';
import type { ApprovalChecker, ApprovalSigner } from '../../src/ports/trust.ts';

export const approval: Approval = {
  v: 1,
  change: 'c1-abc234',
  cluster: 'c1',
  verb: 'add',
  nodes: ['node-2', 'node-3'],
  digest: 'd1',
  requester: 'U1',
  approvers: ['U2', 'U3'],
  at: '2026-03-01T10:00:00.000Z',
  expires: '2026-03-01T11:00:00.000Z',
  nonce: 'n1',
};

/** The contract of a signer and a checker of one key. */
export function keysContract(name: string, signer: ApprovalSigner, checker: ApprovalChecker): void {
  describe(`${name}: approvals`, () => {
    const signed = signer.sign(approval);

    it('accepts a signed approval with its members in any order', () => {
      const turned: Approval = JSON.parse(JSON.stringify(approval, Object.keys(approval).toReversed()));
      expect(checker.isGenuine(JSON.parse(JSON.stringify(signed)))).toBe(true);
      expect(checker.isGenuine({ ...signed, approval: turned })).toBe(true);
    });

    it('rejects an approval with any change', () => {
      const others: readonly Partial<Approval>[] = [
        { change: 'c1-other2' },
        { cluster: 'c2' },
        { verb: 'remove' },
        { nodes: ['node-3', 'node-2'] },
        { nodes: ['node-2'] },
        { digest: 'd2' },
        { requester: 'U3' },
        { approvers: ['U2'] },
        { approvers: ['U3', 'U2'] },
        { approvers: ['U2', 'U3', 'U4'] },
        { at: '2026-03-01T10:00:00.001Z' },
        { expires: '2027-03-01T11:00:00.000Z' },
        { nonce: 'n2' },
      ];
      const genuine = others.filter((other) => checker.isGenuine({ ...signed, approval: { ...approval, ...other } }));
      expect(genuine).toEqual([]);
    });

    it('rejects a signature that is cut, lengthened or by an untrusted key', () => {
      const { signature } = signed;
      for (const wrong of ['', signature.slice(0, -4), `${signature}AAAA`, `${signature} `, signature.toLowerCase()]) {
        expect(checker.isGenuine({ ...signed, signature: wrong })).toBe(false);
      }
      expect(checker.isGenuine({ ...signed, key: 'somebody' })).toBe(false);
    });
  });
}
