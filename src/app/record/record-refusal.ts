import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';

/** Refuses to decide, plan or run a change with entries that are unsigned, or that `reader` is too old to read. */
export function recordRefusal(id: ChangeId, { is, entries }: Doubt, reader: 'bot' | 'worker'): Refusal {
  if (is === 'newer')
    return refuse(
      'newer-version',
      `Entry ${entries[0]} of the record of ${id} was written by a newer version of registry-ha. This ${reader} cannot read it.`,
      `Update the ${reader} to that version, then try again.`,
    );
  return refuse(
    'record-unverified',
    `Entry ${entries[0]} of the record of ${id} in Redis has no valid signature.`,
    `Run \`registry-ha journal show ${id}\` on the bootstrap node to see what was really approved and done. If a key was replaced or restored, compare the keys with \`registry-ha doctor bot\`. If not, find out who else writes to Redis. Then request the change again.`,
  );
}
