import { element } from '../dom/dom.ts';
import { isObject, type JsonObject, objectsIn, textIn } from '../state/json.ts';
import { isSafeUrl } from '../text/inline-parser.ts';
import { inlineNodes, plainText } from './text-view.ts';
import type { BlockView } from './view.ts';

/** The texts of a confirmation dialog, with Slack's defaults for missing ones. */
export interface Confirmation {
  readonly title: JsonObject | string;
  readonly text: JsonObject | string;
  readonly confirm: JsonObject | string;
  readonly deny: JsonObject | string;
  readonly isDanger: boolean;
}

/** Draws a button. A click looks its action up in the state, so a redrawn button needs no new listener. */
export function renderButton(button: JsonObject, blockId: string, view: BlockView): HTMLElement {
  const actionId = textIn(button.action_id);
  const isBusy = view.isUnderWay(blockId, actionId);
  const style = button.style === 'primary' || button.style === 'danger' ? button.style : 'plain';
  const shared = {
    class: `button ${style}`,
    'data-block': blockId,
    'data-action': actionId,
    'aria-label': textIn(button.accessibility_label) || undefined,
    'aria-busy': isBusy ? 'true' : undefined,
    'aria-disabled': isBusy ? 'true' : undefined,
  };
  const label = element('span', { class: 'label' }, inlineNodes(plainText(button.text), view));
  const url = textIn(button.url);
  if (!isSafeUrl(url)) return element('button', { type: 'button', ...shared }, label);
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer', ...shared }, label);
}

/** The button with this block and action ID. */
export function findButton(blocks: readonly JsonObject[], blockId: string, actionId: string): JsonObject | undefined {
  const buttons = blocks
    .filter((block) => textIn(block.block_id) === blockId)
    .flatMap((block) => [...objectsIn(block.elements), ...(isObject(block.accessory) ? [block.accessory] : [])]);
  return buttons.find((one) => one.type === 'button' && textIn(one.action_id) === actionId);
}

/** The confirmation dialog of a button, if it has one. */
export function confirmationOf(button: JsonObject): Confirmation | undefined {
  const { confirm } = button;
  if (!isObject(confirm)) return undefined;
  const part = (value: unknown, otherwise: string) => (isObject(value) ? value : otherwise);
  return {
    title: part(confirm.title, 'Are you sure?'),
    text: part(confirm.text, ''),
    confirm: part(confirm.confirm, 'Yes'),
    deny: part(confirm.deny, 'Cancel'),
    isDanger: confirm.style === 'danger',
  };
}
