import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';

/** Nobody decides on, plans or runs a change by entries that are unsigned, or that `reader` is too old to understand. */
export function recordRefusal(id: ChangeId, { is, entries }: Doubt, reader: 'bot' | 'worker'): Refusal {
  if (is === 'newer')
    return refuse(
      'newer-version',
      `Entry ${entries[0]} of the record of ${id} was written by a newer version of registry-ha. This ${reader} cannot read it.`,
      `Update the ${reader} to that version, then try again.`,
    );
  return refuse(
    'record-unproven',
    `The record of ${id} in Redis is not to be believed: nobody who may write it has signed entry ${entries[0]}.`,
    `Find out who else writes to Redis, then ask for the change again. On the bootstrap node, \`registry-ha journal show ${id}\` tells what was really done.`,
  );
}
