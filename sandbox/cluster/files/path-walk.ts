import { lstatSync, type Stats } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PathRefused } from './path-refused.ts';

/** A resolved path: its name on the node, its place on this computer, and its stats. */
export interface Place {
  readonly path: string;
  readonly real: string;
  readonly stats: Stats | null;
}

/** Linux follows at most forty links: path_resolution(7). */
const MAX_LINKS = 40;

/** Whether the user can traverse this directory. */
export type MayPass = (path: string, stats: Stats) => boolean;

/**
 * Resolves a path below `root` as the node's kernel would. `..` stops at the root and absolute links start there, so no
 * path leads out of the node.
 */
export async function walk(root: string, path: string, followLast: boolean, mayPass: MayPass): Promise<Place> {
  if (path.includes('\0') || path === '') throw new PathRefused('ENOENT');
  let ahead = stepsOf(path);
  let here: readonly string[] = [];
  for (let links = 0; ahead.length > 0; ) {
    const [step = '', ...rest] = ahead;
    ahead = rest;
    const target = await targetOf(root, here, step, rest.length > 0, followLast, mayPass);
    if (target === null) {
      here = step === '..' ? here.slice(0, -1) : [...here, step];
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw new PathRefused('ELOOP');
    if (target.startsWith('/')) here = [];
    ahead = [...stepsOf(target), ...rest];
  }
  return { path: `/${here.join('/')}`, real: join(root, ...here), stats: statsOf(root, here) };
}

function stepsOf(path: string): readonly string[] {
  return path.split('/').filter((step) => step !== '' && step !== '.');
}

/** Takes one step; returns the target of a link there, or null if there is none or the last link is not to be followed. */
async function targetOf(
  root: string,
  here: readonly string[],
  step: string,
  hasMore: boolean,
  followLast: boolean,
  mayPass: MayPass,
): Promise<string | null> {
  passThrough(root, here, mayPass);
  if (step === '..') return null;
  const at = [...here, step];
  const stats = statsOf(root, at);
  if (stats === null && hasMore) throw new PathRefused('ENOENT');
  const isFollowed = stats?.isSymbolicLink() === true && (hasMore || followLast);
  return isFollowed ? readlink(join(root, ...at)) : null;
}

function passThrough(root: string, at: readonly string[], mayPass: MayPass): void {
  const stats = statsOf(root, at);
  if (stats === null) throw new PathRefused('ENOENT');
  if (!stats.isDirectory()) throw new PathRefused('ENOTDIR');
  if (!mayPass(`/${at.join('/')}`, stats)) throw new PathRefused('EACCES');
}

/** Synchronous on purpose: a path needs several of these, at microseconds each; async calls take a hundred times as long. */
function statsOf(root: string, at: readonly string[]): Stats | null {
  const name = at.at(-1) ?? '';
  if (Buffer.byteLength(name) > 255) throw new PathRefused('ENAMETOOLONG');
  return lstatSync(join(root, ...at), { throwIfNoEntry: false }) ?? null;
}
