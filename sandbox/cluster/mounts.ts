import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorWords, PathRefused } from './files/path-refused.ts';
import { extractIso, IsoUnreadable } from './iso/read.ts';
import type { ClusterParts } from './parts.ts';
import { type SimMount, SimMountError, type SimNode } from './world.ts';

/** mount(8) of an ISO on a node: unpacks its content at the mount point and makes that read-only. */
export async function mountIso(parts: ClusterParts, node: SimNode, isoPath: string, target: string): Promise<void> {
  if (node.mounts.some((one) => one.target === target)) {
    throw new SimMountError(`mount: ${target}: ${isoPath} already mounted on ${target}.`);
  }
  const { path: realIso, real: iso, stats } = await fileToLoop(parts, node, isoPath, target);
  const point = await parts.filesOf(node).find('root', target, 'look');
  if (!point.stats?.isDirectory()) throw new SimMountError(`mount: ${target}: mount point does not exist.`);
  const loop = freeLoop(node.mounts);
  try {
    await extractIso(iso, point.real);
  } catch (cause) {
    await emptied(point.real);
    if (!(cause instanceof IsoUnreadable)) throw cause;
    const words = `wrong fs type, bad option, bad superblock on ${loop}, missing codepage or helper program, or other error.`;
    throw new SimMountError(`mount: ${target}: ${words}`, { cause });
  }
  node.mounts.push({ target, isoPath, real: { target: point.path, isoPath: realIso }, loop, file: stats });
  await writeMountTables(node);
}

/** Records in the kernel's tables whether the mounted file still exists. */
export async function markBackingFile(node: SimNode, isoPath: string, isGone: boolean): Promise<void> {
  for (const [at, mount] of node.mounts.entries())
    if (mount.isoPath === isoPath || mount.real.isoPath === isoPath) node.mounts[at] = { ...mount, isGone };
  await writeMountTables(node);
}

/** umount(8): empties the mount point. */
export async function unmountIso(parts: ClusterParts, node: SimNode, target: string): Promise<void> {
  const { real, path } = await parts.filesOf(node).find('root', target, 'look');
  const at = node.mounts.findIndex((one) => one.real.target === path);
  if (at < 0) throw new SimMountError(`umount: ${target}: not mounted.`);
  node.mounts.splice(at, 1);
  await emptied(real);
  await writeMountTables(node);
}

/** Writes the kernel's tables as files: /proc/self/mountinfo (proc(5)) and the loop devices' backing files in /sys. */
export async function writeMountTables(node: SimNode): Promise<void> {
  const rootLine = '22 1 253:0 / / rw,relatime shared:1 - xfs /dev/mapper/rl-root rw,attr2,inode64,logbufs=8\n';
  const lines = node.mounts.map(({ real: { target }, loop }, at) => {
    const minor = loop.replace('/dev/loop', '');
    const place = target.replaceAll('\\', '\\134').replaceAll(' ', '\\040');
    return `${40 + at} 22 7:${minor} / ${place} ro,relatime shared:${20 + at} - iso9660 ${loop} ro,nojoliet,check=s,map=n,blocksize=2048\n`;
  });
  await mkdir(join(node.root, 'proc/self'), { recursive: true });
  await writeFile(join(node.root, 'proc/self/mountinfo'), rootLine + lines.join(''));
  await rm(join(node.root, 'sys/block'), { recursive: true, force: true });
  for (const {
    loop,
    real: { isoPath },
    isGone,
  } of node.mounts) {
    const folder = join(node.root, 'sys/block', loop.replace('/dev/', ''), 'loop');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'backing_file'), `${isoPath}${isGone === true ? ' (deleted)' : ''}\n`);
  }
}

async function fileToLoop(parts: ClusterParts, node: SimNode, isoPath: string, target: string) {
  const wrong = (words: string): SimMountError =>
    new SimMountError(`mount: ${target}: failed to setup loop device for ${isoPath}: ${words}`);
  try {
    const place = await parts.filesOf(node).find('root', isoPath, 'read');
    const { stats } = place;
    if (stats?.isFile()) return { ...place, stats: { dev: stats.dev, ino: stats.ino } };
  } catch (refused) {
    if (!(refused instanceof PathRefused)) throw refused;
    throw wrong(errorWords(refused));
  }
  throw wrong('Block device required');
}

function freeLoop(mounts: readonly SimMount[]): string {
  const used = new Set(mounts.map((one) => one.loop));
  for (let at = 0; ; at += 1) if (!used.has(`/dev/loop${at}`)) return `/dev/loop${at}`;
}

async function emptied(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
