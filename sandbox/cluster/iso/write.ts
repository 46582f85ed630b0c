import { type FileHandle, open } from 'node:fs/promises';
import { bothEndian16, bothEndian32, padded, recordDate, SECTOR, sectorsFor, volumeDate } from './fields.ts';
import { directoryExtent, extensionReference } from './records.ts';
import { type IsoDirEntry, type IsoFileEntry, type IsoSource, inPathTableOrder, isoTree } from './tree.ts';

/** ISO 9660 §6.2.1: volume descriptors follow sixteen system sectors. */
const FIRST_DESCRIPTOR = 16;
const FIRST_FREE = 18;
/** One extent has a 32-bit length; larger files would need multi-extent support. */
const MAX_FILE = 2 ** 32 - SECTOR;

/**
 * Writes an ISO 9660 image with Rock Ridge names. Files are in the order of `sources` and start at sectors, so files
 * shared by two images are equal runs of sectors.
 */
export async function writeIso(path: string, volumeId: string, sources: readonly IsoSource[], at: Date): Promise<void> {
  const layout = layOut(sources, at);
  const file = await open(path, 'wx', 0o644);
  try {
    await writeAt(file, FIRST_DESCRIPTOR, primaryDescriptor(volumeId, layout, at));
    await writeAt(file, FIRST_DESCRIPTOR + 1, Buffer.concat([Buffer.from([255]), Buffer.from('CD001\x01', 'latin1')]));
    await writeAt(file, layout.littleTable, layout.tables.little);
    await writeAt(file, layout.bigTable, layout.tables.big);
    await writeAt(file, layout.erSector, extensionReference());
    for (const one of layout.dirs) await writeAt(file, one.extent, directoryExtent(one, at, layout.erSector));
    for (const one of layout.files) await writePieces(file, one);
    await file.truncate(layout.sectors * SECTOR);
  } finally {
    await file.close();
  }
}

interface Layout {
  readonly root: IsoDirEntry;
  readonly dirs: readonly IsoDirEntry[];
  readonly files: readonly IsoFileEntry[];
  readonly tables: { readonly little: Buffer; readonly big: Buffer };
  readonly littleTable: number;
  readonly bigTable: number;
  readonly erSector: number;
  readonly sectors: number;
}

function layOut(sources: readonly IsoSource[], at: Date): Layout {
  const root = isoTree(sources);
  const dirs = inPathTableOrder(root);
  const tableSectors = sectorsFor(pathTable(dirs, 'little').length);
  const erSector = FIRST_FREE + 2 * tableSectors;
  let next = erSector + 1;
  for (const one of dirs) {
    one.size = directoryExtent(one, at, erSector).length;
    one.extent = next;
    next += sectorsFor(one.size);
  }
  const files = inSourceOrder(dirs, sources);
  for (const one of files) {
    if (one.source.size > MAX_FILE) throw new RangeError(`${one.source.path} is too large for one extent`);
    one.extent = next;
    next += sectorsFor(one.source.size);
  }
  const tables = { little: pathTable(dirs, 'little'), big: pathTable(dirs, 'big') };
  return {
    root,
    dirs,
    files,
    tables,
    littleTable: FIRST_FREE,
    bigTable: FIRST_FREE + tableSectors,
    erSector,
    sectors: next,
  };
}

function inSourceOrder(dirs: readonly IsoDirEntry[], sources: readonly IsoSource[]): readonly IsoFileEntry[] {
  const bySource = new Map(dirs.flatMap((one) => one.files).map((file) => [file.source, file]));
  return sources.flatMap((source) => bySource.get(source) ?? []);
}

function pathTable(dirs: readonly IsoDirEntry[], order: 'little' | 'big'): Buffer {
  return Buffer.concat(
    dirs.map((one) => {
      const name = Buffer.from(one.id, 'latin1');
      const row = Buffer.alloc(8 + name.length + (name.length % 2));
      row.writeUInt8(name.length, 0);
      const parent = one.parent?.number ?? 1;
      if (order === 'little') {
        row.writeUInt32LE(one.extent, 2);
        row.writeUInt16LE(parent, 6);
      } else {
        row.writeUInt32BE(one.extent, 2);
        row.writeUInt16BE(parent, 6);
      }
      name.copy(row, 8);
      return row;
    }),
  );
}

function primaryDescriptor(volumeId: string, layout: Layout, at: Date): Buffer {
  const size = Buffer.alloc(16);
  size.writeUInt32LE(layout.littleTable, 0);
  size.writeUInt32BE(layout.bigTable, 8);
  const { root } = layout;
  const rootRecord = Buffer.concat([
    Buffer.from([34, 0]),
    bothEndian32(root.extent),
    bothEndian32(root.size),
    recordDate(at),
    Buffer.from([2, 0, 0]),
    bothEndian16(1),
    Buffer.from([1, 0]),
  ]);
  return Buffer.concat([
    Buffer.from('\x01CD001\x01\0', 'latin1'),
    padded('LINUX', 32),
    padded(volumeId, 32),
    Buffer.alloc(8),
    bothEndian32(layout.sectors),
    Buffer.alloc(32),
    bothEndian16(1),
    bothEndian16(1),
    bothEndian16(SECTOR),
    bothEndian32(layout.tables.little.length),
    size,
    rootRecord,
    padded('', 128 * 4 + 37 * 3),
    volumeDate(at),
    volumeDate(at),
    Buffer.concat([Buffer.from('0'.repeat(16), 'latin1'), Buffer.from([0])]),
    volumeDate(at),
    Buffer.from([1, 0]),
  ]);
}

async function writeAt(file: FileHandle, sector: number, content: Buffer): Promise<void> {
  await file.write(content, 0, content.length, sector * SECTOR);
}

async function writePieces(file: FileHandle, one: IsoFileEntry): Promise<void> {
  let position = one.extent * SECTOR;
  for (const piece of one.source.pieces()) {
    await file.write(piece, 0, piece.length, position);
    position += piece.length;
  }
}
