import type { EntryProof } from '../../src/domain/change/record-entry.ts';

/** For readers outside bot and worker, who hold no key: it signs nothing, and every entry counts, forged or not. */
export const EVERY_ENTRY: EntryProof = {
  sign: () => ({ key: '', signature: '' }),
  isProven: () => true,
  isOurs: () => false,
};
