import { type Fields, objectsIn, textOf } from '../json.ts';
import { elementsOf } from './block-parts.ts';
import type { BlockIssue } from './pointers.ts';

/** markdown blocks share 12 000 characters in one payload (markdown block page). */
const MARKDOWN_TOTAL = 12_000;

/** Errors that need all blocks of a message to be checked together. */
export function wholeIssues(blocks: readonly unknown[], base: string): readonly BlockIssue[] {
  const listed = objectsIn(blocks);
  return [
    ...repeats(listed.map((block) => textOf(block.block_id))).map((index) => ({
      pointer: `${base}/${index}/block_id`,
      says: `block_id "${String(listed[index]?.block_id)}" already exists`,
    })),
    ...listed.flatMap((block, index) => repeatedActions(block, `${base}/${index}`)),
    ...listed.flatMap((block, index) => repeatedTasks(block, `${base}/${index}`)),
    ...onlyOne(listed, 'plan', base),
    ...onlyOne(listed, 'table', base),
    ...planOrTasks(listed, base),
    ...markdownTotal(listed, base),
  ];
}

function repeatedActions(block: Fields, base: string): readonly BlockIssue[] {
  return repeats(elementsOf(block).map((element) => textOf(element.action_id))).map((index) => ({
    pointer: `${base}/${block.type === 'card' ? 'actions' : 'elements'}/${index}/action_id`,
    says: 'action_id already exists in this block',
  }));
}

function repeatedTasks(block: Fields, base: string): readonly BlockIssue[] {
  if (block.type !== 'plan') return [];
  return repeats(objectsIn(block.tasks).map((task) => textOf(task.task_id))).map((index) => ({
    pointer: `${base}/tasks/${index}/task_id`,
    says: 'task_id already exists in this plan',
  }));
}

function onlyOne(blocks: readonly Fields[], type: string, base: string): readonly BlockIssue[] {
  const found = blocks.flatMap((block, index) => (block.type === type ? [index] : []));
  return found
    .slice(1)
    .map((index) => ({ pointer: `${base}/${index}`, says: `Cannot have more than 1 ${type} block` }));
}

function planOrTasks(blocks: readonly Fields[], base: string): readonly BlockIssue[] {
  const cards = blocks.flatMap((block, index) => (block.type === 'task_card' ? [index] : []));
  const ids = repeats(cards.map((index) => textOf(blocks[index]?.task_id)));
  const repeated = ids.map((nth) => ({ pointer: `${base}/${cards[nth]}/task_id`, says: 'task_id already exists' }));
  if (!blocks.some((block) => block.type === 'plan')) return repeated;
  return cards.map((index) => ({
    pointer: `${base}/${index}`,
    says: 'Cannot have both a plan block and task_card blocks',
  }));
}

function markdownTotal(blocks: readonly Fields[], base: string): readonly BlockIssue[] {
  const texts = blocks.flatMap((block) => (block.type === 'markdown' ? [textOf(block.text) ?? ''] : []));
  if (texts.length < 2 || texts.join('').length <= MARKDOWN_TOTAL) return [];
  return [{ pointer: base, says: `markdown blocks must be less than ${MARKDOWN_TOTAL + 1} characters together` }];
}

function repeats(values: readonly (string | undefined)[]): readonly number[] {
  return values.flatMap((value, index) => (value !== undefined && values.indexOf(value) < index ? [index] : []));
}
