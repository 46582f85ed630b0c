import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Step, StepKind } from '../../../src/domain/plan/step.ts';
import { asPlanned, isOf, isOnce } from './approved-lines.ts';
import type { Act, EngineJob } from './deeds.ts';

/** Steps of an undo look before each command, so that none of these ends well a second time, whoever died in between. */
const LOOKS_BEFORE_EACH: ReadonlySet<StepKind> = new Set(['withdraw', 'unmount', 'unconfigure', 'remove-copy']);

/** What was done, and what it is judged by. */
export interface Deeds {
  readonly acts: readonly Act[];
  readonly jobs: readonly EngineJob[];
  /** The worker's journal. */
  readonly events: readonly ChangeEvent[];
  /** The steps of the approved plan. */
  readonly steps: readonly Step[];
  /** How often one command may run beyond the first time: each interruption may have cut it. */
  readonly repeats: number;
}

/**
 * Complaints about acts that nobody approved or needed. Needed means: a step that shows it had begun and was not yet recorded
 * done; a Salt state, the last command of a copy, or what takes something away, never runs again once it has ended well; and no
 * command runs more often than once and once more for each interruption.
 */
export function judgeCommands(deeds: Deeds): readonly string[] {
  const acts = deeds.acts.map((act) => ({ ...act, steps: deeds.steps.filter((step) => isOf(step, act.on, act.line)) }));
  return [
    ...acts.filter((act) => act.steps.length === 0).map(({ on, line }) => `${on}: nobody approved: ${line}`),
    ...acts.flatMap((act) => outOfTime(act, deeds.events)),
    ...tooOften(acts, deeds.repeats),
    ...judgeEngineJobs(deeds),
  ];
}

/** An act with the steps whose plan shows it; one command may belong to several of them. */
type PlannedAct = Act & { readonly steps: readonly Step[] };

/** One of its steps must have begun, and not be recorded done, when it ran. */
function outOfTime({ line, at, on, steps }: PlannedAct, events: readonly ChangeEvent[]): readonly string[] {
  const before = events.filter((event) => Date.parse(event.at) <= Date.parse(at));
  const has = (type: ChangeEvent['type'], { id }: Step) =>
    before.some(
      (event) => event.type === type && 'step' in event && event.step === id && (type !== 'step-done' || event.at < at),
    );
  if (steps.length === 0 || steps.some((step) => has('step-started', step) && !has('step-done', step))) return [];
  const ids = steps.map(({ id }) => id).join(', ');
  return [`${on}: ran while none of its steps (${ids}) was under way, or after they were recorded done: ${line}`];
}

function tooOften(acts: readonly PlannedAct[], repeats: number): readonly string[] {
  const alike = Map.groupBy(acts, ({ on, line }) => [on, ...asPlanned(line)].join(' '));
  return [...alike].flatMap(([what, runs]) => {
    const once = Math.max(1, runs[0]?.steps.length ?? 1);
    const well = runs.filter(({ exitCode }) => exitCode === 0).length;
    const isEnough = isOnce(runs[0]?.line ?? '') || runs[0]?.steps.some(({ kind }) => LOOKS_BEFORE_EACH.has(kind));
    if (isEnough && well > once) return [`ended well ${well} times, once is enough: ${what}`];
    return runs.length > once + repeats ? [`ran ${runs.length} times, with ${repeats} interruptions: ${what}`] : [];
  });
}

function judgeEngineJobs({ steps, jobs, repeats }: Deeds): readonly string[] {
  const step = steps.find(({ kind }) => kind === 'engines');
  if (jobs.length > 0 && step?.kind !== 'engines') return ['the engines were reconfigured, and nobody approved that'];
  const wanted = step?.kind === 'engines' ? [...step.nodes].toSorted().join() : '';
  const others = jobs.filter(({ minions }) => [...minions].toSorted().join() !== wanted);
  const well = jobs.filter(({ minions, retcodes }) => minions.every((one) => retcodes[one] === 0)).length;
  return [
    ...others.map(({ minions }) => `the engines were reconfigured on ${minions.join()} instead of ${wanted}`),
    ...(well > 1 ? [`the engines were reconfigured well ${well} times, once is enough`] : []),
    ...(jobs.length > 1 + repeats ? [`${jobs.length} jobs for the engines, with ${repeats} interruptions`] : []),
  ];
}
