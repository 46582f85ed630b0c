import { isFailure } from '../../domain/answers/failure.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Change } from '../../domain/change/change.ts';
import { holdInWords, holdOn, inForce, touchedNodes } from '../../domain/policy/hold.ts';
import { heldRefusal } from '../../domain/policy/terminal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Holds } from '../../ports/policy.ts';

export interface HeldPorts {
  /** Throws after a few seconds without Redis. */
  readonly holds: Pick<Holds, 'all'>;
  readonly clock: Clock;
}

const UNKNOWN =
  'Redis does not answer, so it is unknown whether somebody has frozen the cluster or locked a node: ask before you start.';

/**
 * What people have frozen or locked: a refusal, or what a person is told before the confirmation. Who breaks glass is told and goes on,
 * because nobody can lift a freeze while Slack is down.
 */
export async function heldHere(
  change: Pick<Change, 'intent' | 'plan'>,
  isAlone: boolean,
  { holds, clock }: HeldPorts,
): Promise<Refusal | string> {
  const all = await holds.all().catch((error: unknown) => {
    if (isFailure(error, 'redis')) return null;
    throw error;
  });
  if (all === null) return UNKNOWN;
  const hold = holdOn(touchedNodes(change), inForce(all, clock.now()));
  if (hold === null) return '';
  const says = holdInWords(hold, change.intent.cluster);
  return isAlone ? `${says} Breaking glass starts it all the same.` : heldRefusal(hold, says);
}
