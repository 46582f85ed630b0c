import { type Refusal, refuse } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import type { HoldWish } from '../policy/hold.ts';
import { wrongNode } from './wrong-node.ts';

/** Words that keep changes from starting, and that lift it. */
export const HOLD_WORDS = ['freeze', 'unfreeze', 'lock', 'unlock'] as const;

export type HoldWord = (typeof HOLD_WORDS)[number];

export const isHoldWord = (word: string): word is HoldWord => HOLD_WORDS.some((known) => known === word);

/** Does this word lift what another one has set? Then it takes no reason. */
export const isLift = (word: string): boolean => word === 'unfreeze' || word === 'unlock';

/** Stands in the place of a node and means all of them. */
const WHOLE = 'cluster';

/** What `freeze`, `unfreeze`, `lock NODE|cluster` and `unlock NODE|cluster` ask for. */
export function holdFrom(
  word: HoldWord,
  cluster: string,
  names: readonly string[],
  reason: string | undefined,
): HoldWish | Refusal {
  const lifts = isLift(word);
  const hold = lifts ? 'lift' : 'set';
  if (lifts && reason !== undefined) return bad(`--reason goes with ${word.slice(2)}, not with ${word}.`, word);
  const why = reason === undefined ? {} : { reason };
  if (word === 'freeze' || word === 'unfreeze') {
    if (names.length > 0) return bad(`${word} takes no name: it is for the whole cluster.`, word);
    return { hold, verb: 'freeze', cluster, node: null, ...why };
  }
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) return bad(`${word} takes one node, or the word ${WHOLE}.`, word);
  if (!isNodeName(name)) return wrongNode(name, word);
  return { hold, verb: 'lock', cluster, node: name === WHOLE ? null : name, ...why };
}

const EXAMPLES: Readonly<Record<HoldWord, string>> = {
  freeze: 'freeze --reason "year end"',
  unfreeze: 'unfreeze',
  lock: 'lock node-2 --reason "new disk"',
  unlock: 'unlock node-2',
};

const bad = (says: string, word: HoldWord): Refusal =>
  refuse('bad-command', says, `For example: /registry-ha ${EXAMPLES[word]}`);
