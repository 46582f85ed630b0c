import { z } from 'zod';
import type { Data } from '../text/shape.ts';
import type { ChangeEvent, ChangeId } from './change.ts';

/** A journal line: its number, and its SHA-256, which covers every line before it. */
export const journalMark = z.strictObject({ line: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) });
export type JournalMark = Data<typeof journalMark>;

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

/** Why a record is not acted on, and the positions, from 1, of the entries that cause it. */
export interface Doubt {
  /** `unsigned`: no valid signature of an allowed writer. `newer`: signed, in a format that this version does not support. */
  readonly is: 'unsigned' | 'newer';
  readonly entries: readonly number[];
}

/** The result of checking a record's signatures. */
export interface Provenance {
  /** Change and events leave these entries out. */
  readonly doubt?: Doubt;
  /** The journal line of the last entry, when a worker wrote it. */
  readonly mark?: JournalMark;
  /** Starts of the change and of steps that no trusted key of a worker has signed. A worker does not refuse them: its journal decides. */
  readonly foreignStarts?: readonly ChangeEvent[];
}

/** Signs statements of one kind, and verifies that a process that may make them has signed exactly these values. */
export interface Proof {
  sign(statement: object): Signature;
  isProven(statement: object, signature: Signature): boolean;
}

/** Signs and verifies record entries. */
export interface EntryProof {
  /** The progress of steps, which only a worker reports. */
  readonly progress: Proof;
  sign(entry: RecordEntry): Signature;
  /** True if a process that may write such an entry here has signed it. */
  isProven(entry: RecordEntry, signature: Signature): boolean;
  /** True if a trusted worker of the cluster has signed it. */
  isOfWorker(entry: RecordEntry, signature: Signature): boolean;
  /** True if a bot or worker of the cluster has signed it, whatever its content: then a newer version wrote it. */
  isOurs(entry: Pick<RecordEntry, 'change' | 'position'>, signature: Signature): boolean;
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
