import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SECTOR } from './fields.ts';

/** The image is not an ISO 9660 file system, or part of it is missing. */
export class IsoUnreadable extends Error {
  override readonly name = 'IsoUnreadable';
}

interface IsoFile {
  /** Path below the root, in Rock Ridge names. */
  readonly path: string;
  readonly isoName: string;
  readonly extent: number;
  readonly size: number;
}

/** An image's table of contents. */
export interface IsoContents {
  readonly volumeId: string;
  readonly sectors: number;
  readonly files: readonly IsoFile[];
}

/** This file is only given its length when unpacked: nothing serves its bytes. */
const FILLER = 'filler.bin';
const PIECE = 1024 * 1024;

/** Reads the table of contents; throws if the image is shorter than its volume descriptor says. */
export async function readIso(path: string): Promise<IsoContents> {
  return withImage(path, async (image) => {
    const { volumeId, sectors, root } = await primaryDescriptor(image);
    const { size } = await image.stat();
    if (size < sectors * SECTOR) throw new IsoUnreadable(`${size} bytes of ${sectors * SECTOR} are there`);
    return { volumeId, sectors, files: await filesBelow(image, root.extent, root.size, '', sectors) };
  });
}

/** Unpacks an image into a folder. */
export async function extractIso(path: string, target: string): Promise<void> {
  const { files } = await readIso(path);
  await withImage(path, async (image) => {
    for (const file of files) await extractFile(image, file, join(target, file.path));
  });
}

/** Reads one file of the root by its ISO name, as `isoinfo -x /NAME;1`; undefined if absent. Works on truncated images. */
export async function readRootFile(path: string, isoName: string): Promise<string | undefined> {
  return withImage(path, async (image) => {
    const { root } = await primaryDescriptor(image);
    const records = directoryRecords(await bytes(image, root.extent * SECTOR, root.size));
    const found = records.find((one) => !one.isDirectory && one.isoName === `${isoName.replace(/;1$/, '')};1`);
    return found === undefined ? undefined : (await bytes(image, found.extent * SECTOR, found.size)).toString('utf8');
  });
}

async function withImage<T>(path: string, read: (image: FileHandle) => Promise<T>): Promise<T> {
  const image = await open(path, 'r');
  try {
    return await read(image);
  } finally {
    await image.close();
  }
}

interface Extent {
  readonly extent: number;
  readonly size: number;
}

async function primaryDescriptor(image: FileHandle): Promise<{ volumeId: string; sectors: number; root: Extent }> {
  const sector = await bytes(image, 16 * SECTOR, SECTOR);
  if (sector.toString('latin1', 0, 6) !== '\x01CD001') throw new IsoUnreadable('no primary volume descriptor');
  return {
    volumeId: sector.toString('latin1', 40, 72).trimEnd(),
    sectors: sector.readUInt32LE(80),
    root: { extent: sector.readUInt32LE(158), size: sector.readUInt32LE(166) },
  };
}

async function filesBelow(
  image: FileHandle,
  extent: number,
  size: number,
  above: string,
  sectors: number,
): Promise<IsoFile[]> {
  if (extent + size / SECTOR > sectors) throw new IsoUnreadable(`directory ${above}/ is beyond the end`);
  const files: IsoFile[] = [];
  for (const one of directoryRecords(await bytes(image, extent * SECTOR, size))) {
    if (one.extent + one.size / SECTOR > sectors) throw new IsoUnreadable(`${above}/${one.name} is beyond the end`);
    const path = above === '' ? one.name : `${above}/${one.name}`;
    if (one.isDirectory) files.push(...(await filesBelow(image, one.extent, one.size, path, sectors)));
    else files.push({ path, isoName: one.isoName, extent: one.extent, size: one.size });
  }
  return files;
}

interface DirectoryRecord extends Extent {
  readonly name: string;
  readonly isoName: string;
  readonly isDirectory: boolean;
}

function directoryRecords(directory: Buffer): readonly DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  for (let at = 0; at < directory.length; ) {
    const length = directory.readUInt8(at);
    if (length === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
      continue;
    }
    if (length < 34 || at + length > directory.length) throw new IsoUnreadable('a directory record is broken');
    const record = directoryRecord(directory.subarray(at, at + length));
    if (record.isoName !== '\0' && record.isoName !== '\x01') records.push(record);
    at += length;
  }
  return records;
}

function directoryRecord(record: Buffer): DirectoryRecord {
  const nameLength = record.readUInt8(32);
  const isoName = record.toString('latin1', 33, 33 + nameLength);
  const name = rockRidgeName(record.subarray(33 + nameLength + (nameLength % 2 === 0 ? 1 : 0))) ?? isoName;
  if (name.includes('/') || name === '..') throw new IsoUnreadable(`the name ${name} leads out of its directory`);
  return {
    name,
    isoName,
    isDirectory: (record.readUInt8(25) & 2) !== 0,
    extent: record.readUInt32LE(2),
    size: record.readUInt32LE(10),
  };
}

function rockRidgeName(system: Buffer): string | undefined {
  for (let at = 0; at + 4 <= system.length; ) {
    const length = system.readUInt8(at + 2);
    if (length < 4) return undefined;
    if (system.toString('latin1', at, at + 2) === 'NM') return system.toString('utf8', at + 5, at + length);
    at += length;
  }
  return undefined;
}

async function extractFile(image: FileHandle, file: IsoFile, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const out = await open(target, 'w', 0o644);
  try {
    if (file.path === FILLER) await out.truncate(file.size);
    else await copyExtent(image, file, out);
  } finally {
    await out.close();
  }
}

async function copyExtent(image: FileHandle, file: IsoFile, out: FileHandle): Promise<void> {
  for (let at = 0; at < file.size; at += PIECE) {
    await out.write(await bytes(image, file.extent * SECTOR + at, Math.min(PIECE, file.size - at)));
  }
}

async function bytes(image: FileHandle, position: number, length: number): Promise<Buffer> {
  const piece = Buffer.alloc(length);
  const { bytesRead } = await image.read(piece, 0, length, position);
  if (bytesRead < length) throw new IsoUnreadable(`the image ends at byte ${position + bytesRead}`);
  return piece;
}
