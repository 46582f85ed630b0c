import { bytesAt, type OpenFile } from '../node/open-file.ts';

/** ISO 9660 (ECMA-119): a logical sector has 2048 bytes, the first descriptor is in sector 16. */
const SECTOR = 2048;
/** Root folders of MetalK8s' archives have a dozen entries; a sector holds about forty. */
const FOLDER_LIMIT = 256 * SECTOR;
const FILE_LIMIT = 256 * 1024;

/** The root of an ISO 9660 image. */
export interface Iso {
  /** Size in the descriptor; a shorter file is truncated. */
  readonly bytes: number;
  /** Text of a file in the root folder by its ISO name (`PRODUCT.TXT`); null when there is none. */
  read(name: string): Promise<string | null>;
}

interface Extent {
  readonly at: number;
  readonly length: number;
}

/** Reads the primary volume descriptor; null when the file is no ISO 9660 image. */
export async function isoOf(file: OpenFile): Promise<Iso | null> {
  const descriptor = await bytesAt(file, 16 * SECTOR, SECTOR);
  if (descriptor === null || descriptor.toString('latin1', 0, 7) !== '\x01CD001\x01') return null;
  const block = descriptor.readUInt16LE(128);
  const root = extentOf(descriptor.subarray(156, 190), block);
  return {
    bytes: descriptor.readUInt32LE(80) * block,
    async read(name) {
      const extent = (await entries(file, root, block)).get(name);
      if (extent === undefined || extent.length > FILE_LIMIT) return null;
      return (await bytesAt(file, extent.at, extent.length))?.toString('utf8') ?? null;
    },
  };
}

/** The place of a file in its directory record: block number at byte 2, length at byte 10. */
function extentOf(record: Buffer, block: number): Extent {
  return { at: record.readUInt32LE(2) * block, length: record.readUInt32LE(10) };
}

async function entries(file: OpenFile, root: Extent, block: number): Promise<ReadonlyMap<string, Extent>> {
  const found = new Map<string, Extent>();
  const folder = root.length > FOLDER_LIMIT ? null : await bytesAt(file, root.at, root.length);
  if (folder === null) return found;
  for (const record of records(folder)) {
    const isFolder = ((record[25] ?? 0) & 2) !== 0;
    if (!isFolder) found.set(fileNameOf(record), extentOf(record, block));
  }
  return found;
}

/** Records follow each other and never cross a sector; a length of zero ends the sector. */
function* records(folder: Buffer): Generator<Buffer> {
  let at = 0;
  while (at < folder.length) {
    const length = folder[at] ?? 0;
    if (length === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
    } else {
      const record = folder.subarray(at, at + length);
      // 33 bytes, then the name: a shorter record is damaged.
      if (record.length >= 34 && 33 + (record[32] ?? 0) <= record.length) yield record;
      at += length;
    }
  }
}

/** The name without its version: `PRODUCT.TXT;1` is `PRODUCT.TXT`. */
function fileNameOf(record: Buffer): string {
  return record.toString('latin1', 33, 33 + (record[32] ?? 0)).replace(/;\d+$/, '');
}
