import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import type { AddIntent } from '../plan/plan.ts';
import type { HoldWish } from '../policy/hold.ts';
import { clipped } from '../text/clipped.ts';
import { listed } from '../text/format.ts';
import { nearest } from '../text/nearest.ts';
import { HOLD_WORDS, type HoldWord, holdFrom, isHoldWord, isLift } from './hold-command.ts';
import { notTyped } from './not-typed.ts';
import { reasonFrom } from './reason.ts';
import { type Word, wordsOf } from './tokenize.ts';
import { type UndoWanted, undoWanted } from './undo-wanted.ts';
import { unquotedReason } from './unquoted-reason.ts';
import { wrongNode } from './wrong-node.ts';

/** The clusters there are, and the one that is meant when none is named. */
export interface CommandContext {
  readonly clusters: readonly string[];
  readonly defaultCluster: string | null;
}

/** Somebody wants to know what can be typed. */
export interface HelpWanted {
  readonly help: true;
}

/** More nodes than this in one change make a plan that nobody can read. */
export const NODES_LIMIT = 20;

/** Twenty of the longest names and a reason; without a limit, reading a quarter of a megabyte of words takes half a minute. */
const TEXT_LIMIT = 8_000;

const EXAMPLE = 'For example: /registry-ha add node-2 --reason "second registry before the upgrade"';
const VERBS = ['add', 'undo', ...HOLD_WORDS, 'help'] as const;
const FLAGS = ['--cluster', '--reason'] as const;
type Flag = (typeof FLAGS)[number];

/** What was typed after the slash command, as a wish, a request for help, or a "no" that says what was probably meant. */
export function parseCommand(
  text: string,
  context: CommandContext,
): AddIntent | UndoWanted | HoldWish | Refusal | HelpWanted {
  if (text.length > TEXT_LIMIT)
    return bad(`The command has ${text.length} characters; ${TEXT_LIMIT} are the most that is read.`);
  const { words, unclosed } = wordsOf(text);
  if (unclosed !== null) return bad(`The quote ${unclosed} is never closed.`);
  const [first, ...rest] = words;
  if (first === undefined || asksForHelp(first.text) || rest.some(({ text }) => text === '--help' || text === '-h')) {
    return { help: true };
  }
  const verb = first.text;
  if (verb === 'undo') return undoIntent(rest, context);
  if (isHoldWord(verb)) return holdWish(verb, rest, context);
  if (verb !== 'add') return notTyped(verb) ?? unknownVerb(verb);
  return addIntent(rest, context);
}

const asksForHelp = (word: string): boolean => ['help', '--help', '-h', '?'].includes(withDashes(word).toLowerCase());

function undoIntent(words: readonly Word[], { clusters }: CommandContext): UndoWanted | Refusal {
  const sorted = clearWords('undo', words);
  return isRefusal(sorted) ? sorted : undoWanted(sorted.plain, sorted.flags, clusters);
}

function addIntent(words: readonly Word[], context: CommandContext): AddIntent | Refusal {
  const sorted = clearWords('add', words);
  if (isRefusal(sorted)) return sorted;
  const nodes = nodesFrom(sorted.plain);
  if (isRefusal(nodes)) return nodes;
  const cluster = clusterFrom(sorted.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const typed = sorted.flags.get('--reason');
  if (typed === undefined) return { verb: 'add', cluster, nodes };
  const reason = reasonFrom(typed);
  return isRefusal(reason) ? reason : { verb: 'add', cluster, nodes, reason };
}

function holdWish(word: HoldWord, words: readonly Word[], context: CommandContext): HoldWish | Refusal {
  const sorted = clearWords(word, words);
  if (isRefusal(sorted)) return sorted;
  const cluster = clusterFrom(sorted.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const typed = sorted.flags.get('--reason');
  const reason = typed === undefined ? undefined : reasonFrom(typed);
  return isRefusal(reason) ? reason : holdFrom(word, cluster, sorted.plain, reason);
}

interface SortedWords {
  readonly plain: readonly string[];
  readonly flags: ReadonlyMap<Flag, string>;
  /** What stands right behind a reason without quotes; no part of `plain`. */
  readonly behindReason: readonly string[];
}

/** The words by what they are; a “no” where a reason without quotes may go on or not. What takes no reason is refused for having one. */
function clearWords(verb: string, words: readonly Word[]): SortedWords | Refusal {
  const sorted = sortWords(words);
  if (isRefusal(sorted) || sorted.behindReason.length === 0 || isLift(verb)) return sorted;
  const { plain: names, flags, behindReason: behind } = sorted;
  const [cluster, first = ''] = [flags.get('--cluster'), flags.get('--reason')];
  return unquotedReason({ verb, names, cluster, first, behind });
}

function sortWords(words: readonly Word[]): SortedWords | Refusal {
  const plain: string[] = [];
  const flags = new Map<Flag, string>();
  const behindReason: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!isFlag(word)) {
      plain.push(word.text);
      continue;
    }
    const [name, value] = nameAndValue(withDashes(word.text));
    const flag = FLAGS.find((known) => known === name);
    if (flag === undefined) return unknownFlag(name);
    if (flags.has(flag)) return bad(`${flag} is given twice.`);
    const given = value === undefined ? valueBehind(flag, rest) : { ...word, text: value };
    if (isRefusal(given)) return given;
    flags.set(flag, given.text);
    if (flag === '--reason' && !given.isQuoted) behindReason.push(...upToFlag(rest));
  }
  return { plain, flags, behindReason };
}

