/** Files in an ISO start at sectors of this size (ECMA-119, 6.1.2). */
export const SECTOR = 2048;
/** Distance of samples in a sector; differences between the samples show up in the byte comparison. */
const SAMPLE_STEP = 128;

/** Finds similar sectors in a file: a fast guess, to be verified byte by byte. Keeps the first of equal sectors. */
export class SectorIndex {
  /** Hash table with open addressing: sector numbers plus one by fingerprint; 0 is free. */
  readonly #table: Uint32Array;
  readonly #marks: Uint32Array;
  readonly #mask: number;

  constructor(sectors: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, sectors * 2)));
    this.#table = new Uint32Array(slots);
    this.#marks = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  /** Adds the whole sectors of a piece that starts at the sector `first`. */
  add(piece: Buffer, first: number): void {
    const sectors = Math.floor(piece.length / SECTOR);
    for (let sector = 0; sector < sectors; sector += 1) {
      const mark = fingerprint(piece, sector * SECTOR);
      const slot = this.#slotOf(mark);
      if (this.#table[slot] !== 0) continue;
      this.#table[slot] = first + sector + 1;
      this.#marks[slot] = mark;
    }
  }

  /** A sector with the fingerprint of the sector at `at`, or null. */
  find(piece: Buffer, at: number): number | null {
    const found = this.#table[this.#slotOf(fingerprint(piece, at))] ?? 0;
    return found === 0 ? null : found - 1;
  }

  /** The slot of this mark, or the free slot for it. */
  #slotOf(mark: number): number {
    let slot = mark & this.#mask;
    while (this.#table[slot] !== 0 && this.#marks[slot] !== mark) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

/** A 32-bit hash of a sector's samples: multiply and mix, as in MurmurHash3's finalizer. */
function fingerprint(piece: Buffer, at: number): number {
  let mark = 0;
  for (let byte = 0; byte < SECTOR; byte += SAMPLE_STEP) {
    mark = Math.imul(mark ^ piece.readInt32LE(at + byte), 0x85ebca6b);
    mark ^= mark >>> 13;
  }
  mark = Math.imul(mark, 0xc2b2ae35);
  return (mark ^ (mark >>> 16)) >>> 0;
}
