import type { Hold, KeptHold } from '../domain/policy/hold.ts';
import type { GroupMembers } from '../domain/policy/people.ts';

/** Freezes and locks that people set in one cluster. */
export interface Holds {
  all(): Promise<readonly KeptHold[]>;
  /** Sets it unless the same hold exists; returns whether it did. */
  set(hold: Hold): Promise<boolean>;
  /** Lifts exactly this hold; false when it no longer exists or was replaced. */
  lift(hold: KeptHold): Promise<boolean>;
}

/** User groups. An unreadable group is an answer, not an error, and gives nobody permission. */
export interface Groups {
  /** The members, at most one minute old. */
  members(group: string): Promise<GroupMembers>;
  /** The same for information only: reads few groups a minute, so that decisions keep Slack's rate limit. */
  spare(group: string): Promise<GroupMembers>;
}
