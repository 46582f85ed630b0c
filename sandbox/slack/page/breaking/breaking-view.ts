import { element, fragment, required } from '../dom/dom.ts';
import { type BreakingState, fetchBreaking, sendStatement } from '../state/local-server.ts';
import type { Deed } from '../state/state.ts';

/** The window in which a person breaks the world behind the page. Its opener stays hidden where there is no such world. */
export class BreakingView {
  readonly #dialog = required('breaking', HTMLDialogElement);
  readonly #box = element('input', {
    ...{ id: 'breaking-box', type: 'text', autocomplete: 'off', spellcheck: 'false' },
    ...{ 'aria-label': 'A statement', placeholder: 'fault ssh-slow node-2 1500000' },
  });
  readonly #complaint = element('p', { class: 'complaint', role: 'alert', hidden: true });
  readonly #said = element('p', { class: 'said', role: 'status' });
  readonly #offers = element('div', { class: 'offers' });
  readonly #broken = element('div', { class: 'broken' });

  constructor() {
    const opener = required('breaking-open', HTMLButtonElement);
    opener.addEventListener('click', () => void this.#open());
    void fetchBreaking().then((state) => {
      opener.hidden = state === undefined;
    });
    this.#dialog.replaceChildren(this.#heading(), this.#ownStatement(), this.#broken, this.#offers, this.#footer());
  }

  #heading(): Node {
    return fragment([
      element('h2', { id: 'breaking-title' }, 'Break something'),
      element('p', { class: 'hint' }, 'Each button plays the statement below its name, as a scenario file does.'),
    ]);
  }

  #ownStatement(): Node {
    const form = element('form', { class: 'own' }, this.#box, element('button', { class: 'button plain' }, 'Play'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#play(this.#box.value.trim());
    });
    return fragment([form, this.#complaint, this.#said]);
  }

  #footer(): Node {
    const close = element('button', { type: 'button', class: 'button plain' }, 'Close');
    close.addEventListener('click', () => this.#dialog.close());
    return element('footer', {}, close);
  }

  async #open(): Promise<void> {
    this.#say('', '');
    await this.#show();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  async #show(): Promise<void> {
    const state = await fetchBreaking();
    if (state === undefined) return this.#say('The sandbox is unreachable. Check that it is still running.', '');
    this.#draw(state);
  }

  #draw({ offers, broken }: BreakingState): void {
    const now = broken.map((deed) => this.#button({ ...deed, label: `End “${deed.label}”` }));
    this.#broken.replaceChildren(...(now.length === 0 ? [] : [group('Broken now', now)]));
    this.#offers.replaceChildren(
      ...offers.map(({ title, deeds }) =>
        group(
          title,
          deeds.map((deed) => this.#button(deed)),
        ),
      ),
    );
  }

  #button({ label, statement }: Deed): HTMLElement {
    const button = element(
      'button',
      { type: 'button', class: 'deed', 'data-statement': statement },
      element('span', {}, label),
      element('code', {}, statement),
    );
    button.addEventListener('click', () => void this.#play(statement));
    return button;
  }

  async #play(statement: string): Promise<void> {
    if (statement === '') return;
    this.#say('', `${statement} …`);
    this.#dialog.scrollTo({ top: 0 });
    const complaint = await sendStatement(statement);
    await this.#show();
    if (complaint === undefined) this.#say('', `Played: ${statement}`);
    else this.#say(complaint, '');
  }

  #say(complaint: string, said: string): void {
    this.#complaint.textContent = complaint;
    this.#complaint.hidden = complaint === '';
    this.#said.textContent = said;
  }
}

const group = (title: string, deeds: readonly HTMLElement[]): HTMLElement =>
  element('section', {}, element('h3', {}, title), element('div', { class: 'deeds' }, ...deeds));
