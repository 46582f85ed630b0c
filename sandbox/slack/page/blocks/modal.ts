import { element, required } from '../dom/dom.ts';
import { isObject, type JsonObject, objectsIn, textIn } from '../state/json.ts';
import { sendEntered, sendModal } from '../state/local-server.ts';
import type { Modal } from '../state/state.ts';
import { renderBlock } from './blocks.ts';
import { renderInput } from './input.ts';
import { inlineNodes, plainText } from './text-view.ts';
import type { BlockView } from './view.ts';

/** The window of the person's newest modal. */
export class ModalWindow {
  readonly #dialog = required('modal', HTMLDialogElement);
  #shown = '';
  #modal: Modal | undefined;
  /** What was entered is sent in order, and before the submission. */
  #sent: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#act('close');
    });
  }

  /** Shows the modal, or none. What was entered is no reason to draw again. */
  show(modal: Modal | undefined, view: BlockView): void {
    this.#modal = modal;
    const now = modal === undefined ? '' : JSON.stringify([modal.id, modal.view, modal.errors]);
    if (now === this.#shown) return;
    this.#shown = now;
    if (modal === undefined) {
      this.#dialog.close();
      return;
    }
    const focused = document.activeElement?.id ?? '';
    this.#dialog.replaceChildren(...this.#parts(modal, view));
    if (!this.#dialog.open) this.#dialog.showModal();
    const again = focused === '' ? null : this.#dialog.querySelector<HTMLElement>(`#${CSS.escape(focused)}`);
    (again ?? this.#dialog.querySelector<HTMLElement>('input, select, textarea, footer button'))?.focus();
  }

  #parts({ view: modal, values, errors }: Modal, view: BlockView): readonly HTMLElement[] {
    const blocks = objectsIn(modal.blocks).map((block) =>
      block.type === 'input'
        ? renderInput(block, values, textIn(errors[textIn(block.block_id)]), (words) => this.#enter(block, words))
        : renderBlock(block, view),
    );
    const trouble = textIn(errors['']);
    return [
      element('h2', { id: 'modal-title' }, inlineNodes(plainText(modal.title), view)),
      element(
        'div',
        { class: 'modal-blocks' },
        ...blocks,
        trouble === '' ? undefined : element('p', { class: 'complaint', role: 'alert' }, trouble),
      ),
      element('footer', {}, ...this.#buttons(modal, view)),
    ];
  }

  #buttons({ close, submit }: JsonObject, view: BlockView): readonly HTMLElement[] {
    const label = (words: unknown, otherwise: string) =>
      isObject(words) ? inlineNodes(plainText(words), view) : otherwise;
    const button = (act: 'submit' | 'close', style: string, words: unknown) => {
      const made = element('button', { type: 'button', class: `button ${style}` }, label(words, 'Close'));
      made.addEventListener('click', () => this.#act(act));
      return made;
    };
    const closing = button('close', 'plain', close);
    return submit === undefined ? [closing] : [closing, button('submit', 'primary', submit)];
  }

  #enter(block: JsonObject, words: string): void {
    const { id = '', person = '' } = this.#modal ?? {};
    this.#send(() => sendEntered(person, id, textIn(block.block_id), words));
  }

  #act(act: 'submit' | 'close'): void {
    const { id = '', person = '' } = this.#modal ?? {};
    if (act === 'close') this.#dialog.close();
    this.#send(() => sendModal(act, person, id));
  }

  #send(act: () => Promise<string | undefined>): void {
    this.#sent = this.#sent.then(act).then((complaint) => {
      if (complaint !== undefined) this.#dialog.append(element('p', { class: 'complaint', role: 'alert' }, complaint));
    });
  }
}
