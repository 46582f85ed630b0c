import type { ChangeId } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import { SlackRefused } from '../api/slack-refused.ts';

export interface ClaimPorts {
  readonly cards: Pick<Cards, 'claimReply' | 'confirmReply' | 'releaseReply'>;
}

/** A message of a change; its name is unique within the change. */
interface Named {
  readonly name: string;
}

/** Longer than any post or upload: two tries of ten seconds, and the pause between them. */
const POSTING_MS = 30_000;

/** Those that are not posted, now claimed by this bot, or posted by it without being recorded. */
export async function claim<T extends Named>(
  id: ChangeId,
  messages: readonly T[],
  unconfirmed: ReadonlySet<string>,
  { cards }: ClaimPorts,
): Promise<readonly T[]> {
  const ours: T[] = [];
  const fresh: T[] = [];
  for (const one of messages) {
    const claimed = unconfirmed.has(`${id} ${one.name}`) ? null : await cards.claimReply(id, one.name, POSTING_MS);
    if (claimed === 'posted') continue;
    if (claimed === 'busy') return await letGo(id, fresh, cards);
    ours.push(one);
    if (claimed === 'ours') fresh.push(one);
  }
  return ours;
}

/** The revision is not committed, so this is retried until the other bot confirms its reply or its claim expires. */
async function letGo(id: ChangeId, claimed: readonly Named[], cards: ClaimPorts['cards']): Promise<never> {
  for (const { name } of claimed) await cards.releaseReply(id, name);
  throw new SlackRefused('unavailable', 'another bot may be posting it');
}

/** Records messages as posted, for good. `unconfirmed` has those that this process has posted without being able to record it. */
export async function confirm(
  id: ChangeId,
  messages: readonly Named[],
  unconfirmed: Set<string>,
  { cards }: ClaimPorts,
): Promise<void> {
  for (const { name } of messages) unconfirmed.add(`${id} ${name}`);
  for (const { name } of messages) {
    await cards.confirmReply(id, name);
    unconfirmed.delete(`${id} ${name}`);
  }
}
