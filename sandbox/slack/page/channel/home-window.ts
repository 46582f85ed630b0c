import { renderBlock } from '../blocks/blocks.ts';
import { paragraphNodes } from '../blocks/text-view.ts';
import type { BlockView } from '../blocks/view.ts';
import { type Child, element, required } from '../dom/dom.ts';
import { objectsIn } from '../state/json.ts';
import { sendDirect, sendHome, sendHomeClick } from '../state/local-server.ts';
import type { State } from '../state/state.ts';
import { parseMrkdwn } from '../text/mrkdwn.ts';

/** The window of the app: its Home, and the person's direct messages with it. */
export class HomeWindow {
  readonly #dialog = required('home', HTMLDialogElement);
  readonly #content = element('div', { class: 'modal-blocks' });
  readonly #box = element('input', { type: 'text', id: 'direct', 'aria-label': 'Direct message', autocomplete: 'off' });
  readonly #complaint = element('p', { class: 'complaint', role: 'alert', hidden: true });
  #person = '';
  #shown = '';

  constructor() {
    const close = element('button', { type: 'button', class: 'button plain' }, 'Close');
    close.addEventListener('click', () => this.#dialog.close());
    this.#box.placeholder = 'Ask the bot…';
    this.#box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing) void this.#send();
    });
    this.#dialog.addEventListener('click', (event) => this.#clicked(event));
    this.#dialog.replaceChildren(
      element('h2', { id: 'home-title' }, 'registry-ha'),
      this.#content,
      element('div', { class: 'thread-reply' }, this.#box, this.#complaint),
      element('footer', {}, close),
    );
  }

  /** Opens the window for a person. */
  async open(person: string): Promise<void> {
    this.#person = person;
    this.#complain(undefined);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#complain(await sendHome(person));
  }

  /** Draws the state, if the window is open and anything in it is new. */
  show({ homes, direct }: State, view: BlockView): void {
    const home = homes.findLast(({ person }) => person === this.#person);
    const messages = direct.filter(({ ephemeralFor }) => ephemeralFor === this.#person);
    const now = JSON.stringify([home?.id, messages.map(({ ts, edits }) => `${ts} ${edits}`)]);
    if (!this.#dialog.open || now === this.#shown) return;
    this.#shown = now;
    const blocks = home === undefined ? [] : objectsIn(home.view.blocks).map((block) => renderBlock(block, view));
    const rows = messages.map(({ author, text }): Child => {
      const words = paragraphNodes(parseMrkdwn(text), view);
      return element('li', {}, element('strong', {}, author.name), element('div', { class: 'text' }, words));
    });
    this.#content.replaceChildren(
      element('section', { 'aria-label': 'Home' }, ...(home === undefined ? ['The Home is empty.'] : blocks)),
      element('ul', { class: 'direct', 'aria-label': 'Messages' }, ...rows),
    );
  }

  async #send(): Promise<void> {
    const text = this.#box.value.trim();
    if (text === '') return;
    this.#box.value = '';
    const complaint = await sendDirect(this.#person, text);
    this.#complain(complaint);
    if (complaint !== undefined) this.#box.value = text;
  }

  #clicked({ target }: Event): void {
    const button = target instanceof Element ? target.closest('[data-action]') : null;
    const [block, action] = [button?.getAttribute('data-block'), button?.getAttribute('data-action')];
    if (!block || !action) return;
    void sendHomeClick(this.#person, block, action).then((complaint) => this.#complain(complaint));
  }

  #complain(complaint: string | undefined): void {
    this.#complaint.hidden = complaint === undefined;
    this.#complaint.textContent = complaint ?? '';
  }
}
