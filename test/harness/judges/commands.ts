import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Step, StepKind } from '../../../src/domain/plan/step.ts';
import { asPlanned, isOf, isOnce } from './approved-lines.ts';
import type { Act, EngineJob } from './deeds.ts';

/** Steps of an undo inspect before each command, so their commands never succeed twice, even after a kill. */
const INSPECTS_FIRST: ReadonlySet<StepKind> = new Set(['withdraw', 'unmount', 'unconfigure', 'remove-copy']);

/** The acts to judge, and what to judge them by. */
export interface Deeds {
  readonly acts: readonly Act[];
  readonly jobs: readonly EngineJob[];
  /** The worker's journal. */
  readonly events: readonly ChangeEvent[];
  /** The steps of the approved plan. */
  readonly steps: readonly Step[];
  /** How many extra runs of a command are allowed: each interruption may have cut it. */
  readonly repeats: number;
}

/**
 * Complaints about unapproved or unnecessary acts. An act is necessary while a step that shows it has started and is
 * not recorded done. A Salt state, a copy's last command and a removal must not run again after a success. Other
 * commands may run once, plus once for each interruption.
 */
export function judgeCommands(deeds: Deeds): readonly string[] {
  const acts = deeds.acts.map((act) => ({ ...act, steps: deeds.steps.filter((step) => isOf(step, act.on, act.line)) }));
  return [
    ...acts.filter((act) => act.steps.length === 0).map(({ on, line }) => `${on}: not approved: ${line}`),
    ...acts.flatMap((act) => outOfTime(act, deeds.events)),
    ...tooOften(acts, deeds.repeats),
    ...judgeEngineJobs(deeds),
  ];
}

/** An act with the steps that show it in their plan; a command can belong to several. */
type PlannedAct = Act & { readonly steps: readonly Step[] };

/** One of its steps must have started and not be recorded done at the time of the act. */
function outOfTime({ line, at, on, steps }: PlannedAct, events: readonly ChangeEvent[]): readonly string[] {
  const before = events.filter((event) => Date.parse(event.at) <= Date.parse(at));
  const has = (type: ChangeEvent['type'], { id }: Step) =>
    before.some(
      (event) => event.type === type && 'step' in event && event.step === id && (type !== 'step-done' || event.at < at),
    );
  if (steps.length === 0 || steps.some((step) => has('step-started', step) && !has('step-done', step))) return [];
  const ids = steps.map(({ id }) => id).join(', ');
  return [`${on}: ran while none of its steps (${ids}) was in progress: ${line}`];
}

function tooOften(acts: readonly PlannedAct[], repeats: number): readonly string[] {
  const alike = Map.groupBy(acts, ({ on, line }) => [on, ...asPlanned(line)].join(' '));
  return [...alike].flatMap(([what, runs]) => {
    const once = Math.max(1, runs[0]?.steps.length ?? 1);
    const well = runs.filter(({ exitCode }) => exitCode === 0).length;
    const isEnough = isOnce(runs[0]?.line ?? '') || runs[0]?.steps.some(({ kind }) => INSPECTS_FIRST.has(kind));
    if (isEnough && well > once) return [`succeeded ${well} times instead of once: ${what}`];
    return runs.length > once + repeats ? [`ran ${runs.length} times, with ${repeats} interruptions: ${what}`] : [];
  });
}

function judgeEngineJobs({ steps, jobs, repeats }: Deeds): readonly string[] {
  const planned = steps.flatMap((step) => (step.kind === 'engines' ? [step] : []));
  if (jobs.length > 0 && planned.length === 0) return ['the engines were reconfigured without approval'];
  const setOf = (names: readonly string[]) => [...names].toSorted().join();
  const wanted = [...new Set(planned.map(({ nodes }) => setOf(nodes)))];
  const others = jobs.filter(({ minions }) => !wanted.includes(setOf(minions)));
  const more = jobs.length - Math.max(1, wanted.length);
  return [
    ...others.map(
      ({ minions }) => `the engines were reconfigured on ${minions.join()} instead of ${wanted.join(' or ')}`,
    ),
    ...wanted.flatMap((set) => {
      const own = jobs.filter(({ minions }) => setOf(minions) === set);
      const well = own.filter(({ minions, retcodes }) => minions.every((one) => retcodes[one] === 0)).length;
      return well > 1 ? [`the engines of ${set} were reconfigured successfully ${well} times instead of once`] : [];
    }),
    ...(more > repeats ? [`${jobs.length} jobs for the engines, with ${repeats} interruptions`] : []),
    ...outOfTurn(jobs, wanted, setOf),
  ];
}

/** Engines that are reconfigured one after another keep the order of the plan. */
function outOfTurn(
  jobs: readonly EngineJob[],
  wanted: readonly string[],
  setOf: (names: readonly string[]) => string,
): readonly string[] {
  const turns = jobs.map(({ minions }) => wanted.indexOf(setOf(minions)));
  return turns.some((turn, at) => turn < Math.max(...turns.slice(0, at)))
    ? ['the engines were reconfigured out of turn']
    : [];
}
