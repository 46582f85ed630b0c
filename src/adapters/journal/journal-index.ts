import type { ChangeId } from '../../domain/change.ts';
import type { JournalLine } from './line.ts';

/** Where a line stands in the file, without its newline. */
export interface Span {
  readonly from: number;
  readonly bytes: number;
}

/** What of the journal is kept in memory: places of lines by change, and the nonces of approvals that were used. */
export class JournalIndex {
  readonly #spans = new Map<ChangeId, Span[]>();
  readonly #approved = new Map<ChangeId, string>();
  readonly #used = new Set<string>();

  note({ change, event }: Pick<JournalLine, 'change' | 'event'>, span: Span): void {
    const spans = this.#spans.get(change);
    if (spans === undefined) this.#spans.set(change, [span]);
    else spans.push(span);
    if (event.type === 'approved') this.#approved.set(change, event.signed.approval.nonce);
    const nonce = event.type === 'started' ? this.#approved.get(change) : undefined;
    if (nonce !== undefined) this.#used.add(nonce);
  }

  spans(change: ChangeId): readonly Span[] {
    return this.#spans.get(change) ?? [];
  }

  hasNonce(nonce: string): boolean {
    return this.#used.has(nonce);
  }
}
