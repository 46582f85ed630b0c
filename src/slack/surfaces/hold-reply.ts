import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { isRefusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import { type Hold, type HoldWish, heldThing } from '../../domain/policy/hold.ts';
import { holdLine } from '../parts/active-holds.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { person } from '../text/names.ts';
import { refusalText } from './answers.ts';

/** What everybody in the channel is told. */
export interface Announcement {
  readonly inChannel: string;
}

/** Freezes, locks, or lifts it: everybody hears of it, a refusal goes to the asker alone. */
export async function held(
  wish: HoldWish,
  by: Person,
  channel: string,
  useCases: Pick<UseCases, 'hold'>,
): Promise<string | Announcement> {
  const hold = await useCases.hold(wish, by, channel);
  if (isRefusal(hold)) return refusalText(hold);
  return { inChannel: wish.hold === 'set' ? setText(hold, wish.cluster) : liftedText(hold, wish.cluster, by) };
}

function setText(hold: Hold, cluster: string): string {
  const lift = hold.verb === 'freeze' ? 'unfreeze' : `unlock ${hold.node ?? 'cluster'}`;
  return `${holdLine(hold, cluster)}\n${stoppedText(hold)}; one that is approved and has not begun loses its approval. What runs goes on, Cancel and Deny work. To lift it: ${code(`/registry-ha ${lift}`)}`;
}

/** A lock of a node stops more than what names the node, and the bot has no eyes on the cluster. */
function stoppedText({ node }: Hold): string {
  if (node === null) return 'No change can be asked for, approved or retried now';
  const name = escaped(node);
  return `The bot cannot check that there is a node ${name}. No change that names it can be asked for now, and no plan that does something on it can be approved or retried (nearly every add does: it restarts the container engines of all nodes)`;
}

const liftedText = (hold: Hold, cluster: string, by: Person): string =>
  `${escaped(heldThing(hold, cluster)).replace(' is ', ' is no longer ')}: ${person(by)} lifted what ${person(hold.by)} had set.`;
