import type { Person } from './slack/local-slack.ts';
import type { Channel } from './slack/local-slack-types.ts';

/** The people of the sandbox: a requester, two approvers, and one person without permission. */
export const PEOPLE = [
  { id: 'U0ALICE', name: 'alice', title: 'operator', groups: ['operators'] },
  { id: 'U0BOB', name: 'bob', title: 'approver', groups: ['approvers'] },
  { id: 'U0MALLORY', name: 'mallory', title: 'no permission' },
  { id: 'U0CAROL', name: 'carol', title: 'could approve', groups: ['approvers'] },
] as const satisfies readonly Person[];

/** The channel in which commands apply to the sandbox's cluster. */
export const OPS: Channel = { id: 'C0OPS', name: 'ops' };

/** The cluster's name in the configuration of bot and worker. */
export const CLUSTER = 'lab';
