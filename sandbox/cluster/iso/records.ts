import { bothEndian16, bothEndian32, recordDate, SECTOR } from './fields.ts';
import { type IsoDirEntry, type IsoFileEntry, sortedEntries } from './tree.ts';

const FILE_MODE = 0o100444;
const DIRECTORY_MODE = 0o040555;
/** A record's length fits in one byte and is even. */
const MAX_RECORD = 254;

/** A directory's sectors: `.`, `..`, then its entries; no entry crosses a sector's end (ISO 9660 §6.8.1.1). */
export function directoryExtent(one: IsoDirEntry, at: Date, erSector: number): Buffer {
  const own = one.parent === null ? Buffer.concat([sharingPointer(), posix(one), continuation(erSector)]) : posix(one);
  const parent = one.parent ?? one;
  const records = [
    record('\0', one.extent, one.size, true, at, own),
    record('\x01', parent.extent, parent.size, true, at, posix(parent)),
    ...sortedEntries(one).map((entry) => entryRecord(entry, at)),
  ];
  return inSectors(records);
}

/** The ER entry that names Rock Ridge; Linux and isoinfo require it before they read NM and PX. */
export function extensionReference(): Buffer {
  const id = 'RRIP_1991A';
  const about = 'THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS';
  const source =
    'PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION.';
  const text = Buffer.from(id + about + source, 'latin1');
  return entry('ER', Buffer.concat([Buffer.from([id.length, about.length, source.length, 1]), text]));
}

function entryRecord(one: IsoDirEntry | IsoFileEntry, at: Date): Buffer {
  const isDirectory = 'dirs' in one;
  const size = isDirectory ? one.size : one.source.size;
  return record(one.id, one.extent, size, isDirectory, at, Buffer.concat([posix(one), alternateName(one.name)]));
}

function record(id: string, extent: number, size: number, isDirectory: boolean, at: Date, system: Buffer): Buffer {
  const name = Buffer.from(id, 'latin1');
  const head = Buffer.concat([
    Buffer.from([0, 0]),
    bothEndian32(extent),
    bothEndian32(size),
    recordDate(at),
    Buffer.from([isDirectory ? 2 : 0, 0, 0]),
    bothEndian16(1),
    Buffer.from([name.length]),
    name,
    Buffer.alloc(name.length % 2 === 0 ? 1 : 0),
    system,
  ]);
  const whole = head.length % 2 === 0 ? head : Buffer.concat([head, Buffer.alloc(1)]);
  if (whole.length > MAX_RECORD) throw new RangeError(`the name ${id} is too long for one directory record`);
  whole.writeUInt8(whole.length, 0);
  return whole;
}

function inSectors(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  let used = 0;
  for (const one of records) {
    const left = SECTOR - (used % SECTOR);
    if (one.length > left) {
      parts.push(Buffer.alloc(left));
      used += left;
    }
    parts.push(one);
    used += one.length;
  }
  parts.push(Buffer.alloc((SECTOR - (used % SECTOR)) % SECTOR));
  return Buffer.concat(parts);
}

/** One System Use entry: signature, length, version 1 (SUSP §4.1). */
function entry(signature: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(signature, 'latin1'), Buffer.from([body.length + 4, 1]), body]);
}

function sharingPointer(): Buffer {
  return entry('SP', Buffer.from([0xbe, 0xef, 0]));
}

function continuation(sector: number): Buffer {
  return entry('CE', Buffer.concat([bothEndian32(sector), bothEndian32(0), bothEndian32(extensionReference().length)]));
}

function posix(one: IsoDirEntry | IsoFileEntry): Buffer {
  const isDirectory = 'dirs' in one;
  const mode = isDirectory ? DIRECTORY_MODE : FILE_MODE;
  const links = isDirectory ? one.dirs.length + 2 : 1;
  return entry('PX', Buffer.concat([mode, links, 0, 0].map(bothEndian32)));
}

function alternateName(name: string): Buffer {
  return entry('NM', Buffer.concat([Buffer.from([0]), Buffer.from(name, 'utf8')]));
}
