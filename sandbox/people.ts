import type { Person } from './slack/local-slack.ts';
import type { Channel } from './slack/local-slack-types.ts';

/** Who there is in the sandbox: one who asks, two who decide, one who may do nothing. */
export const PEOPLE = [
  { id: 'U0ALICE', name: 'alice', title: 'operator', groups: ['operators'] },
  { id: 'U0BOB', name: 'bob', title: 'approver', groups: ['approvers'] },
  { id: 'U0MALLORY', name: 'mallory', title: 'nobody' },
  { id: 'U0CAROL', name: 'carol', title: 'could approve', groups: ['approvers'] },
] as const satisfies readonly Person[];

/** The channel in which commands mean the sandbox's cluster. */
export const OPS: Channel = { id: 'C0OPS', name: 'ops' };

/** The cluster's name in the configuration of bot and worker. */
export const CLUSTER = 'lab';
