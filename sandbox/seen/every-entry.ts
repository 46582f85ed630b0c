import type { EntryProof, Proof } from '../../src/domain/change/record-entry.ts';

/** For readers outside bot and worker, which hold no key: signs nothing, and accepts every statement. */
export const EVERY_STATEMENT: Proof = { sign: () => ({ key: '', signature: '' }), isProven: () => true };

/** The same for entries: accepts every entry, even a forged one. */
export const EVERY_ENTRY: EntryProof = {
  ...EVERY_STATEMENT,
  progress: EVERY_STATEMENT,
  isOfWorker: () => true,
  isOurs: () => false,
};
