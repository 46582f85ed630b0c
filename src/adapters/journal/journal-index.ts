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
  /** Every start, in order. */
  readonly #starts: ChangeId[] = [];

  note({ change, event }: Pick<JournalLine, 'change' | 'event'>, span: Span): void {
    const spans = this.#spans.get(change);
    if (spans === undefined) this.#spans.set(change, [span]);
    else spans.push(span);
    if (event.type === 'started') this.#starts.push(change);
    if (event.type === 'approved') this.#approved.set(change, event.signed.approval.nonce);
    const nonce = event.type === 'started' ? this.#approved.get(change) : undefined;
    if (nonce !== undefined) this.#used.add(nonce);
  }

  spans(change: ChangeId): readonly Span[] {
    return this.#spans.get(change) ?? [];
  }

  startedSince(change: ChangeId): readonly ChangeId[] {
    const first = this.#starts.indexOf(change);
    const since = first === -1 ? [] : this.#starts.slice(first + 1).filter((other) => other !== change);
    return since.filter((other, at) => since.lastIndexOf(other) === at);
  }

  hasNonce(nonce: string): boolean {
    return this.#used.has(nonce);
  }
}
