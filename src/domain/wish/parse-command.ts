import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { isVerb, VERB_NAMES, type Verb } from '../plan/intent.ts';
import { parseQuestion, QUESTION_NAMES, type QuestionWish, questionOf } from '../questions/questions.ts';
import { clipped } from '../text/clipped.ts';
import { nearestOnes } from '../text/nearest.ts';
import type { ChangeWish } from '../typed/change-wish.ts';
import type { CommandContext } from '../typed/cluster.ts';
import { didYouMean } from '../typed/did-you-mean.ts';
import { EXAMPLE } from '../typed/example.ts';
import { HOLD_WORDS, isHoldWord, parseHold } from '../typed/hold-command.ts';
import { notTyped } from '../typed/not-typed.ts';
import { plainFlag, plainWord, visible } from '../typed/plain.ts';
import { tokenize, type Word } from '../typed/tokenize.ts';
import { parseVerb } from '../verbs/parse-verb.ts';
import { verbPlug } from '../verbs/verbs.ts';
import type { Wish } from './wish.ts';

/** Characters: 20 of the longest names and a reason. Parsing 256 kB of words would take half a minute. */
const TEXT_LIMIT = 8_000;

const COMMANDS: readonly string[] = [...VERB_NAMES, ...HOLD_WORDS, ...QUESTION_NAMES];

/** The typed text as a wish, or a refusal that suggests what was probably meant. */
export function parseCommand(text: string, context: CommandContext): Wish | Refusal {
  if (text.length > TEXT_LIMIT) return bad(`The command has ${text.length} characters. The limit is ${TEXT_LIMIT}.`);
  const { words: all, unclosed } = tokenize(visible(text));
  if (unclosed !== null) return bad(`The quote ${unclosed} is not closed.`);
  const [first, ...rest] = withoutName(all);
  if (first === undefined) return { is: 'form', verb: null, cluster: context.defaultCluster, instead: HELP };
  if (rest.some(({ text }) => text === '--help' || text === '-h')) return HELP;
  const word = plainFlag(first.text).toLowerCase();
  const question = questionOf(word);
  if (question !== null) return parseQuestion(question, rest, context);
  if (isVerb(word)) return rest.length === 0 ? withoutWords(word, context) : changeOrPlan(word, rest, context);
  if (!isHoldWord(word)) return notTyped(first.text) ?? unknownCommand(word);
  const hold = parseHold(word, rest, context);
  return isRefusal(hold) ? hold : { is: 'hold', hold };
}

/** A command that was copied from a page, and pasted behind the slash command itself, has its name twice. */
const withoutName = ([first, ...rest]: readonly Word[]): readonly Word[] =>
  first === undefined ? [] : /^\/?registry-ha$/i.test(plainWord(first.text)) ? rest : [first, ...rest];

const HELP: QuestionWish = { is: 'question', question: 'help', ask: {} };

/** A verb alone: a whole command, or the start of a form. */
function withoutWords(verb: Verb, context: CommandContext): Wish | Refusal {
  const wish = changeOrPlan(verb, [], context);
  if (!isRefusal(wish) || verbPlug(verb).form === null) return wish;
  return { is: 'form', verb, cluster: context.defaultCluster, instead: wish };
}

/** The words behind a verb as a change, or as a question about one. */
export function changeOrPlan(verb: Verb, rest: readonly Word[], context: CommandContext): Wish | Refusal {
  const typed = parseVerb(verb, rest, context);
  if (isRefusal(typed)) return typed;
  if (typed.isProofOnly) return dryRun(typed.wish);
  return typed.isDryRun ? { is: 'question', question: 'plan', ask: typed.wish } : typed.wish;
}

/** Without a change, a drill is a proof of every registry and engine, and what a real one would do. */
function dryRun(wish: ChangeWish): Wish {
  if (wish.is !== 'change') return wish;
  const { cluster, nodes } = wish.intent;
  return { is: 'question', question: 'verify', ask: { cluster, nodes: [], deep: false, drills: nodes[0] ?? '' } };
}

function unknownCommand(word: string): Refusal {
  const question = didYouMean(nearestOnes(word, COMMANDS));
  return refuse(
    'bad-command',
    `There is no command “${clipped(word)}”.${question}`,
    `${EXAMPLE}; or: /registry-ha help`,
  );
}

const bad = (says: string): Refusal => refuse('bad-command', says, EXAMPLE);
