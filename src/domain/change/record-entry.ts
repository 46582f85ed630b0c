import type { ChangeEvent, ChangeId } from './change.ts';

/** Where the worker's journal holds an entry: its line, and that line's SHA-256, which stands for every line before it. */
export interface JournalMark {
  readonly line: number;
  readonly hash: string;
}

/** An entry of a change's record as it is signed: it counts for this change, at this place, and nowhere else. */
export interface RecordEntry {
  readonly change: ChangeId;
  /** 1 for the request. */
  readonly position: number;
  readonly event: ChangeEvent;
  /** Entries of a worker tell which line of its journal they are. */
  readonly mark?: JournalMark;
}

/** Who signed something: the key's fingerprint, and the signature in base64. */
export interface Signature {
  readonly key: string;
  readonly signature: string;
}

/** An event in the journal, and where. */
export interface JournalEntry {
  readonly event: ChangeEvent;
  readonly mark: JournalMark;
}

/** Why nobody acts on a record, and the places, from 1, of the entries that are the reason. */
export interface Doubt {
  /** `unsigned`: nobody who may write them has signed them. `newer`: signed, but of a shape that this version does not know. */
  readonly is: 'unsigned' | 'newer';
  readonly entries: readonly number[];
}

/** What signatures say about a record. */
export interface Provenance {
  /** Change and events are told without the entries that it names. */
  readonly doubt?: Doubt;
  /** The journal line of the last entry, when a worker wrote it. */
  readonly mark?: JournalMark;
}

/** Signs entries of records and tells which ones count. */
export interface EntryProof {
  sign(entry: RecordEntry): Signature;
  /** Is it, as it stands, signed by somebody who may write such an entry here? */
  isProven(entry: RecordEntry, signature: Signature): boolean;
  /** Is it signed by a bot or worker of the cluster, whatever it says? Then a newer version has written it. */
  isOurs(entry: Pick<RecordEntry, 'change' | 'position'>, signature: Signature): boolean;
}

/** Signs the head of the journal; the private key lives with the worker only. */
export interface HeadSealer {
  seal(head: JournalMark): Signature;
}

/** Checks seals of the journal against the worker's public keys. */
export interface HeadChecker {
  check(head: JournalMark, seal: Signature): 'genuine' | 'forged' | 'unknown-key';
}

/** What can be told of a change whose request cannot be believed: its id. */
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
