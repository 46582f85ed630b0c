import { element, required } from '../dom/dom.ts';
import { isObject, type JsonObject } from '../state/json.ts';
import type { Confirmation } from './button.ts';
import { inlineNodes, plainText, textObject } from './text-view.ts';
import type { BlockView } from './view.ts';

/** Asks for confirmation. Resolves to the person's answer; Escape denies. */
export function ask(question: Confirmation, view: BlockView): Promise<boolean> {
  const dialog = required('dialog', HTMLDialogElement);
  const confirm = answerButton('dialog-confirm', question.isDanger ? 'danger' : 'primary', question.confirm, view);
  const deny = answerButton('dialog-deny', 'plain', question.deny, view);
  dialog.replaceChildren(
    element('h2', { id: 'dialog-title' }, label(question.title, view)),
    element('div', { class: 'dialog-text', id: 'dialog-text' }, text(question.text, view)),
    element('footer', {}, deny, confirm),
  );
  const answered = answer(dialog, confirm, deny);
  dialog.showModal();
  confirm.focus();
  return answered;
}

function answer(dialog: HTMLDialogElement, confirm: HTMLElement, deny: HTMLElement): Promise<boolean> {
  return new Promise((resolve) => {
    const listeners = new AbortController();
    const { signal } = listeners;
    confirm.addEventListener('click', () => dialog.close('confirm'), { signal });
    deny.addEventListener('click', () => dialog.close('deny'), { signal });
    dialog.addEventListener('cancel', () => dialog.close('deny'), { signal });
    dialog.addEventListener('keydown', (event) => keepFocus(event, [deny, confirm]), { signal });
    dialog.addEventListener(
      'close',
      () => {
        listeners.abort();
        resolve(dialog.returnValue === 'confirm');
      },
      { signal },
    );
  });
}

/** Keeps Tab within the dialog's buttons. */
function keepFocus(event: KeyboardEvent, stops: readonly HTMLElement[]): void {
  if (event.key !== 'Tab') return;
  event.preventDefault();
  const now = stops.findIndex((stop) => stop.matches(':focus'));
  const next = (now + (event.shiftKey ? -1 : 1) + stops.length) % stops.length;
  stops[next]?.focus();
}

function answerButton(id: string, style: string, words: JsonObject | string, view: BlockView): HTMLElement {
  return element('button', { id, type: 'button', class: `button ${style}` }, label(words, view));
}

function label(words: JsonObject | string, view: BlockView): Node | string {
  return isObject(words) ? inlineNodes(plainText(words), view) : String(words);
}

function text(words: JsonObject | string, view: BlockView): Node | string {
  return isObject(words) ? textObject(words, view) : String(words);
}
