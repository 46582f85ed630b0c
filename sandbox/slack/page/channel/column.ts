import { keepingFocus } from '../dom/focus.ts';
import { type Row, syncRows } from '../dom/patch.ts';

/** So near to the end counts as reading the newest message. */
const NEAR_END_PX = 48;

/** A scrolling column of messages that follows the newest one only while the reader is there. */
export class Column {
  readonly #scroller: HTMLElement;
  readonly #list: HTMLElement;
  readonly #pill: HTMLElement | undefined;
  #isFollowing = true;

  constructor(scroller: HTMLElement, list: HTMLElement, pill?: HTMLElement) {
    this.#scroller = scroller;
    this.#list = list;
    this.#pill = pill;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    pill?.addEventListener('click', () => this.toEnd());
    // Opening the thread or resizing the window rewraps the text under a reader who follows.
    new ResizeObserver(() => this.#follow()).observe(scroller);
  }

  /** Shows these rows. */
  show(rows: readonly Row[]): void {
    const last = this.#list.lastElementChild;
    keepingFocus(this.#scroller, () => syncRows(this.#list, rows));
    this.#follow();
    const hasNews = !this.#isFollowing && this.#list.lastElementChild !== last;
    if (hasNews && this.#pill !== undefined) this.#pill.hidden = false;
  }

  /** Goes to the newest message and follows from there. */
  toEnd(): void {
    this.#isFollowing = true;
    this.#follow();
  }

  #follow(): void {
    if (!this.#isFollowing) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    if (this.#pill !== undefined) this.#pill.hidden = true;
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#isFollowing = scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;
    if (this.#isFollowing && this.#pill !== undefined) this.#pill.hidden = true;
  }
}
