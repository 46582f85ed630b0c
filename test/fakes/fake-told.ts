import type { Told } from '../../src/ports/status.ts';

/** What people were told, in memory. */
export class FakeTold implements Told {
  #troubles: readonly string[] | null = null;

  async last(): Promise<readonly string[] | null> {
    return this.#troubles;
  }

  async note(troubles: readonly string[]): Promise<void> {
    this.#troubles = troubles;
  }
}
