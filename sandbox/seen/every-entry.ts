import type { EntryProof } from '../../src/domain/change/record-entry.ts';

/** For readers outside bot and worker, which hold no key: signs nothing, and accepts every entry, even a forged one. */
export const EVERY_ENTRY: EntryProof = {
  sign: () => ({ key: '', signature: '' }),
  isProven: () => true,
  isOurs: () => false,
};
