import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { type Hold, type HoldWish, isSameHold } from '../../domain/policy/hold.ts';
import { mayHold } from '../../domain/policy/may-hold.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Clock } from '../../ports/clock.ts';
import { policyContext, thoseWhoAsk } from './policy-context.ts';
import { queueOrRevoke } from './queue-approved.ts';
import type { ClusterPorts } from './request-change.ts';

type HoldPorts = ClusterPorts & { readonly clock: Clock };

/**
 * Freezes, locks, or lifts that, at once: approvals that have not begun are taken back, and open cards say how it stands.
 * What runs goes on. Gives the hold that was set or lifted.
 */
export async function holdCluster(
  wish: HoldWish,
  by: Person,
  channel: string,
  ports: HoldPorts,
): Promise<Hold | Refusal> {
  const now = await policyContext(thoseWhoAsk(ports.policy.holds[wish.verb]), [by.id], ports);
  const refusal = mayHold(ports.policy, wish, by, channel, now);
  if (refusal !== null) return refusal;
  const there = now.holds.find((hold) => isSameHold(hold, wish));
  const hold = there ?? newHold(wish, by, now.at);
  const done = await (wish.hold === 'set' ? ports.holds.set(hold) : ports.holds.lift(hold));
  if (!done) return refuse('decided-already', 'Somebody else was faster.', 'Look with /registry-ha help.');
  await forEachOne(await ports.changes.open(), (id) => toldAndTakenBack(id, ports));
  return hold;
}

async function toldAndTakenBack(id: ChangeId, ports: HoldPorts): Promise<void> {
  const stored = await ports.changes.get(id);
  const isApproved = stored?.change.state === 'approved' && stored.doubt === undefined;
  if (isApproved) await queueOrRevoke(stored.change, stored.version, 'ensure', ports);
  await ports.changes.redraw(id);
}

function newHold({ verb, node, reason }: HoldWish, by: Person, at: Date): Hold {
  return { verb, node, by, at: at.toISOString(), ...(reason === undefined ? {} : { reason }) };
}
