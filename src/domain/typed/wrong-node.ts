import { type Refusal, refuse } from '../answers/refusal.ts';
import { isMention, isPattern, meantNodeName, NODE_NAME_LIMIT } from '../cluster/node-name.ts';
import { clipped } from '../text/clipped.ts';

/** Why the word is no node name, with a suggestion and an example. */
export function wrongNode(word: string, verb: string): Refusal {
  const meant = meantNodeName(word);
  const question = meant === null ? '' : ` Did you mean “${meant}”?`;
  return refuse(
    'bad-command',
    `“${clipped(word)}” is not a valid node name: ${whyNot(word)}.${question}`,
    `For example: /registry-ha ${verb} ${meant ?? 'node-2'}`,
  );
}

function whyNot(word: string): string {
  if (isMention(word)) return `it is a Slack mention, and a node name has no ${word.charAt(0)}`;
  if (word.length > NODE_NAME_LIMIT) return `it has ${word.length} characters, and the limit is ${NODE_NAME_LIMIT}`;
  if (isPattern(word)) return 'patterns are not supported, so name each node';
  return 'node names have only lower-case letters, digits, hyphens and dots';
}
