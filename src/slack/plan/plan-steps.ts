import type { Plan } from '../../domain/plan/plan.ts';
import { renderNamed, type Scripts, scriptsOf } from '../../domain/plan/scripts.ts';
import type { Step } from '../../domain/plan/step.ts';
import { nodesOf } from '../../domain/plan/step-shared.ts';
import { count, listed } from '../../domain/text/format.ts';
import { clean } from '../../domain/text/printable.ts';
import { plugOf } from '../../steps/kinds.ts';
import { type Block, preformatted, richText, words } from '../text/blocks.ts';
import { cut, more } from '../text/fit.ts';
import type { Detail } from './detail.ts';

type Part = ReturnType<typeof words>;

interface Numbered {
  readonly number: number;
  readonly step: Step;
}

/** The level of detail, and the names of the scripts. */
interface Shown extends Detail {
  readonly scripts: Scripts;
}

/** Characters of a step's sentence; node names may have 253 characters each. */
const SAYS_LIMIT = 300;

/** Every step with its commands. A large plan shows only the commands of the first step of each kind. */
export function planSteps({ approved }: Plan, detail: Detail): readonly Block[] {
  const steps = approved.steps.map((step, index) => ({ number: index + 1, step }));
  if (steps.length === 0) return [];
  const scripts = scriptsOf(approved.steps);
  const shown: Shown = { ...detail, scripts };
  const parts = detail.steps === 'all' ? everyStep(steps, shown) : byKind(steps, shown, detail.steps);
  const title = words(`Steps, in this order${atOnce(approved.steps)}, with every command that changes something`, {
    bold: true,
  });
  return chunks([title, ...parts, ...scriptTexts(shown)]).map(richText);
}

/** Texts of one block; a block of a whole large plan would be very long. */
const PARTS = 24;

const chunks = (parts: readonly Part[]): readonly (readonly Part[])[] =>
  Array.from({ length: Math.ceil(parts.length / PARTS) }, (_, n) => parts.slice(n * PARTS, (n + 1) * PARTS));

/** What happens on several nodes at the same time, in brackets after a space; empty when nothing does. */
export function atOnce(steps: readonly Step[]): string {
  const together = [...Map.groupBy(steps, ({ kind }) => plugOf(kind).atOnce?.says ?? null)].flatMap(([what, own]) =>
    what !== null && new Set(own.flatMap(nodesOf)).size > 1 ? [what] : [],
  );
  return together.length === 0 ? '' : ` (${listed(together)} at the same time)`;
}

/** Each script is shown once; commands refer to it by name. */
function scriptTexts({ scripts, commands: room }: Shown): readonly Part[] {
  return [...scripts].flatMap(([text, name]) => [words(`${name}:`), preformatted(cut(clean(text), room))]);
}

const everyStep = (steps: readonly Numbered[], detail: Shown): readonly Part[] =>
  steps.flatMap((numbered) => [words(line(numbered)), ...commands(numbered.step, detail)]);

function byKind(steps: readonly Numbered[], detail: Shown, others: number): readonly Part[] {
  const kinds = [...new Set(steps.map(({ step }) => step.kind))];
  return kinds.flatMap((kind) => {
    const [first, ...rest] = steps.filter(({ step }) => step.kind === kind);
    if (first === undefined) return [];
    return [words(line(first)), ...commands(first.step, detail), ...alike(first.step, rest, others)];
  });
}

function alike(first: Step, rest: readonly Numbered[], shown: number): readonly Part[] {
  if (rest.length === 0) return [];
  const lines = rest.slice(0, shown).map(line);
  const left = rest.length - lines.length;
  const steps = count(rest.length, 'more step');
  if (shown === 0) return [words(`And ${steps} of this kind, for other nodes and files.`)];
  const title =
    first.commands.length === 0
      ? `And ${steps} of this kind:`
      : `And ${steps} with the same commands, for other nodes and files:`;
  return [words([title, ...lines, ...(left === 0 ? [] : [more(left)])].join('\n'))];
}

const line = ({ number, step }: Numbered): string => `${number}. ${cut(clean(step.says), SAYS_LIMIT)}`;

function commands({ commands: planned }: Step, detail: Shown): readonly Part[] {
  if (planned.length === 0) return [];
  const lines = planned.map(({ on, command }) => `on ${on}: ${renderNamed(command, detail.scripts)}`);
  return [preformatted(fitCommands(lines, detail.commands))];
}

/** As many whole commands as fit. A command is cut only if it is too long alone. */
function fitCommands(lines: readonly string[], characters: number): string {
  const text = lines.join('\n');
  if (text.length <= characters) return text;
  const [first = ''] = lines;
  const fitting = lines.filter((_, index) => lines.slice(0, index + 1).join('\n').length <= characters);
  if (fitting.length === 0) return cut(first, characters) + rest(lines.length - 1);
  return fitting.join('\n') + rest(lines.length - fitting.length);
}

const rest = (left: number): string => (left === 0 ? '' : `\n${more(left)}`);
