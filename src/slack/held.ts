import type { Person } from '../domain/approval.ts';
import { type Hold, type HoldWish, heldThing } from '../domain/hold.ts';
import { isRefusal } from '../domain/refusal.ts';
import { refusalText } from './answers.ts';
import type { UseCases } from './bot-ports.ts';
import { code, escaped } from './foreign-text.ts';
import { person } from './names.ts';
import { holdLine } from './standstill.ts';

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
  const what = hold.node === null ? 'No change' : `No change that touches ${escaped(hold.node)}`;
  return `${holdLine(hold, cluster)}\n${what} can be asked for, approved or retried now; what runs goes on, Cancel and Deny work. To lift it: ${code(`/registry-ha ${lift}`)}`;
}

const liftedText = (hold: Hold, cluster: string, by: Person): string =>
  `${escaped(heldThing(hold, cluster)).replace(' is ', ' is no longer ')}: ${person(by)} lifted what ${person(hold.by)} had set.`;
