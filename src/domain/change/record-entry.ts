import type { ChangeEvent, ChangeId } from './change.ts';

/** A journal line: its number, and its SHA-256, which covers every line before it. */
export interface JournalMark {
  readonly line: number;
  readonly hash: string;
}

/** The signed form of a record entry. It is valid only for this change at this position. */
export interface RecordEntry {
  readonly change: ChangeId;
  /** 1 for the request. */
  readonly position: number;
  readonly event: ChangeEvent;
  /** The worker's journal line; only in a worker's entries. */
  readonly mark?: JournalMark;
}

/** A key's fingerprint, and a signature in base64. */
export interface Signature {
  readonly key: string;
  readonly signature: string;
}

/** An event in the journal, and its line. */
export interface JournalEntry {
  readonly event: ChangeEvent;
  readonly mark: JournalMark;
}

/** The result of checking a record's signatures. */
export interface Provenance {
  /** Positions, from 1, of entries without a valid signature. Change and events leave them out. */
  readonly unproven?: readonly number[];
  /** The journal line of the last entry, when a worker wrote it. */
  readonly mark?: JournalMark;
}

/** Signs and verifies record entries. */
export interface EntryProof {
  sign(entry: RecordEntry): Signature;
  /** True if a process that may write such an entry here has signed it. */
  isProven(entry: RecordEntry, signature: Signature): boolean;
}

/** Signs the head of the journal. Only the worker has the private key. */
export interface HeadSealer {
  seal(head: JournalMark): Signature;
}

/** Checks seals of the journal against the worker's public keys. */
export interface HeadChecker {
  check(head: JournalMark, seal: Signature): 'genuine' | 'forged' | 'unknown-key';
}

/** A placeholder for a change whose request is unverified: only its ID is known. */
export function unknownChange(id: ChangeId, cluster: string): ChangeEvent {
  return {
    type: 'requested',
    at: new Date(0).toISOString(),
    id,
    intent: { verb: 'add', cluster, nodes: [] },
    requester: { id: 'nobody', name: 'nobody' },
    channel: '',
  };
}
