import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import { NO_CARD } from '../../domain/change/author.ts';
import type { Change, ChangeEvent, MessageRef } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { mayRequest } from '../../domain/policy/may-request.ts';
import { decidersOf, type Policy } from '../../domain/policy/policy.ts';
import { withDefaults } from '../../domain/verbs/with-defaults.ts';
import type { Cards, Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Groups, Holds } from '../../ports/policy.ts';
import type { ChangeQueue } from '../../ports/queue.ts';
import type { Changes } from '../../ports/record.ts';
import type { Ids } from '../../ports/trust.ts';
import { policyContext, thoseWhoAsk } from '../policy/policy-context.ts';
import { redrawRivals } from '../record/rivals.ts';
import { refuseInVain } from './compared-clocks.ts';

/** The bot's ports for one cluster. */
export interface ClusterPorts {
  readonly changes: Changes;
  readonly queue: ChangeQueue;
  readonly worker: Heartbeat;
  readonly policy: Policy;
  readonly holds: Holds;
  readonly groups: Groups;
  /** The name of the bot's key, by which workers know it. */
  readonly botKey: string;
}

export interface RequestPorts extends ClusterPorts {
  readonly cards: Cards;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The card's name among the messages of a change. */
export const CARD = 'card';
/** Posting the card waits at most 30 s for Slack and takes at most 20 s. After this limit, the bot that posted it must be dead. */
export const CARD_POSTING_MS = 60_000;

/** Requests a change: stores it, posts its card, remembers the card's place, then queues the planning. */
export async function requestChange(
  asked: Intent,
  requester: Person,
  channel: string,
  post: (change: Change) => Promise<MessageRef>,
  ports: RequestPorts,
): Promise<Change | Refusal> {
  const { changes, queue, policy, cards, clock, ids } = ports;
  const intent = withDefaults(asked, policy);
  const rules = policy.verbs[intent.verb];
  const refusal = await whyNotAsked(intent, requester, channel, ports);
  if (refusal !== null) return refusal;
  const id = ids.change(intent.cluster);
  const terms = { approvals: rules.approvals, planLivesMs: rules.planLivesMs };
  const at = clock.now().toISOString();
  const event: ChangeEvent = { type: 'requested', at, id, intent, requester, channel, terms };
  const change = changeFrom([event]);
  // Claimed before the change is stored, so that no other bot considers the card missing.
  await cards.claimReply(id, CARD, CARD_POSTING_MS);
  if (change === null || !(await changes.append(id, 0, event))) throw new Error(`Change ${id} already exists.`);
  await cards.hang(id, await postedOrFailed(change, post, changes, clock));
  await cards.confirmReply(id, CARD);
  await queue.add('plan', id, 1);
  await redrawRivals(change, changes);
  return change;
}

/** Why this request is not allowed here and now, or useless because the worker would refuse it; null if it may be made. */
export async function whyNotAsked(
  intent: Intent,
  requester: Person,
  channel: string | null,
  ports: ClusterPorts & { readonly clock: Clock },
): Promise<Refusal | null> {
  const { policy } = ports;
  const rules = policy.verbs[intent.verb];
  const now = await policyContext(thoseWhoAsk(rules), [requester.id], ports);
  const glass = await policyContext(decidersOf(rules, 'break-glass'), [requester.id], ports);
  const groups = new Map([...now.groups, ...glass.groups]);
  return (
    mayRequest(policy, intent, requester, channel, { ...now, groups }) ?? (await refuseInVain(intent.cluster, ports))
  );
}

/** Without a card nobody could see or approve the change, so it fails, and the caller reports the error. */
async function postedOrFailed(
  change: Change,
  post: (change: Change) => Promise<MessageRef>,
  changes: Changes,
  clock: Clock,
): Promise<MessageRef> {
  try {
    return await post(change);
  } catch (error) {
    await changes.append(change.id, 1, noCard(clock));
    throw error;
  }
}

/** The end of a change whose card was never posted. */
export function noCard(clock: Clock): ChangeEvent {
  const failure = {
    kind: NO_CARD,
    where: 'Slack',
    what: 'The bot could not post the card of this change, so nothing was planned.',
    next: 'Request the change again.',
  };
  return { type: 'failed', at: clock.now().toISOString(), failure };
}
