import type { ChangeEvent, ChangeId } from '../../src/domain/change.ts';
import type { Journal } from '../../src/ports.ts';

/** A journal in memory. */
export class FakeJournal implements Journal {
  readonly #lines: { readonly change: ChangeId; readonly event: ChangeEvent }[] = [];

  async append(change: ChangeId, event: ChangeEvent): Promise<void> {
    this.#lines.push({ change, event: structuredClone(event) });
  }

  async events(id: ChangeId): Promise<readonly ChangeEvent[]> {
    return this.#lines.filter(({ change }) => change === id).map(({ event }) => event);
  }

  async startedSince(id: ChangeId): Promise<readonly ChangeId[]> {
    const starts = this.#lines.filter(({ event }) => event.type === 'started').map(({ change }) => change);
    const since = starts.includes(id) ? starts.slice(starts.indexOf(id)).filter((change) => change !== id) : [];
    return [...new Set(since.toReversed())].toReversed();
  }

  async hasNonce(nonce: string): Promise<boolean> {
    const approved = new Map<ChangeId, string>();
    return this.#lines.some(({ change, event }) => {
      if (event.type === 'approved') approved.set(change, event.signed.approval.nonce);
      return event.type === 'started' && approved.get(change) === nonce;
    });
  }
}
