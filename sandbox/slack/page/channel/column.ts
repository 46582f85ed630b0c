import { keepingFocus } from '../dom/focus.ts';
import { type Row, syncRows } from '../dom/patch.ts';

/** Within this distance of the end, the reader counts as being at the newest message. */
const NEAR_END_PX = 48;

/** A scrolling column of messages that follows the newest one while the reader is at the end. */
export class Column {
  readonly #scroller: HTMLElement;
  readonly #list: HTMLElement;
  readonly #pill: HTMLElement | undefined;
  #isFollowing = true;
  /** Where the column was when it was last looked at. */
  #top = 0;

  constructor(scroller: HTMLElement, list: HTMLElement, pill?: HTMLElement) {
    this.#scroller = scroller;
    this.#list = list;
    this.#pill = pill;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    pill?.addEventListener('click', () => this.toEnd());
    // Opening the thread or resizing the window rewraps the text, which would move a following reader off the end.
    new ResizeObserver(() => this.#follow()).observe(scroller);
  }

  /** Shows these rows. */
  show(rows: readonly Row[]): void {
    const last = this.#list.lastElementChild;
    // The browser reports a scroll at its next frame, and news may come before.
    if (this.#scroller.scrollTop !== this.#top) this.#scrolled();
    keepingFocus(this.#scroller, () => syncRows(this.#list, rows));
    this.#follow();
    const hasNews = !this.#isFollowing && this.#list.lastElementChild !== last;
    if (hasNews && this.#pill !== undefined) this.#pill.hidden = false;
  }

  /** Scrolls to the newest message and follows it. */
  toEnd(): void {
    this.#isFollowing = true;
    this.#follow();
  }

  #follow(): void {
    if (!this.#isFollowing) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
    if (this.#pill !== undefined) this.#pill.hidden = true;
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#top = scrollTop;
    this.#isFollowing = scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;
    if (this.#isFollowing && this.#pill !== undefined) this.#pill.hidden = true;
  }
}
