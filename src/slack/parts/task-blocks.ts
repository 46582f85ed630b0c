import type { types } from '@slack/bolt';
import type { Detail } from '../plan/detail.ts';
import { type Block, section, words } from '../text/blocks.ts';
import { cut, fitLines, SECTION_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';
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

const short = ({ title, status, note }: Task): Task => ({
  title: cut(title, TITLE_LIMIT) || '–',
  status,
  note: cut(note, NOTE_LIMIT),
});

function planBlock(tasks: readonly Task[]): Block {
  return {
    type: 'plan',
    title: 'Steps',
    tasks: tasks.map(
      ({ title, status, note }, index): types.TaskCardBlock => ({
        type: 'task_card',
        task_id: `task-${index + 1}`,
        title,
        status,
        ...(note === '' ? {} : { details: { type: 'rich_text', elements: [words(note)] } }),
      }),
    ),
  };
}

const SIGNS: Readonly<Record<Task['status'], string>> = {
  pending: ':white_circle:',
  in_progress: ':hourglass_flowing_sand:',
  complete: ':white_check_mark:',
  error: ':x:',
};

function classicBlocks(tasks: readonly Task[]): readonly Block[] {
  const lines = tasks.map(({ title, status, note }) => {
    const details = note === '' ? '' : `: ${escaped(note)}`;
    return `${SIGNS[status]} ${status === 'in_progress' ? `*${escaped(title)}*` : escaped(title)}${details}`;
  });
  return [section(fitLines(lines, { lines: lines.length, characters: SECTION_LIMIT }).join('\n'))];
}
