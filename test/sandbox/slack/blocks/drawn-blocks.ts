/** Small valid parts of messages, for valid and invalid examples. */
export const plain = (text: string) => ({ type: 'plain_text', text });
export const words = (text: string) => ({ type: 'mrkdwn', text });
export const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
export const actions = (...elements: object[]) => ({ type: 'actions', elements });
export const rich = (...parts: object[]) => ({ type: 'rich_text', elements: parts });
export const line = (text: string) => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
export const task = (more: object = {}) => ({
  type: 'task_card',
  task_id: '1',
  title: 'Copy',
  status: 'pending',
  ...more,
});
export const plan = (...tasks: object[]) => ({ type: 'plan', title: 'Plan', tasks });
export const option = (value: string) => ({ text: plain(value), value });
export const dialog = { title: plain('Sure?'), text: words('Really'), confirm: plain('Yes'), deny: plain('No') };
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** The mistake, the blocks, the pointer, and the error text. */
export type Invalid = readonly [string, readonly unknown[], string, string];
