import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import type { HoldWish } from '../policy/hold.ts';
import { clipped } from '../text/clipped.ts';
import { type CommandContext, clusterAmong, clusterFrom } from './cluster.ts';
import { reasonIn, sortedWords, typedWords } from './flags.ts';
import { plainWord } from './plain.ts';
import type { Word } from './tokenize.ts';
import { unknownNode } from './unknown-node.ts';
import { wrongNode } from './wrong-node.ts';

/** Commands that block new starts, and that lift the block. */
export const HOLD_WORDS = ['freeze', 'unfreeze', 'lock', 'unlock'] as const;

export type HoldWord = (typeof HOLD_WORDS)[number];

export const isHoldWord = (word: string): word is HoldWord => HOLD_WORDS.some((known) => known === word);

/** A lift takes no reason. */
const isLift = (word: string): boolean => word === 'unfreeze' || word === 'unlock';

const isFreeze = (word: HoldWord): boolean => word === 'freeze' || word === 'unfreeze';

/** Typed instead of a node name: all nodes. */
const WHOLE = 'cluster';

/** Parses `freeze`, `unfreeze`, `lock NODE|cluster` and `unlock NODE|cluster`. */
export function parseHold(word: HoldWord, words: readonly Word[], context: CommandContext): HoldWish | Refusal {
  const typed = isLift(word) ? liftWords(word, words) : holdWords(word, words);
  if (isRefusal(typed)) return typed;
  const { plain, cluster: named, ...rest } = typed;
  const cluster = clusterFrom(named, context);
  if (isRefusal(cluster)) return cluster;
  const misplaced = clusterAsName(word, typed, cluster, context);
  if (misplaced !== null) return misplaced;
  const hold = isLift(word) ? 'lift' : 'set';
  if (isFreeze(word)) {
    if (plain.length > 0) return bad(`${word} takes no name: it covers the whole cluster.`, word);
    return { hold, verb: 'freeze', cluster, node: null, ...rest };
  }
  const one = heldNode(word, plain.map(plainWord));
  const node = isRefusal(one) || isLift(word) ? one : knownNode(one, cluster, context);
  return isRefusal(node) ? node : { hold, verb: 'lock', cluster, ...node, ...rest };
}

const exampleFor = (word: HoldWord): string => `/registry-ha ${EXAMPLES[word]}`;

/** What is typed behind the word, besides the names. */
interface Behind extends Pick<HoldWish, 'reason' | 'forMs'> {
  readonly plain: readonly string[];
  readonly cluster: string | undefined;
}

function liftWords(word: HoldWord, words: readonly Word[]): Behind | Refusal {
  const example = exampleFor(word);
  const typed = sortedWords(words, { valued: ['--cluster', '--reason'], switches: [], example });
  if (isRefusal(typed)) return typed;
  const why = reasonIn(typed);
  if (isRefusal(why)) return why;
  if (why.reason !== undefined) return bad(`${word} takes no --reason. Give the reason with ${word.slice(2)}.`, word);
  return { plain: typed.plain, cluster: typed.flags.get('--cluster') };
}

function holdWords(word: HoldWord, words: readonly Word[]): Behind | Refusal {
  const takes = word === 'freeze' ? null : 'NODE';
  const typed = typedWords({ verb: word, takes, valued: ['--for'], example: exampleFor(word) }, words);
  if (isRefusal(typed)) return typed;
  const why = reasonIn(typed);
  if (isRefusal(why)) return why;
  const limit = limitIn(typed.flags.get('--for'));
  return isRefusal(limit) ? limit : { plain: typed.plain, cluster: typed.flags.get('--cluster'), ...why, ...limit };
}

const UNIT_MS = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A longer freeze belongs into the policy file. */
const MOST_MS = 30 * UNIT_MS.d;

/** `--for 30m`, `2h` or `3d`; empty without it. */
function limitIn(typed: string | undefined): { readonly forMs?: number } | Refusal {
  if (typed === undefined) return {};
  const [, digits, unit] = /^(\d{1,6}) ?(m|min|h|d)$/.exec(plainWord(typed).toLowerCase()) ?? [];
  const forMs = Number(digits) * UNIT_MS[unit === 'm' || unit === 'h' || unit === 'd' ? unit : 'min'];
  if (digits !== undefined && forMs > 0 && forMs <= MOST_MS) return { forMs };
  const says = `--for takes minutes, hours or days, at most 30 days, not “${clipped(typed)}”.`;
  return refuse('bad-command', says, 'For example: /registry-ha freeze --for 2h --reason "maintenance"');
}

const durationWord = (ms: number): string => {
  const [unit = 'm'] = (['d', 'h'] as const).filter((one) => ms % UNIT_MS[one] === 0);
  return `${ms / UNIT_MS[unit]}${unit}`;
};

/** Refuses a cluster without --cluster before it: the usual example would hold or free the default cluster instead. */
function clusterAsName(
  word: HoldWord,
  { plain, forMs }: Behind,
  cluster: string,
  context: CommandContext,
): Refusal | null {
  const names = plain.map(plainWord).filter((name) => name !== WHOLE);
  const named = clusterAmong(names, cluster, context);
  if (named === null) return null;
  const node = names.find((name) => name.toLowerCase() !== named);
  const says = isFreeze(word)
    ? `${word} takes no name: it covers the whole cluster.`
    : node === undefined
      ? `“${named}” is a cluster, not a node.`
      : `${word} takes one node, or the word ${WHOLE}.`;
  const what = isFreeze(word) ? [] : [node ?? WHOLE];
  const time = forMs === undefined ? [] : ['--for', durationWord(forMs)];
  const command = ['/registry-ha', word, ...what, '--cluster', named, ...time].join(' ');
  return refuse('bad-command', says, `To name the cluster: ${command}`);
}

type HeldNode = Pick<HoldWish, 'node' | 'isKnown'>;

function heldNode(word: HoldWord, [name, ...more]: readonly string[]): HeldNode | Refusal {
  if (name === undefined || more.length > 0) return bad(`${word} takes one node, or the word ${WHOLE}.`, word);
  if (!isNodeName(name)) return wrongNode(name, word);
  return { node: name === WHOLE ? null : name };
}

/** A lock of a misspelt node would protect nothing. A lift stays possible, because the node may have been removed. */
function knownNode(named: HeldNode, cluster: string, { nodesOf }: CommandContext): HeldNode | Refusal {
  const known = nodesOf?.(cluster) ?? null;
  if (known === null || named.node === null) return named;
  if (known.names.includes(named.node)) return { ...named, isKnown: true };
  return unknownNode(named.node, cluster, known, null);
}

const EXAMPLES: Readonly<Record<HoldWord, string>> = {
  freeze: 'freeze --reason "year end"',
  unfreeze: 'unfreeze',
  lock: 'lock node-2 --reason "new disk"',
  unlock: 'unlock node-2',
};

const bad = (says: string, word: HoldWord): Refusal =>
  refuse('bad-command', says, `For example: /registry-ha ${EXAMPLES[word]}`);
