import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Groups } from '../../src/ports/policy.ts';

/** The group `S0APPROVERS` has bob and carol, the group `S0NOBODY` does not exist. */
export interface OpenedGroups {
  readonly groups: Groups;
  close(): Promise<void>;
}

/** The contract of user groups. */
export function groupsContract(name: string, open: () => Promise<OpenedGroups>): void {
  describe(`${name}: user groups`, () => {
    let opened: OpenedGroups;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    it('have members', async () => {
      expect(await opened.groups.members('S0APPROVERS')).toEqual({ are: 'known', ids: ['U0BOB', 'U0CAROL'] });
    });

    it('that do not exist have a reason instead of members', async () => {
      expect(await opened.groups.members('S0NOBODY')).toEqual({ are: 'unknown', why: 'there is no such group' });
    });
  });
}
