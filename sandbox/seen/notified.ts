import type { Person, SlackMessage } from '../slack/local-slack-types.ts';
import { groupId } from '../slack/site/workspace.ts';

/**
 * IDs of the people whom a message notifies when it is posted: whom it mentions, alone or as a group, and the reader of a direct
 * message. Edits and messages that only one person sees in a channel notify nobody.
 */
export function notifiedBy(
  { author, channel, edits, ephemeralFor, text, blocks }: SlackMessage,
  people: readonly Person[],
): readonly string[] {
  if (!author.isBot || edits > 0) return [];
  if (ephemeralFor !== undefined) return channel.startsWith('D') ? [ephemeralFor] : [];
  const words = `${text} ${JSON.stringify(blocks)}`;
  const isNamed = ({ id, groups = [] }: Person) =>
    words.includes(`<@${id}>`) || groups.some((group) => words.includes(`<!subteam^${groupId(group)}>`));
  return people.filter(isNamed).map(({ id }) => id);
}
