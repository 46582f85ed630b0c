import { required } from '../dom/dom.ts';
import type { SlashCommand } from '../state/state.ts';
import { fittingCommands } from './fitting-commands.ts';
import { type Recall, recallNewer, recallOlder, remember } from './recall.ts';
import { renderSuggestions } from './suggestions.ts';

/** Sends the typed text; resolves to the server's error, if any. */
export type Send = (text: string) => Promise<string | undefined>;

/** The message box: suggests slash commands; Enter sends, Up recalls. */
export class Composer {
  readonly #box = required('composer', HTMLTextAreaElement);
  readonly #list = required('suggestions', HTMLElement);
  readonly #complaint = required('composer-complaint', HTMLElement);
  readonly #sendButton = required('send', HTMLButtonElement);
  readonly #send: Send;
  #commands: readonly SlashCommand[] = [];
  #chosen = 0;
  #recall: Recall = { sent: [], at: undefined };

  constructor(send: Send) {
    this.#send = send;
    this.#box.addEventListener('input', () => this.#typed());
    this.#box.addEventListener('keydown', (event) => this.#pressed(event));
    this.#box.addEventListener('blur', () => this.#close());
    this.#box.addEventListener('focus', () => this.#suggest());
    // A click must not take the focus from the message box.
    for (const part of [this.#list, this.#sendButton]) {
      part.addEventListener('pointerdown', (event) => event.preventDefault());
    }
    this.#list.addEventListener('click', (event) => this.#clicked(event));
    this.#sendButton.addEventListener('click', () => void this.#submit());
  }

  /** Updates the suggested commands and the channel name. */
  show(commands: readonly SlashCommand[], channelName: string): void {
    this.#commands = commands;
    this.#box.placeholder = `Message #${channelName} or type / for commands`;
  }

  focus(): void {
    this.#box.focus();
  }

  #typed(): void {
    this.#chosen = 0;
    this.#recall = { ...this.#recall, at: undefined };
    this.#complain(undefined);
    this.#suggest();
  }

  #suggest(): void {
    const fitting = fittingCommands(this.#commands, this.#box.value);
    this.#list.replaceChildren(...renderSuggestions(fitting, this.#chosen));
    this.#list.hidden = fitting.length === 0;
    this.#box.setAttribute('aria-expanded', String(fitting.length > 0));
    if (fitting.length > 0) this.#box.setAttribute('aria-activedescendant', `suggestion-${this.#chosen}`);
    else this.#box.removeAttribute('aria-activedescendant');
    this.#sendButton.disabled = this.#box.value.trim() === '';
  }

  #close(): void {
    this.#list.hidden = true;
    this.#box.setAttribute('aria-expanded', 'false');
  }

  #pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const act = this.#actionOf(event);
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  #actionOf(event: KeyboardEvent): (() => void) | undefined {
    const unfinished = this.#unfinishedCommand();
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey) return undefined;
        return unfinished === undefined ? () => void this.#submit() : () => this.#complete(unfinished);
      case 'Tab':
        return unfinished === undefined ? undefined : () => this.#complete(unfinished);
      case 'Escape':
        return this.#list.hidden ? undefined : () => this.#close();
      case 'ArrowUp':
        return this.#arrow(unfinished, -1);
      case 'ArrowDown':
        return this.#arrow(unfinished, 1);
      default:
        return undefined;
    }
  }

  #arrow(unfinished: string | undefined, step: 1 | -1): (() => void) | undefined {
    if (unfinished !== undefined) return () => this.#choose(step);
    const isRecalling = this.#recall.at !== undefined || this.#box.value === '';
    return isRecalling ? () => this.#remind(step) : undefined;
  }

  /** The chosen command, if only part of it has been typed. */
  #unfinishedCommand(): string | undefined {
    if (this.#list.hidden || this.#recall.at !== undefined) return undefined;
    const command = fittingCommands(this.#commands, this.#box.value)[this.#chosen]?.command;
    return command?.startsWith(this.#box.value) && command !== this.#box.value ? command : undefined;
  }

  #choose(step: 1 | -1): void {
    const { length } = fittingCommands(this.#commands, this.#box.value);
    this.#chosen = (this.#chosen + step + length) % length;
    this.#suggest();
  }

  #clicked(event: Event): void {
    const option = event.target instanceof Element ? event.target.closest('[data-command]') : null;
    const command = option?.getAttribute('data-command');
    if (command) this.#complete(command);
  }

  #complete(command: string): void {
    if (!this.#box.value.startsWith(`${command} `)) this.#write(`${command} `);
    this.#box.focus();
  }

  #remind(step: 1 | -1): void {
    const { recall, text } = step < 0 ? recallOlder(this.#recall) : recallNewer(this.#recall);
    this.#recall = recall;
    if (text !== undefined) this.#write(text);
  }

  #write(text: string): void {
    this.#box.value = text;
    this.#box.setSelectionRange(text.length, text.length);
    this.#suggest();
  }

  async #submit(): Promise<void> {
    const text = this.#box.value.trim();
    if (text === '') return;
    this.#recall = remember(this.#recall, text);
    this.#complain(undefined);
    this.#write('');
    const complaint = await this.#send(text);
    if (complaint === undefined) return;
    this.#complain(complaint);
    if (this.#box.value === '') this.#write(text);
  }

  #complain(complaint: string | undefined): void {
    this.#complaint.textContent = complaint ?? '';
    this.#complaint.hidden = complaint === undefined;
  }
}
