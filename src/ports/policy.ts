import type { Hold } from '../domain/policy/hold.ts';
import type { GroupMembers } from '../domain/policy/people.ts';

/** What people keep from starting by hand, in one cluster. */
export interface Holds {
  all(): Promise<readonly Hold[]>;
  /** Sets it unless the same thing is held already; tells whether it did. */
  set(hold: Hold): Promise<boolean>;
  /** Lifts exactly this hold; false when it is gone or somebody else's by now. */
  lift(hold: Hold): Promise<boolean>;
}

/** User groups. What cannot be read is an answer, not an error: it must never let anybody in. */
export interface Groups {
  /** The members as they are now, or were at most a minute ago. */
  members(group: string): Promise<GroupMembers>;
}
