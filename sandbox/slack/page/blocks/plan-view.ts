import { type Child, drawing, element } from '../dom/dom.ts';
import { lineIcon } from '../dom/icon.ts';
import { isObject, type JsonObject, objectsIn, textIn, typeOf } from '../state/json.ts';
import { isSafeUrl } from '../text/inline-parser.ts';
import { readRichText } from '../text/rich-text.ts';
import { linkTo, paragraphNodes } from './text-view.ts';
import { type BlockView, unknownBox } from './view.ts';

/** Accessible names of the task statuses. */
const STATUS_NAMES: ReadonlyMap<string, string> = new Map([
  ['pending', 'Pending'],
  ['in_progress', 'In progress'],
  ['complete', 'Complete'],
  ['error', 'Error'],
]);

/** Draws a `plan` block: title, progress and tasks. */
export function renderPlan(block: JsonObject, view: BlockView): HTMLElement {
  const tasks = objectsIn(block.tasks);
  const complete = tasks.filter(({ status }) => status === 'complete').length;
  const head = element(
    'header',
    {},
    element('h4', {}, textIn(block.title)),
    element('span', { class: 'count' }, `${complete} of ${tasks.length} done`),
  );
  const rows = tasks.map((task) => element('li', { 'data-key': textIn(task.task_id) }, renderTask(task, view)));
  return element('section', { class: 'plan' }, head, progress(tasks), element('ol', {}, ...rows));
}

function progress(tasks: readonly JsonObject[]): HTMLElement {
  const segments = tasks.map(({ status }) => element('i', { class: textIn(status) }));
  return element('div', { class: 'progress', 'aria-hidden': 'true' }, ...segments);
}

/** Draws a `task_card` block outside a plan. */
export function renderTaskCard(block: JsonObject, view: BlockView): HTMLElement {
  return element('section', { class: 'plan alone' }, renderTask(block, view));
}

function renderTask(task: JsonObject, view: BlockView): HTMLElement {
  if (task.type !== 'task_card') return unknownBox('element', typeOf(task));
  const status = textIn(task.status);
  if (!STATUS_NAMES.has(status)) return unknownBox('element', `task_card status ${status}`);
  const words = element(
    'div',
    { class: 'words' },
    element('div', { class: 'title' }, textIn(task.title)),
    richText('details', task.details, view),
    richText('output', task.output, view),
    sources(task),
  );
  return element('div', { class: `task ${status}`, 'data-status': status }, statusIcon(status), words);
}

function richText(className: string, value: unknown, view: BlockView): Child {
  if (value === undefined) return undefined;
  if (!isObject(value) || value.type !== 'rich_text') return unknownBox('element', `task ${className}`);
  return element('div', { class: className }, paragraphNodes(readRichText(value), view));
}

function sources(task: JsonObject): Child {
  const links = objectsIn(task.sources).filter(({ url }) => isSafeUrl(textIn(url)));
  if (links.length === 0) return undefined;
  const shown = links.map((one) => linkTo(textIn(one.url), textIn(one.text)));
  return element('div', { class: 'sources' }, lineIcon('link'), ...shown);
}

const RING = 'M10 2.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15z';

function statusIcon(status: string): SVGElement {
  const name = STATUS_NAMES.get(status);
  const marks: ReadonlyMap<string, string> = new Map([
    ['complete', 'M6.3 10.3l2.6 2.6l4.9-5.5'],
    ['error', 'M7.2 7.2l5.6 5.6M12.8 7.2l-5.6 5.6'],
    ['in_progress', 'M10 2.5a7.5 7.5 0 0 1 7.5 7.5'],
  ]);
  const mark = marks.get(status);
  const paths = [{ class: 'ring', d: RING }, ...(mark === undefined ? [] : [{ class: 'mark', d: mark }])];
  return drawing({ class: 'status', role: 'img', 'aria-label': name }, paths);
}
