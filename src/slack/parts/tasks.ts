import type { StepState } from '../../domain/change/change.ts';
import type { Step } from '../../domain/plan/step.ts';
import { count, secondsInWords } from '../../domain/text/format.ts';
import { cleanLine } from '../../domain/text/printable.ts';
import { plugOf } from '../../steps/kinds.ts';
import type { Detail } from '../plan/detail.ts';
import type { CardView } from './card-view.ts';
import { progressInWords } from './progress.ts';

/** One line of the running plan. The statuses are Slack's (task card block, field `status`). */
export interface Task {
  readonly title: string;
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error';
  readonly note: string;
  /** When a running step without progress began, as an ISO time. */
  readonly since?: string;
}

/** The steps as tasks: one per step, or grouped by kind and node, or by kind. */
export function tasksOf(view: CardView, grain: Detail['task']): readonly Task[] {
  const steps = view.change.plan?.approved.steps ?? [];
  if (grain === 'step') return steps.map((step) => stepTask(step, view));
  const keyOf = (step: Step) => (grain === 'node' && 'node' in step ? `${step.kind} ${step.node}` : step.kind);
  const keys = [...new Set(steps.map(keyOf))];
  return keys.map((key) =>
    groupTask(
      steps.filter((step) => keyOf(step) === key),
      view,
    ),
  );
}

function groupTask(steps: readonly Step[], view: CardView): Task {
  const [first] = steps;
  if (first === undefined || steps.length === 1) return first === undefined ? EMPTY : stepTask(first, view);
  const tasks = steps.map((step) => stepTask(step, view));
  const finished = tasks.filter(({ status }) => status === 'complete').length;
  // Failed steps first, then running ones; copies to several nodes run at the same time.
  const notable = [
    ...tasks.filter(({ status }) => status === 'error'),
    ...tasks.filter(({ status }) => status === 'in_progress'),
  ];
  const note = `${finished} of ${tasks.length} done`;
  const details = notable.map((task) => (task.note === '' ? task.title : `${task.title}: ${task.note}`)).join('; ');
  return {
    title: groupTitle(first, steps),
    status: notable[0]?.status ?? (finished === tasks.length ? 'complete' : started(finished)),
    note: details === '' ? note : `${note}. ${details}`,
  };
}

const EMPTY: Task = { title: 'Nothing to do', status: 'complete', note: '' };

const started = (finished: number): Task['status'] => (finished === 0 ? 'pending' : 'in_progress');

/** What these steps of one kind do: the sentence of a single one, or the title of several. */
export function titleOf(steps: readonly Step[]): string {
  const [first] = steps;
  if (first === undefined) return '';
  return steps.length === 1 ? cleanLine(first.says) : groupTitle(first, steps);
}

function groupTitle({ kind }: Step, steps: readonly Step[]): string {
  const nodes = [...new Set(steps.flatMap((step) => ('node' in step ? [step.node] : [])))];
  const where = nodes.length === 1 ? (nodes[0] ?? '') : count(nodes.length, 'node');
  return plugOf(kind).title(where, steps.length);
}

function stepTask(step: Step, { change, progress }: CardView): Task {
  const state: StepState = change.steps[step.id] ?? { is: 'waiting' };
  const title = cleanLine(step.says);
  switch (state.is) {
    case 'waiting':
      return { title, status: 'pending', note: '' };
    case 'running': {
      const known = progress?.find((one) => one.step === step.id);
      const running = { title, status: 'in_progress' } as const;
      return known === undefined
        ? { ...running, note: '', since: state.since }
        : { ...running, note: progressInWords(known) };
    }
    case 'done': {
      const took = state.already ? 'already done' : secondsInWords(state.seconds);
      return { title, status: 'complete', note: state.note === undefined ? took : `${took}; ${cleanLine(state.note)}` };
    }
    case 'failed':
      return { title, status: 'error', note: `${cleanLine(state.failure.where)}: ${cleanLine(state.failure.what)}` };
  }
}
