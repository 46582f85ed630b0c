import { type Refusal, refuse } from '../answers/refusal.ts';
import { isMention, meantNodeName, NODE_NAME_LIMIT } from '../cluster/node-name.ts';
import { clipped } from '../text/clipped.ts';

/** Why this word behind the verb cannot be a node, what was probably meant, and how that is typed. */
export function wrongNode(word: string, verb: string): Refusal {
  const meant = meantNodeName(word);
  const question = meant === null ? '' : ` Did you mean “${meant}”?`;
  return refuse(
    'bad-command',
    `“${clipped(word)}” cannot be a node: ${whyNot(word)}.${question}`,
    `For example: /registry-ha ${verb} ${meant ?? 'node-2'}`,
  );
}

function whyNot(word: string): string {
  if (isMention(word)) return `it is a mention in Slack, and no node’s name has ${word.charAt(0)}`;
  if (word.length > NODE_NAME_LIMIT)
    return `it has ${word.length} characters, and names have at most ${NODE_NAME_LIMIT}`;
  return 'names have lower-case letters, digits, hyphens and dots';
}
