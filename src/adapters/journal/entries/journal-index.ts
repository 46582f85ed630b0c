import type { ChangeEvent, ChangeId } from '../../../domain/change/change.ts';
import { endsChange } from '../../../domain/change/effect.ts';
import { isUnsettledBy } from '../../../domain/change/lost-record.ts';
import type { JournalMark } from '../../../domain/change/record-entry.ts';
import { type ProofResult, provedIn } from '../../../domain/cluster/proof-result.ts';
import { nodesProvedBy } from '../../../domain/plan/proved-nodes.ts';
import type { JournalLine, OpeningLine } from '../file/line.ts';

/** Position of a line in the file, in bytes, without its newline. */
export interface Span {
  readonly from: number;
  readonly bytes: number;
}

/** Position of an event in this file, and its original line in the chain. */
export interface Place extends Span {
  readonly mark: JournalMark;
}

/** An approval that the journal has seen. */
export interface SeenApproval {
  /** null when the change is no longer in this file. */
  readonly change: ChangeId | null;
  readonly expires: string;
}

/** The journal's index in memory: positions of lines by change, and the nonces of used approvals. */
export class JournalIndex {
  readonly #places = new Map<ChangeId, Place[]>();
  readonly #approved = new Map<ChangeId, string>();
  readonly #seen = new Map<string, SeenApproval>();
  readonly #used = new Set<string>();
  readonly #unsettled = new Set<ChangeId>();
  /** Every start, with its original line. */
  readonly #starts: { readonly change: ChangeId; readonly line: number }[] = [];
  /** Nodes whose registries a change will have proved when it is done. */
  readonly #verifies = new Map<ChangeId, readonly string[]>();
  readonly #proved = new Map<string, string>();
  #since: string | undefined;

  note(line: JournalLine, span: Span, hash: string): void {
    if ('opens' in line) this.#noteOpening(line.opens);
    if ('proof' in line) this.#noteProof(line.proof);
    if (!('event' in line)) return;
    const { seq, change, event, carried } = line;
    this.#since ??= event.at;
    this.#noteProved(change, event);
    const place = { ...span, mark: carried ?? { line: seq, hash } };
    const places = this.#places.get(change);
    if (places === undefined) this.#places.set(change, [place]);
    else places.push(place);
    if (isUnsettledBy(event)) this.#unsettled.add(change);
    else if (endsChange(event)) this.#unsettled.delete(change);
    if (event.type === 'started') this.#starts.push({ change, line: place.mark.line });
    if (event.type === 'approved') {
      const { nonce, expires } = event.signed.approval;
      this.#approved.set(change, nonce);
      this.#seen.set(nonce, { change, expires });
    }
    const nonce = event.type === 'started' ? this.#approved.get(change) : undefined;
    if (nonce !== undefined) this.#used.add(nonce);
  }

  #noteProof(proof: ProofResult): void {
    this.#since ??= proof.ended;
    for (const node of provedIn(proof)) this.#proved.set(node, proof.ended);
  }

  #noteProved(change: ChangeId, event: ChangeEvent): void {
    if (event.type === 'planned') this.#verifies.set(change, nodesProvedBy(event.plan));
    if (event.type === 'done') for (const node of this.#verifies.get(change) ?? []) this.#proved.set(node, event.at);
  }

  /** Approvals of changes in older files count as used, so they can never start anything again. */
  #noteOpening({ at, nonces }: OpeningLine['opens']): void {
    this.#since = at;
    for (const { nonce, expires } of nonces) {
      this.#used.add(nonce);
      this.#seen.set(nonce, { change: null, expires });
    }
  }

  /** Time of the first entry; undefined for an empty file. */
  get since(): string | undefined {
    return this.#since;
  }

  /** When the registry of each node was last proved, as far as this file has it. */
  proved(): ReadonlyMap<string, string> {
    return this.#proved;
  }

  places(change: ChangeId): readonly Place[] {
    return this.#places.get(change) ?? [];
  }

  changes(): readonly ChangeId[] {
    return [...this.#places.keys()];
  }

  /** Approvals by nonce. */
  approvals(): ReadonlyMap<string, SeenApproval> {
    return this.#seen;
  }

  startedSince(change: ChangeId): readonly ChangeId[] {
    // Carried lines are grouped by change, not by time.
    const starts = this.#starts.toSorted((one, other) => one.line - other.line).map((start) => start.change);
    const first = starts.indexOf(change);
    const since = first === -1 ? [] : starts.slice(first + 1).filter((other) => other !== change);
    // Each once, at its last start.
    return [...new Set(since.toReversed())].toReversed();
  }

  unsettled(): readonly ChangeId[] {
    return [...this.#unsettled];
  }

  hasNonce(nonce: string): boolean {
    return this.#used.has(nonce);
  }
}
