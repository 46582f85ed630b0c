/** A file of an image: its path, and its bytes or a generator of them. */
export interface IsoSource {
  readonly path: string;
  readonly size: number;
  /** The bytes in pieces, `size` in total. */
  readonly pieces: () => Iterable<Buffer>;
}

export interface IsoFileEntry {
  readonly id: string;
  readonly name: string;
  readonly source: IsoSource;
  extent: number;
}

export interface IsoDirEntry {
  readonly id: string;
  readonly name: string;
  readonly parent: IsoDirEntry | null;
  readonly dirs: IsoDirEntry[];
  readonly files: IsoFileEntry[];
  /** Its number in the path table, from 1. */
  number: number;
  extent: number;
  size: number;
}

/** ISO 9660 §6.8.2.1 allows eight levels. */
const MAX_DEPTH = 8;
/** 31 characters with `;1`, §7.5 at interchange level 3. */
const MAX_ID = 28;

/** Sorts sources into directories; each gets an ISO identifier unique in its directory. */
export function isoTree(sources: readonly IsoSource[]): IsoDirEntry {
  const root = directory('\0', '', null);
  const known = new Map<string, IsoDirEntry>([['', root]]);
  for (const source of sources) {
    const parts = source.path.split('/');
    if (parts.length > MAX_DEPTH) throw new RangeError(`${source.path} is deeper than ISO 9660 allows`);
    const name = parts.pop() ?? '';
    const parent = directoryOf(parts, known, root);
    parent.files.push({ id: freeId(fileId(name), parent), name, source, extent: 0 });
  }
  return root;
}

/** All directories, breadth first, each level sorted: the order of the path table, §6.9.1. */
export function inPathTableOrder(root: IsoDirEntry): readonly IsoDirEntry[] {
  const order = [root];
  for (const one of order) {
    one.number = order.indexOf(one) + 1;
    order.push(...one.dirs.toSorted(byId));
  }
  return order;
}

/** Entries of one directory in the order of §9.3. */
export function sortedEntries(one: IsoDirEntry): readonly (IsoDirEntry | IsoFileEntry)[] {
  return [...one.dirs, ...one.files].sort(byId);
}

function directory(id: string, name: string, parent: IsoDirEntry | null): IsoDirEntry {
  return { id, name, parent, dirs: [], files: [], number: 0, extent: 0, size: 0 };
}

function directoryOf(parts: readonly string[], known: Map<string, IsoDirEntry>, root: IsoDirEntry): IsoDirEntry {
  let here = root;
  for (const [at, name] of parts.entries()) {
    const path = parts.slice(0, at + 1).join('/');
    const next =
      known.get(path) ??
      directory(
        freeId(
          name
            .toUpperCase()
            .replace(/[^A-Z0-9]/g, '_')
            .slice(0, MAX_ID),
          here,
        ),
        name,
        here,
      );
    if (!known.has(path)) here.dirs.push(next);
    known.set(path, next);
    here = next;
  }
  return here;
}

function fileId(name: string): string {
  const clean = name.toUpperCase().replace(/[^A-Z0-9.]/g, '_');
  const dot = clean.lastIndexOf('.');
  const stem = (dot > 0 ? clean.slice(0, dot) : clean).replaceAll('.', '_');
  const extension = dot > 0 ? clean.slice(dot + 1, dot + 9) : '';
  return `${stem.slice(0, MAX_ID - extension.length - 1)}.${extension};1`;
}

function freeId(wanted: string, parent: IsoDirEntry): string {
  const taken = new Set([...parent.dirs, ...parent.files].map((one) => one.id));
  for (let at = 0; at < 1000; at += 1) {
    const mark = at === 0 ? '' : String(at).padStart(3, '0');
    const id = wanted.replace(/^([^.;]*)/, (stem) => (at === 0 ? stem : stem.slice(0, MAX_ID - 12) + mark));
    if (!taken.has(id)) return id;
  }
  throw new RangeError(`too many names like ${wanted} in one directory`);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
