import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';

/** Nobody decides on, and nobody plans, what somebody has written into a record without being allowed to. */
export function unverifiedRecord(id: ChangeId, entries: readonly number[]): Refusal {
  return refuse(
    'record-unproven',
    `The record of ${id} in Redis is not to be believed: nobody who may write it has signed entry ${entries[0]}.`,
    `Find out who else writes to Redis, then ask for the change again. On the bootstrap node, \`registry-ha journal show ${id}\` tells what was really done.`,
  );
}
