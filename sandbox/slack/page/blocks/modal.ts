import { element, required } from '../dom/dom.ts';
import { isObject, type JsonObject, objectsIn } from '../state/json.ts';
import { renderBlock } from './blocks.ts';
import { inlineNodes, plainText } from './text-view.ts';
import type { BlockView } from './view.ts';

/** Shows a modal that the bot opened for the person. */
export function showModal(modal: JsonObject, view: BlockView): void {
  const dialog = required('modal', HTMLDialogElement);
  const label = isObject(modal.close) ? inlineNodes(plainText(modal.close), view) : 'Close';
  const close = element('button', { type: 'button', class: 'button plain' }, label);
  close.addEventListener('click', () => dialog.close());
  dialog.replaceChildren(
    element('h2', { id: 'modal-title' }, inlineNodes(plainText(modal.title), view)),
    element('div', { class: 'modal-blocks' }, ...objectsIn(modal.blocks).map((block) => renderBlock(block, view))),
    element('footer', {}, close),
  );
  if (!dialog.open) dialog.showModal();
  close.focus();
}
