import type { types } from '@slack/bolt';
import type { Detail } from '../plan/detail.ts';
import { type Block, section, sinceThen, words } from '../text/blocks.ts';
import { cut, fitLines, SECTION_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';
import { moment } from '../text/names.ts';
import type { CardStyle, CardView } from './card-view.ts';
import { type Task, tasksOf } from './tasks.ts';

/** Characters. The plan block has no documented limits; a line or two is readable. */
const TITLE_LIMIT = 200;
const NOTE_LIMIT = 300;

/** The steps and their states, as Slack's plan block or as lines. */
export function taskBlocks(view: CardView, style: CardStyle, detail: Detail): readonly Block[] {
  const tasks = tasksOf(view, detail.task).map(short);
  if (tasks.length === 0) return [];
  return style === 'plan' ? [planBlock(tasks)] : classicBlocks(tasks);
}

const short = (task: Task): Task => ({
  ...task,
  title: cut(task.title, TITLE_LIMIT) || '–',
  note: cut(task.note, NOTE_LIMIT),
});

/** The note of a task in mrkdwn, or since when it runs; empty without either. */
export function noteOf({ note, since }: Task): string {
  if (note !== '') return escaped(cut(note, NOTE_LIMIT));
  return since === undefined ? '' : `since ${moment(since)}`;
}

function planBlock(tasks: readonly Task[]): Block {
  return {
    type: 'plan',
    title: 'Steps',
    tasks: tasks.map(
      ({ title, status, ...task }, index): types.TaskCardBlock => ({
        type: 'task_card',
        task_id: `task-${index + 1}`,
        title,
        status,
        ...detailsOf(task),
      }),
    ),
  };
}

function detailsOf({ note, since }: Pick<Task, 'note' | 'since'>): Pick<types.TaskCardBlock, 'details'> {
  if (note === '' && since === undefined) return {};
  return {
    details: { type: 'rich_text', elements: [note === '' && since !== undefined ? sinceThen(since) : words(note)] },
  };
}

const SIGNS: Readonly<Record<Task['status'], string>> = {
  pending: ':white_circle:',
  in_progress: ':hourglass_flowing_sand:',
  complete: ':white_check_mark:',
  error: ':x:',
};

function classicBlocks(tasks: readonly Task[]): readonly Block[] {
  const lines = tasks.map((task) => {
    const { title, status } = task;
    const details = noteOf(task) === '' ? '' : `: ${noteOf(task)}`;
    return `${SIGNS[status]} ${status === 'in_progress' ? `*${escaped(title)}*` : escaped(title)}${details}`;
  });
  return [section(fitLines(lines, { lines: lines.length, characters: SECTION_LIMIT }).join('\n'))];
}
