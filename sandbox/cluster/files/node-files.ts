import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { SimNode } from '../world.ts';
import { PathRefused } from './path-refused.ts';
import { type Place, walk } from './path-walk.ts';

/** A file's owner on the node; on this computer all files belong to the user who runs the sandbox. */
export interface Owner {
  readonly user: string;
  readonly group: string;
}

/** A folder that a user other than root can change. */
export interface OpenFolder extends Pick<Place, 'path'> {
  readonly owner: string;
  readonly mode: number;
}

/** The intended access to a path: `look` needs the way only, `enter` changes the parent directory. */
export type Wish = 'look' | 'read' | 'write' | 'enter';

const ROOT: Owner = { user: 'root', group: 'root' };

/** A node's file system: paths that cannot leave it, owners, permissions by mode bits, and limited space. */
export class NodeFiles {
  private readonly node: SimNode;
  private readonly owners = new Map<string, Owner>();
  /** Files on a failing disk, which answer EIO when read; the value is where the bytes are kept. */
  readonly unreadable = new Map<string, string>();

  constructor(node: SimNode) {
    this.node = node;
  }

  /** Resolves a path for a user and checks the intended access; throws PathRefused. */
  async find(user: string, path: string, wish: Wish, followLast = true): Promise<Place> {
    const whole = path.startsWith('/') ? path : `${homeOf(user)}/${path}`;
    const kept = this.unreadable.get(whole);
    if (kept !== undefined && wish === 'read') throw new PathRefused('EIO');
    if (kept !== undefined && wish === 'look') return { path: whole, real: kept, stats: await lstat(kept) };
    const place = await walk(this.node.root, whole, followLast, (at, stats) => this.allows(user, at, stats, 1));
    if (wish === 'read') this.checkRead(user, place);
    if (wish === 'write') await this.checkWrite(user, place);
    if (wish === 'enter') await this.checkEntry(user, place);
    return place;
  }

  ownerOf(path: string): Owner {
    const home = /^\/home\/([^/]+)/.exec(path)?.[1];
    return this.owners.get(path) ?? (home === undefined ? ROOT : { user: home, group: home });
  }

  own(path: string, owner: Owner): void {
    this.owners.set(path, owner);
  }

  /** Call after a rename: owner and faults move to the new name. */
  moved(from: string, to: string): void {
    const owner = this.ownerOf(from);
    this.owners.delete(from);
    this.owners.set(to, owner);
  }

  /** The mount point of a path's file system. */
  mountPointOf(path: string): string {
    const isAbove = (one: string): boolean => one === '/' || path === one || path.startsWith(`${one}/`);
    const points = [...this.node.freeBytes.keys(), ...this.node.mounts.map((one) => one.real.target)].filter(isAbove);
    return points.toSorted((a, b) => b.length - a.length)[0] ?? '/';
  }

  /** Free bytes at a path. */
  freeAt(path: string): number {
    return this.node.freeBytes.get(this.mountPointOf(path)) ?? 0;
  }

  /** Uses space; a negative number frees it. */
  use(path: string, bytes: number): void {
    const point = this.mountPointOf(path);
    const left = this.node.freeBytes.get(point);
    if (left !== undefined) this.node.freeBytes.set(point, Math.max(0, left - bytes));
  }

  /** Reads a whole text file as root. */
  async readText(path: string): Promise<string> {
    const { real } = await this.find('root', path, 'read');
    return readFile(real, 'utf8');
  }

  /** Writes a whole text file as root, and creates missing directories. */
  async writeText(path: string, content: string, mode?: number): Promise<void> {
    await this.makeFolders(dirname(path));
    const { real, stats } = await this.find('root', path, 'write');
    const more = Buffer.byteLength(content) - (stats?.size ?? 0);
    if (more > this.freeAt(path)) throw new PathRefused('ENOSPC');
    await writeFile(real, content);
    if (mode !== undefined || stats === null) await chmod(real, mode ?? 0o644);
    this.use(path, more);
  }

  /** Creates a directory with its parents, as root. */
  async makeFolders(path: string, mode = 0o755): Promise<void> {
    if (path !== '/') await this.makeFolders(dirname(path));
    const place = await this.find('root', path, 'look');
    if (place.stats?.isDirectory()) return;
    if (place.stats !== null) throw new PathRefused('EEXIST');
    await this.find('root', path, 'enter');
    await mkdir(place.real);
    await chmod(place.real, mode);
  }

  /** The first folder on the way to a path, link by link, that a user other than root and this one can change. */
  async openFolder(user: string, path: string): Promise<OpenFolder | null> {
    let found: OpenFolder | null = null;
    await walk(this.node.root, `${path}/..`, true, (at, { mode }) => {
      const { user: owner } = this.ownerOf(at);
      if ((owner !== 'root' && owner !== user) || (mode & 0o022) !== 0)
        found ??= { path: at, owner, mode: mode & 0o7777 };
      return true;
    }).catch(refusedPath);
    return found;
  }

  /** The path without links; the part that does not exist stays as it is. */
  async resolved(path: string): Promise<string> {
    const steps = path.split('/').filter((step) => step !== '' && step !== '.');
    for (let known = steps.length; known >= 0; known -= 1) {
      const place = await walk(this.node.root, `/${steps.slice(0, known).join('/')}`, true, () => true).catch(
        refusedPath,
      );
      if (place !== undefined) return [place.path === '/' ? '' : place.path, ...steps.slice(known)].join('/') || '/';
    }
    return '/';
  }

  isReadOnly(path: string): boolean {
    return this.node.mounts.some((one) => one.real.target === this.mountPointOf(path));
  }

  /** Whether the mode bits let this user read (4), write (2) or traverse (1). */
  allows(user: string, path: string, stats: Stats, bit: 1 | 2 | 4): boolean {
    if (user === 'root') return true;
    const owner = this.ownerOf(path);
    const shift = owner.user === user ? 6 : owner.group === user ? 3 : 0;
    return ((stats.mode >> shift) & bit) !== 0;
  }

  private checkRead(user: string, { path, stats }: Place): void {
    if (stats === null) throw new PathRefused('ENOENT');
    if (!this.allows(user, path, stats, 4)) throw new PathRefused('EACCES');
  }

  private async checkWrite(user: string, place: Place): Promise<void> {
    if (place.stats === null) return this.checkEntry(user, place);
    if (this.isReadOnly(place.path)) throw new PathRefused('EROFS');
    if (place.stats.isDirectory()) throw new PathRefused('EISDIR');
    if (!this.allows(user, place.path, place.stats, 2)) throw new PathRefused('EACCES');
  }

  private async checkEntry(user: string, { path }: Place): Promise<void> {
    if (basename(path) === '') throw new PathRefused('EISDIR');
    const parent = await walk(this.node.root, dirname(path), true, () => true);
    if (parent.stats === null) throw new PathRefused('ENOENT');
    if (!parent.stats.isDirectory()) throw new PathRefused('ENOTDIR');
    if (!this.allows(user, parent.path, parent.stats, 2)) throw new PathRefused('EACCES');
    if (this.isReadOnly(parent.path)) throw new PathRefused('EROFS');
  }
}

/** The way ends early where a folder is missing. */
function refusedPath(error: unknown): undefined {
  if (!(error instanceof PathRefused)) throw error;
  return undefined;
}

/** The start of a user's relative paths. */
export function homeOf(user: string): string {
  return user === 'root' ? '/root' : `/home/${user}`;
}
