import { confirmationOf, findButton } from '../blocks/button.ts';
import { ask } from '../blocks/confirm-dialog.ts';
import { ModalWindow } from '../blocks/modal.ts';
import { Composer } from '../composer/composer.ts';
import { required } from '../dom/dom.ts';
import { sendClick, sendReply, sendShortcut, sendText } from '../state/local-server.ts';
import { type Click, clickKey, type Model, nameOf } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { arrivals, channelMessages, newlyStartedThread, openModal, threadReplies } from '../state/visible.ts';
import type { Column } from './column.ts';
import { HomeWindow } from './home-window.ts';
import { showSidebar } from './people-view.ts';
import { messageRows } from './rows.ts';
import { showThreadHead } from './thread-view.ts';

/** The whole page: shows the state of the local Slack, and sends what the person does. */
export class ChannelPage {
  readonly #channel: Column;
  readonly #thread: Column;
  readonly #composer: Composer;
  readonly #modal = new ModalWindow();
  readonly #home = new HomeWindow();
  #model: Model | undefined;

  constructor(channel: Column, thread: Column) {
    this.#channel = channel;
    this.#thread = thread;
    this.#composer = new Composer((text) => this.#send(text));
    document.addEventListener('click', (event) => this.#clicked(event));
    document.addEventListener('keydown', (event) => this.#pressed(event));
  }

  /** Shows a state of the local Slack. */
  take(state: State): void {
    const before = this.#model?.state;
    this.#model ??= firstModel(state);
    const model = this.#model;
    model.state = state;
    if (before !== undefined) {
      // On a small screen, the thread covers the channel.
      if (window.innerWidth > 1000) model.threadTs ??= newlyStartedThread(before, state, model.personId);
      announce(arrivals(before, state, model.personId).map((one) => `${one.author.name}: ${one.text}`));
    }
    this.#draw(model);
    if (before === undefined) this.#composer.focus();
  }

  /** Shows that the local Slack cannot be reached. */
  showTrouble(says: string): void {
    const line = required('trouble', HTMLElement);
    line.textContent = `${says} Retrying…`;
    line.hidden = false;
  }

  /** Shows whether changes arrive live. */
  showConnection(isConnected: boolean): void {
    const sign = required('connection', HTMLElement);
    sign.dataset.connected = String(isConnected);
    sign.textContent = isConnected ? 'Live' : 'Reconnecting…';
  }

  #draw(model: Model): void {
    const { state, personId, threadTs } = model;
    required('trouble', HTMLElement).hidden = true;
    this.#home.show(state, wordsOnly(state));
    this.#modal.show(openModal(state, personId), wordsOnly(state));
    showSidebar(state, personId);
    this.#composer.show(state.commands, state.channel.name);
    showThreadHead(model);
    this.#channel.show(messageRows(channelMessages(state, personId), model, 'channel'));
    const replies = threadTs === undefined ? [] : threadReplies(state, personId, threadTs);
    this.#thread.show(messageRows(replies, model, 'thread'));
  }

  #send(text: string): Promise<string | undefined> {
    const person = this.#model?.personId;
    this.#channel.toEnd();
    return person === undefined ? Promise.resolve('The local Slack has not answered yet.') : sendText(person, text);
  }

