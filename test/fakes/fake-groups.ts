import type { GroupMembers } from '../../src/domain/policy/people.ts';
import type { Groups } from '../../src/ports/policy.ts';

/** User groups that a test fills; a group that was not filled does not exist, as in Slack. */
export class FakeGroups implements Groups {
  readonly asked: string[] = [];
  readonly #members = new Map<string, GroupMembers>();

  put(group: string, ...ids: readonly string[]): void {
    this.#members.set(group, { are: 'known', ids });
  }

  hide(group: string, why: string): void {
    this.#members.set(group, { are: 'unknown', why });
  }

  spare(group: string): Promise<GroupMembers> {
    return this.members(group);
  }

  async members(group: string): Promise<GroupMembers> {
    this.asked.push(group);
    return this.#members.get(group) ?? { are: 'unknown', why: 'there is no such group' };
  }
}
