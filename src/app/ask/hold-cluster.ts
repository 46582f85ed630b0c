import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { type Hold, type HoldWish, holdMeant, inForce, isUnread, type KeptHold } from '../../domain/policy/hold.ts';
import { mayHold } from '../../domain/policy/may-hold.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Holds } from '../../ports/policy.ts';
import { policyContext, thoseWhoAsk } from '../policy/policy-context.ts';
import { queueOrRevoke } from './queue-approved.ts';
import type { ClusterPorts } from './request-change.ts';

type HoldPorts = ClusterPorts & { readonly clock: Clock };

/** Sets or lifts a freeze or lock, and returns it. Revokes approvals that have not begun, redraws open cards; running changes continue. */
export async function holdCluster(
  wish: HoldWish,
  by: Person,
  channel: string,
  ports: HoldPorts,
): Promise<KeptHold | Refusal> {
  const now = await policyContext(thoseWhoAsk(ports.policy.holds[wish.verb]), [by.id], ports);
  const refusal = mayHold(ports.policy, wish, by, channel, now);
  if (refusal !== null) return refusal;
  await endHolds(ports);
  const done = await setOrLifted(wish, holdMeant(wish, now.holds) ?? newHold(wish, by, now.at), ports.holds);
  if (done === null) return refuse('decided-already', 'Another person changed it first.', 'See `/registry-ha help`.');
  await forEachOne(await ports.changes.open(), (id) => revokeAndRedraw(id, ports));
  return done;
}

/** Null if another person changed it first. */
async function setOrLifted({ hold: does }: HoldWish, hold: KeptHold, holds: Holds): Promise<KeptHold | null> {
  if (does === 'lift') return (await holds.lift(hold)) ? hold : null;
  return !isUnread(hold) && (await holds.set(hold)) ? hold : null;
}

async function revokeAndRedraw(id: ChangeId, ports: HoldPorts): Promise<void> {
  const stored = await ports.changes.get(id);
  const isApproved = stored?.change.state === 'approved' && stored.doubt === undefined;
  if (isApproved) await queueOrRevoke(stored.change, stored.version, 'ensure', ports);
  await ports.changes.redraw(id);
}

function newHold({ verb, node, reason, forMs }: HoldWish, by: Person, at: Date): Hold {
  const until = forMs === undefined ? {} : { until: new Date(at.getTime() + forMs).toISOString() };
  return { verb, node, by, at: at.toISOString(), ...until, ...(reason === undefined ? {} : { reason }) };
}

/** Removes holds that have ended by themselves, and redraws the cards that named them. Safe to call at any time, by any bot. */
export async function endHolds({
  holds,
  changes,
  clock,
}: Pick<HoldPorts, 'holds' | 'changes' | 'clock'>): Promise<void> {
  const all = await holds.all();
  const current = inForce(all, clock.now());
  const ended = all.filter((hold) => !current.includes(hold));
  for (const hold of ended) await holds.lift(hold);
  if (ended.length > 0) await forEachOne(await changes.open(), (id) => changes.redraw(id));
}
