import type { CheckedDay, DailyChecks, Told } from '../../src/ports/status.ts';

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

/** The last daily check, in memory. */
export class FakeDailyChecks implements DailyChecks {
  #checked: CheckedDay | null = null;

  async last(): Promise<CheckedDay | null> {
    return this.#checked;
  }

  async note(checked: CheckedDay): Promise<void> {
    this.#checked = checked;
  }
}
