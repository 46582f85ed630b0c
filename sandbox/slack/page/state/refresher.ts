import { fetchState } from './local-server.ts';
import type { State } from './state.ts';

/** Delay before a retry when the local Slack did not answer. */
const RETRY_MS = 1_000;

/** Fetches the state, one request at a time; changes during a request lead to one more request. */
export class Refresher {
  readonly #show: (state: State) => void;
  readonly #fail: (says: string) => void;
  #isFetching = false;
  #isStale = false;

  constructor(show: (state: State) => void, fail: (says: string) => void) {
    this.#show = show;
    this.#fail = fail;
  }

  /** Requests a fetch, now or after the one in progress. */
  request(): void {
    this.#isStale = true;
    if (!this.#isFetching) void this.#fetchUntilFresh();
  }

  async #fetchUntilFresh(): Promise<void> {
    this.#isFetching = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#fetchOnce();
    }
    this.#isFetching = false;
  }

  async #fetchOnce(): Promise<void> {
    try {
      this.#show(await fetchState());
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      window.setTimeout(() => this.request(), RETRY_MS);
    }
  }
}
