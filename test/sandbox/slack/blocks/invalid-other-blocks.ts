import { button, type Invalid, line, many, plain, plan, rich, task, words } from './drawn-blocks.ts';

/** One case for each rule of these blocks. */
export const INVALID_OTHER_BLOCKS: readonly Invalid[] = [
  [
    'an image from nowhere',
    [{ type: 'image', alt_text: 'x' }],
    '/blocks/0',
    'must have either image_url or slack_file',
  ],
  [
    'an image without alt_text',
    [{ type: 'image', image_url: 'https://a.example/a.png' }],
    '/blocks/0',
    'missing required field: alt_text',
  ],
  [
    'a button as input',
    [{ type: 'input', label: plain('x'), element: button() }],
    '/blocks/0/element/type',
    'unsupported type: button',
  ],
  [
    'long markdown',
    [{ type: 'markdown', text: 'x'.repeat(12_001) }],
    '/blocks/0/text',
    'must be less than 12001 characters',
  ],
  [
    'long markdown together',
    many(2, () => ({ type: 'markdown', text: 'x'.repeat(6001) })),
    '/blocks',
    'markdown blocks must be less than 12001 characters together',
  ],
  ['empty rich text', [rich(line(''))], '/blocks/0/elements/0/elements/0/text', 'must be more than 0 characters'],
  [
    'an emoji in preformatted',
    [rich({ type: 'rich_text_preformatted', elements: [{ type: 'emoji', name: 'x' }] })],
    '/blocks/0/elements/0/elements/0/type',
    'unsupported type: emoji',
  ],
  [
    'a list of texts',
    [rich({ type: 'rich_text_list', style: 'bullet', elements: [{ type: 'text', text: 'x' }] })],
    '/blocks/0/elements/0/elements/0/type',
    'must be one of: rich_text_section',
  ],
  [
    '101 rows',
    [{ type: 'table', rows: many(101, () => [{ type: 'raw_text', text: 'x' }]) }],
    '/blocks/0/rows',
    'no more than 100 items allowed',
  ],
  [
    '21 columns',
    [{ type: 'table', rows: [many(21, () => ({ type: 'raw_text', text: 'x' }))] }],
    '/blocks/0/rows/0',
    'no more than 20 items allowed',
  ],
  [
    'two tables',
    many(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })),
    '/blocks/1',
    'Cannot have more than 1 table block',
  ],
  [
    'a completed task',
    [plan(task({ status: 'completed' }))],
    '/blocks/0/tasks/0/status',
    'must be one of: pending, in_progress, complete, error',
  ],
  ['a task without a title', [plan(task({ title: undefined }))], '/blocks/0/tasks/0', 'missing required field: title'],
  ['a task id twice', [plan(task(), task())], '/blocks/0/tasks/1/task_id', 'task_id already exists in this plan'],
  [
    'task details in words',
    [plan(task({ details: 'x' }))],
    '/blocks/0/tasks/0/details',
    'must provide a value of type object',
  ],
  [
    'task output in two parts',
    [plan(task({ output: rich(line('a'), line('b')) }))],
    '/blocks/0/tasks/0/output/elements',
    'no more than 1 items allowed',
  ],
  ['two plans', [plan(task()), plan(task())], '/blocks/1', 'Cannot have more than 1 plan block'],
  [
    'a plan and a task',
    [plan(task()), task({ task_id: '2' })],
    '/blocks/1',
    'Cannot have both a plan block and task_card blocks',
  ],
  [
    'an empty card',
    [{ type: 'card', subtitle: words('x') }],
    '/blocks/0',
    'must have one of hero_image, title, body, actions',
  ],
  [
    'a card of four buttons',
    [{ type: 'card', actions: many(4, () => button()) }],
    '/blocks/0/actions',
    'no more than 3 items allowed',
  ],
  ['an alert in a message', [{ type: 'alert', text: words('x') }], '/blocks/0/type', 'unsupported type: alert'],
];
