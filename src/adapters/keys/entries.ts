import type { PlainFailure } from '../../domain/answers/failure.ts';
import { type Author, isOfTerminal, mayWrite } from '../../domain/change/author.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import type { EntryProof, RecordEntry, Signature } from '../../domain/change/record-entry.ts';
import { keyUnusable } from './failures.ts';
import { keyName } from './pair.ts';
import {
  isSigned,
  type SigningKey,
  signerFor,
  type Trusted,
  type TrustedKey,
  trusted,
  wellFormed,
} from './signature.ts';
import { proofAmong } from './statements.ts';

const CONTEXT = 'registry-ha entry v1\0';

/** A process's signing key, and the keys whose entries it accepts in one cluster's records. */
export interface EntryKeys {
  readonly own: SigningKey;
  /** Public keys of bots, including former keys; for a bot also its own key. */
  readonly bots: readonly TrustedKey[];
  /** Public keys of this cluster's worker, including former keys. */
  readonly workers: readonly TrustedKey[];
}

type Known = Readonly<Record<Author, Trusted>>;

const knownOf = ({ bots, workers }: EntryKeys): Known => ({ bot: trusted(bots), worker: trusted(workers) });

/** A bot's proof: each entry must be signed by an author who may write it. Throws `key-unusable`. */
export function botEntryProof(keys: EntryKeys): EntryProof {
  const known = knownOf(keys);
  return {
    progress: proofAmong('progress', keys.own, known.worker),
    sign: signed(keys.own),
    isProven: (entry, signature) => isSignedBy(writersOf(entry), entry, signature, known),
    isOfWorker: (entry, signature) => isSignedBy(['worker'], entry, signature, known),
    isOurs: (entry, signature) => isSignedBy(AUTHORS, entry, signature, known),
  };
}

const AUTHORS: readonly Author[] = ['bot', 'worker'];

/** The authors who may write such an entry. */
const writersOf = ({ event }: RecordEntry): readonly Author[] => AUTHORS.filter((author) => mayWrite(author, event));

const isSignedBy = (authors: readonly Author[], entry: SignedText, signature: Signature, known: Known): boolean =>
  authors.some((author) => isSigned(CONTEXT, textOf(entry), signature, known[author]));

/**
 * A worker's proof: entries that only a bot may write need the signature of a trusted bot. Approvals carry their own signature, and
 * entries that only workers write are in the journal, except a request, which the journal may not have yet, and what people say at the
 * terminal, such as a cancel. Throws `key-unusable`.
 */
export function workerEntryProof(keys: EntryKeys): EntryProof {
  const known = knownOf(keys);
  return {
    progress: proofAmong('progress', keys.own, known.worker),
    sign: signed(keys.own),
    isProven: (entry, signature) =>
      entry.event.type === 'approved' ||
      isOfWorkerAlone(entry) ||
      isSignedBy(writersOf(entry), entry, signature, known),
    isOfWorker: (entry, signature) => isSignedBy(['worker'], entry, signature, known),
    isOurs: (entry, signature) => isSignedBy(AUTHORS, entry, signature, known),
  };
}

/** True for what only a worker writes and its journal has. */
const isOfWorkerAlone = ({ event }: RecordEntry): boolean =>
  event.type !== 'requested' && !isOfTerminal(event) && mayWrite('worker', event) && !mayWrite('bot', event);

/** Refuses a key shared by a bot and a worker, or by two clusters. Throws `key-unusable`. */
export function refuseSharedKeys(
  bots: readonly TrustedKey[],
  workers: ReadonlyMap<string, readonly TrustedKey[]>,
): void {
  const owners = new Map(bots.map(({ publicKeyPem }) => [keyName(publicKeyPem), 'a bot']));
  for (const [cluster, keys] of workers) {
    for (const { publicKeyPem } of keys) {
      const name = keyName(publicKeyPem);
      const owner = owners.get(name);
      if (owner !== undefined && owner !== cluster) throw shared(name, owner, cluster);
      owners.set(name, cluster);
    }
  }
}

const shared = (name: string, one: string, other: string): PlainFailure =>
  keyUnusable(
    `key ${name}`,
    `It is trusted for the worker of ${other}, but is also the key of ${one}. Each could sign the other’s entries.`,
    'Give each worker its own key: run `registry-ha keys new --for worker`.',
  );

const signed = (own: SigningKey): EntryProof['sign'] => {
  const sign = signerFor(CONTEXT, own);
  return (entry) => sign(textOf(entry));
};

/** What is signed of an entry. */
type SignedText = Pick<RecordEntry, 'change'>;

const textOf = (entry: SignedText): unknown => wellFormed({ ...entry, cluster: clusterOf(entry.change) });