  #clicked(event: Event): void {
    const model = this.#model;
    const target = event.target instanceof Element ? event.target : undefined;
    if (model === undefined || target === undefined) return;
    const thread = target.closest('[data-thread]')?.getAttribute('data-thread');
    const person = target.closest('[data-person]')?.getAttribute('data-person');
    const click = clickOn(target);
    const shortcut = target.closest('[data-shortcut]');
    if (target.closest('#home') !== null) return;
    if (target.closest('#app-home') !== null) void this.#home.open(model.personId).then(() => this.#draw(model));
    else if (target.closest('#thread-close') !== null) this.#openThread(model, undefined);
    else if (shortcut !== null) void this.#choose(model, shortcut);
    else if (thread) this.#openThread(model, thread);
    else if (person) this.#actAs(model, person);
    else if (click !== undefined) void this.#click(model, click);
  }

  async #choose(model: Model, entry: Element): Promise<void> {
    const ts = entry.closest('[data-ts]')?.getAttribute('data-ts') ?? '';
    entry.closest('details')?.removeAttribute('open');
    const complaint = await sendShortcut(model.personId, ts, entry.getAttribute('data-shortcut') ?? '');
    if (complaint === undefined) model.complaints.delete(ts);
    else model.complaints.set(ts, complaint);
    this.#draw(model);
  }

  /** Enter in the box below a thread. */
  async #reply(model: Model, box: HTMLInputElement): Promise<void> {
    const text = box.value.trim();
    if (text === '' || model.threadTs === undefined) return;
    box.value = '';
    this.#thread.toEnd();
    const says = await sendReply(model.personId, model.threadTs, text);
    const complaint = required('thread-complaint', HTMLElement);
    complaint.hidden = says === undefined;
    complaint.textContent = says ?? '';
    if (says !== undefined) box.value = text;
  }

  #pressed(event: KeyboardEvent): void {
    const box = required('thread-reply', HTMLInputElement);
    if (event.key === 'Enter' && event.target === box && !event.isComposing && this.#model !== undefined)
      void this.#reply(this.#model, box);
    const isInThread = event.target instanceof Element && event.target.closest('#thread') !== null;
    if (event.key === 'Escape' && isInThread && this.#model !== undefined) this.#openThread(this.#model, undefined);
  }

  #openThread(model: Model, threadTs: string | undefined): void {
    const closed = model.threadTs;
    model.threadTs = threadTs;
    this.#thread.toEnd();
    this.#draw(model);
    if (threadTs === undefined) document.querySelector<HTMLElement>(`#messages [data-thread="${closed}"]`)?.focus();
    else required('thread-close', HTMLElement).focus();
  }

  #actAs(model: Model, personId: string): void {
    model.personId = personId;
    model.complaints.clear();
    const name = nameOf(model.state, personId);
    if (name !== undefined) history.replaceState(null, '', `?as=${encodeURIComponent(name)}`);
    this.#draw(model);
  }

  async #click(model: Model, click: Click): Promise<void> {
    const { ts, blockId, actionId } = click;
    const { state, personId } = model;
    const blocks = state.messages.find((one) => one.ts === ts)?.blocks ?? [];
    const button = findButton(blocks, blockId, actionId);
    if (button === undefined || model.underWay.has(clickKey(click))) return;
    const question = confirmationOf(button);
    if (question !== undefined && !(await ask(question, wordsOnly(state)))) return;
    model.underWay.add(clickKey(click));
    model.complaints.delete(ts);
    this.#draw(model);
    const complaint = await sendClick(personId, click);
    model.underWay.delete(clickKey(click));
    if (complaint !== undefined) model.complaints.set(ts, complaint);
    this.#draw(model);
  }
}

function firstModel(state: State): Model {
  const wanted = new URLSearchParams(location.search).get('as');
  const person = state.people.find(({ name }) => name === wanted) ?? state.people[0];
  const personId = person?.id ?? '';
  return { state, personId, threadTs: undefined, underWay: new Set(), complaints: new Map() };
}

function clickOn(target: Element): Click | undefined {
  const button = target.closest('[data-action]');
  const blockId = button?.getAttribute('data-block');
  const actionId = button?.getAttribute('data-action');
  const ts = button?.closest('[data-ts]')?.getAttribute('data-ts');
  return ts && actionId && typeof blockId === 'string' ? { ts, blockId, actionId } : undefined;
}

/** For dialogs, which show text only: no click can be in progress in them. */
function wordsOnly(state: State) {
  return {
    channelName: state.channel.name,
    nameOf: (userId: string) => nameOf(state, userId),
    isUnderWay: () => false,
  };
}

function announce(lines: readonly string[]): void {
  if (lines.length > 0) required('announcer', HTMLElement).textContent = lines.join('\n');
}
