import type { Change } from '../../domain/change/change.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { count } from '../../domain/text/format.ts';
import { inShort } from '../plan/plan-facts.ts';
import { atOnce } from '../plan/plan-steps.ts';
import { type Block, listed, section } from '../text/blocks.ts';
import { cut, fitLines, type Room } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { type Task, tasksOf } from './tasks.ts';

/** A card is read on a phone: about a screen and a half with its head and its buttons. The full plan has the rest. */
const ROOM = {
  effects: { lines: 3, characters: 700 },
  warnings: { lines: 3, characters: 700 },
} as const satisfies Readonly<Record<string, Room>>;
/** Steps are shown one by one up to this number, then by node, then by kind. */
const STEPS = 8;
/** Characters of a line; of a line about a plan with few steps, which leaves room. */
const LINE = 100;
const LONG_LINE = 240;
const FEW_STEPS = 4;
/** Effects, warnings and keys together; what was found gets the lines that are left. */
const FACTS = 5;
/** More new host keys are counted only. */
const KEYS = 2;

/** What an approver must know, the riskiest first: what the plan changes, warnings, new host keys, and its steps. */
export function planSummary(change: Change): readonly Block[] {
  const { intent, plan } = change;
  if (plan === undefined) return [];
  const { approved, seen } = plan;
  const length = approved.steps.length <= FEW_STEPS ? LONG_LINE : LINE;
  const effects = fitLines(
    approved.sideEffects.map((text) => short(text, length)),
    ROOM.effects,
  );
  const warnings = fitLines(
    seen.warnings.map((text) => short(text, length)),
    ROOM.warnings,
  );
  const left = FACTS - effects.length - warnings.length - Math.min(seen.newHostKeys.length, KEYS);
  return [
    section(inShort({ intent, plan })),
    ...listed('Found', left > 0 ? fitLines(seen.findings.map(escaped), { lines: left, characters: 500 }) : []),
    ...listed('What else it changes', effects),
    ...listed('Warnings', warnings),
    ...newKeys(plan),
    ...steps(change),
  ];
}

/** Approving pins them, so all are counted here, and the full plan names each. */
function newKeys({ approved, seen }: Plan): readonly Block[] {
  const pinned = approved.hostKeys.filter(({ node }) => seen.newHostKeys.includes(node));
  if (pinned.length === 0) return [];
  const title = `Approving pins ${count(pinned.length, 'new SSH host key')}`;
  if (pinned.length > KEYS) return [section(`*${title}*: the full plan names them.`)];
  const lines = pinned.map(({ node, key }) => `${escaped(node)}: ${escaped(key.algorithm)} ${code(key.fingerprint)}`);
  return listed(title, lines);
}

function steps(change: Change): readonly Block[] {
  const all = change.plan?.approved.steps ?? [];
  if (all.length === 0) return [];
  const view = { change, waitsFor: [], now: new Date(0) };
  const [byStep, byNode, byKind] = [tasksOf(view, 'step'), tasksOf(view, 'node'), tasksOf(view, 'kind')];
  const tasks = [byStep, byNode].find((some) => some.length <= STEPS) ?? byKind;
  return [section([`*Steps*${atOnce(all)}`, ...tasks.map(line)].join('\n'))];
}

/** The first sentence of a long text if that fits, else as many whole words as fit; the dots say that there is more. */
function short(text: string, length: number): string {
  const words = escaped(text);
  if (words.length <= length) return words;
  const sentence = /^.*?\.(?= )/.exec(words)?.[0] ?? words;
  return sentence.length < length ? `${sentence} …` : cut(words, length).replace(/ [^ ]*…$/, ' …');
}

const line = ({ title }: Task, index: number): string => `${index + 1}. ${short(title, LINE)}`;
