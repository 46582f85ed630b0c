import { createHash } from 'node:crypto';
import type { ChangeEvent, ChangeId } from '../../src/domain/change/change.ts';
import { endsChange } from '../../src/domain/change/effect.ts';
import { isUnsettledBy } from '../../src/domain/change/lost-record.ts';
import type { JournalEntry, JournalMark } from '../../src/domain/change/record-entry.ts';
import type { ProofResult } from '../../src/domain/cluster/proof-result.ts';
import type { Journal } from '../../src/ports/record.ts';

/** A journal in memory. */
export class FakeJournal implements Journal {
  /** The results of proofs. */
  readonly proofs: ProofResult[] = [];
  readonly #lines: (JournalEntry & { readonly change: ChangeId })[] = [];

  async append(change: ChangeId, event: ChangeEvent): Promise<JournalMark> {
    const line = this.#lines.length + 1;
    const before = this.#lines.at(-1)?.mark.hash ?? '';
    const mark = {
      line,
      hash: createHash('sha256')
        .update(before + JSON.stringify(event))
        .digest('hex'),
    };
    this.#lines.push({ change, event: structuredClone(event), mark });
    return mark;
  }

  async noteProof(proof: ProofResult): Promise<JournalMark> {
    this.proofs.push(proof);
    return { line: this.#lines.length + this.proofs.length, hash: 'a'.repeat(64) };
  }

  async events(id: ChangeId): Promise<readonly ChangeEvent[]> {
    return (await this.entries(id)).map(({ event }) => event);
  }

  async entries(id: ChangeId): Promise<readonly JournalEntry[]> {
    return this.#lines.filter(({ change }) => change === id).map(({ event, mark }) => ({ event, mark }));
  }

  async startedSince(id: ChangeId): Promise<readonly ChangeId[]> {
    const starts = this.#lines.filter(({ event }) => event.type === 'started').map(({ change }) => change);
    const since = starts.includes(id) ? starts.slice(starts.indexOf(id)).filter((change) => change !== id) : [];
    return [...new Set(since.toReversed())].toReversed();
  }

  async changes(): Promise<readonly ChangeId[]> {
    return [...new Set(this.#lines.map(({ change }) => change))];
  }

  async unsettled(): Promise<readonly ChangeId[]> {
    const unsettled = new Set<ChangeId>();
    for (const { change, event } of this.#lines) {
      if (isUnsettledBy(event)) unsettled.add(change);
      else if (endsChange(event)) unsettled.delete(change);
    }
    return [...unsettled];
  }

  async hasNonce(nonce: string): Promise<boolean> {
    const approved = new Map<ChangeId, string>();
    return this.#lines.some(({ change, event }) => {
      if (event.type === 'approved') approved.set(change, event.signed.approval.nonce);
      return event.type === 'started' && approved.get(change) === nonce;
    });
  }
}
