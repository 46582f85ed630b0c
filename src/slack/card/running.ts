import { count } from '../../domain/text/format.ts';
import type { CardView } from '../parts/card-view.ts';
import { noteOf } from '../parts/task-blocks.ts';
import { tasksOf } from '../parts/tasks.ts';
import { type Block, section } from '../text/blocks.ts';
import { cut, SECTION_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';

/** Steps that run at the same time and are shown; the thread has all of them. */
const MOST = 3;
const TITLE_LIMIT = 200;
const BAR = 10;

/** How much of the plan is done as a bar, and the running steps with their progress. The thread has every step. */
export function runningSteps(view: CardView): readonly Block[] {
  const tasks = tasksOf(view, 'step');
  if (tasks.length === 0) return [];
  const done = tasks.filter(({ status }) => status === 'complete').length;
  const running = tasks.filter(({ status }) => status === 'in_progress');
  const lines = running.slice(0, MOST).map((task) => {
    const note = noteOf(task);
    return `*${escaped(cut(task.title, TITLE_LIMIT))}*${note === '' ? '' : ` · ${note}`}`;
  });
  const more = running.length <= MOST ? [] : [`${count(running.length - MOST, 'more step')} at the same time.`];
  return [section(cut([bar(done, tasks.length), ...lines, ...more].join('\n'), SECTION_LIMIT))];
}

/** Full only when everything is done. */
function bar(done: number, total: number): string {
  const full = Math.floor((BAR * done) / total);
  return `${'▰'.repeat(full)}${'▱'.repeat(BAR - full)}`;
}
