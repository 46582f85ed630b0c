const SECTOR = 2048;
const ROOT_SECTOR = 18;
const FILE_SECTOR = 19;
const DESCRIPTOR = 16 * SECTOR;

/** Fields of an ISO 9660 image with arbitrary values. */
export interface LyingIso {
  readonly file: string;
  readonly text: string;
  /** Bytes of the root folder; the correct value is 2048. */
  readonly rootLength?: number;
  /** Bytes of the file; default: the actual number. */
  readonly fileLength?: number;
  readonly rootSector?: number;
  readonly sectors?: number;
  readonly block?: number;
}

/** An image with one file in its root folder. */
export function lyingIso(iso: LyingIso): Buffer {
  const image = Buffer.alloc((FILE_SECTOR + 1 + Math.ceil(iso.text.length / SECTOR)) * SECTOR);
  const root = entry('\0', iso.rootSector ?? ROOT_SECTOR, iso.rootLength ?? SECTOR, true);
  image.write('\x01CD001\x01', DESCRIPTOR, 'latin1');
  image.writeUInt32LE(iso.sectors ?? image.length / SECTOR, DESCRIPTOR + 80);
  image.writeUInt16LE(iso.block ?? SECTOR, DESCRIPTOR + 128);
  root.copy(image, DESCRIPTOR + 156);
  const file = entry(`${iso.file};1`, FILE_SECTOR, iso.fileLength ?? Buffer.byteLength(iso.text), false);
  Buffer.concat([root, entry('\x01', ROOT_SECTOR, SECTOR, true), file]).copy(image, ROOT_SECTOR * SECTOR);
  image.write(iso.text, FILE_SECTOR * SECTOR);
  return image;
}

function entry(name: string, sector: number, length: number, isFolder: boolean): Buffer {
  const bytes = Buffer.alloc(33 + name.length + (1 - (name.length % 2)));
  bytes[0] = bytes.length;
  bytes.writeUInt32LE(sector, 2);
  bytes.writeUInt32LE(length, 10);
  bytes[25] = isFolder ? 2 : 0;
  bytes[32] = name.length;
  bytes.write(name, 33, 'latin1');
  return bytes;
}