function valueBehind(flag: Flag, rest: Word[]): Word | Refusal {
  const next = rest.shift();
  return next === undefined || withDashes(next.text).startsWith('--') ? needsValue(flag) : next;
}

const isFlag = ({ text }: Word): boolean => withDashes(text).startsWith('-');

/** Takes the words in front of the next flag, or all of them, out of `rest`. */
function upToFlag(rest: Word[]): readonly string[] {
  const flag = rest.findIndex(isFlag);
  return rest.splice(0, flag === -1 ? rest.length : flag).map(({ text }) => text);
}

/** Phones turn two hyphens into one dash. */
const withDashes = (word: string): string => word.replace(/^[—–]/, '--');

function nameAndValue(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function nodesFrom(words: readonly string[]): readonly string[] | Refusal {
  const names = words.flatMap((word) => word.split(',')).filter((name) => name !== '');
  const wrong = names.find((name) => !isNodeName(name));
  if (wrong !== undefined) return wrongNode(wrong, 'add');
  const nodes = [...new Set(names)];
  if (nodes.length === 0) return refuse('bad-command', 'Which node gets the registry? No node is named.', EXAMPLE);
  if (nodes.length <= NODES_LIMIT) return nodes;
  return refuse(
    'bad-command',
    `${nodes.length} nodes are named; one change takes at most ${NODES_LIMIT}.`,
    'Ask in several commands.',
  );
}

function clusterFrom(typed: string | undefined, { clusters, defaultCluster }: CommandContext): string | Refusal {
  if (typed === undefined) {
    return defaultCluster ?? refuse('bad-command', 'Which cluster? Several are served here.', clusterHint(clusters));
  }
  if (clusters.includes(typed)) return typed;
  const meant = nearest(typed.toLowerCase(), clusters);
  const question = meant === null ? '' : ` Did you mean “${meant}”?`;
  return refuse('unknown-cluster', `No cluster “${clipped(typed)}” is served here.${question}`, clusterHint(clusters));
}

const clusterHint = (clusters: readonly string[]): string => {
  if (clusters.length === 0) return 'The bot’s configuration names no cluster.';
  return `Name one: --cluster ${clusters[0]} (there ${clusters.length === 1 ? 'is' : 'are'} ${listed(clusters)}).`;
};

function unknownVerb(verb: string): Refusal {
  const meant = nearest(verb.toLowerCase(), VERBS);
  const question = meant === null ? '' : ` Did you mean “${meant}”?`;
  return refuse('bad-command', `I do not know “${clipped(verb)}”.${question}`, `${EXAMPLE}; or: /registry-ha help`);
}

function unknownFlag(flag: string): Refusal {
  const meant = nearest(`--${flag.toLowerCase().replace(/^-+/, '')}`, FLAGS);
  const question = meant === null ? ` There are ${listed(FLAGS)}.` : ` Did you mean “${meant}”?`;
  return bad(`I do not know “${clipped(flag)}”.${question}`);
}

const needsValue = (flag: Flag): Refusal =>
  bad(`${flag} needs a value after it${flag === '--reason' ? ', in quotes' : ''}.`);

const bad = (says: string): Refusal => refuse('bad-command', says, EXAMPLE);
