import {
  link,
  mkdir as makeDirectory,
  open,
  rename,
  truncate as setLength,
  chmod as setMode,
  unlink,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorWords, PathRefused } from '../../files/path-refused.ts';
import { markBackingFile } from '../../mounts.ts';
import { type Call, forEachPath, missingOperand, type Program, readWords, unknownOption } from '../program.ts';

const MANIFESTS = '/etc/kubernetes/manifests/';

/** mkdir, with -p and -m. The mode applies to the last directory; new parents get 0755, as with umask 022. */
export const mkdir: Program = async (call) => {
  const { operands, values, flags, wrong } = readWords(call.args, ['-p'], ['-m']);
  if (wrong !== null) return unknownOption(call, wrong);
  const mode = values.get('-m') ?? '755';
  if (!/^[0-7]{3,4}$/.test(mode)) return invalid(call, 'mode', mode);
  return forEachPath(
    call,
    operands,
    (path) => `cannot create directory '${path}'`,
    (path) => makeOne(call, path, Number.parseInt(mode, 8), flags.has('-p')),
  );
};

/** chmod with an octal mode. */
export const chmod: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, []);
  const [mode = '', ...paths] = operands;
  if (wrong !== null) return unknownOption(call, wrong);
  if (!/^[0-7]{3,4}$/.test(mode)) return invalid(call, 'mode', mode);
  return forEachPath(
    call,
    paths,
    (path) => `changing permissions of '${path}'`,
    async (path) => {
      await setMode((await ownFile(call, path)).real, Number.parseInt(mode, 8));
    },
  );
};

/** chown USER:GROUP; only root can change the owner. */
export const chown: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, []);
  const [owner = '', ...paths] = operands;
  const [, user, group] = /^([a-z_][a-z0-9_-]*):([a-z_][a-z0-9_-]*)$/.exec(owner) ?? [];
  if (wrong !== null) return unknownOption(call, wrong);
  if (user === undefined || group === undefined || !isKnown(call, user)) return invalid(call, 'user', owner);
  return forEachPath(
    call,
    paths,
    (path) => `changing ownership of '${path}'`,
    async (path) => {
      const { path: whole } = await ownFile(call, path);
      // A file system that gives every file to one user, such as NFS with root_squash.
      const isSquashed = call.reach.parts.faults.isOn('chown-refused', call.node.name);
      if (call.user !== 'root' || isSquashed) throw new PathRefused('EPERM');
      call.files.own(whole, { user, group });
    },
  );
};

/** rm -f: a missing file is no error, but a directory is. */
export const rm: Program = async (call) => {
  const { operands, flags, wrong } = readWords(call.args, ['-f']);
  if (wrong !== null) return unknownOption(call, wrong);
  return forEachPath(
    call,
    operands,
    (path) => `cannot remove '${path}'`,
    async (path) => {
      const { stats } = await call.files.find(call.user, path, 'look', false);
      if (stats === null && flags.has('-f')) return;
      if (stats === null) throw new PathRefused('ENOENT');
      if (stats.isDirectory()) throw new PathRefused('EISDIR');
      const place = await call.files.find(call.user, path, 'enter', false);
      await unlink(place.real);
      if (stats.nlink === 1) call.files.use(place.path, -stats.size);
      // Linux can delete a mounted image; the mount remains until it is unmounted.
      if (call.node.mounts.some(({ real }) => real.isoPath === place.path))
        await markBackingFile(call.node, place.path, true);
      noticeManifest(call, place.path);
    },
  );
};

/** mv -nT A B: if B exists, coreutils 8.30 prints nothing, leaves A, and exits 0. */
export const mv: Program = async (call) => {
  const { operands, flags, wrong } = readWords(call.args, ['-n', '-T', '-f']);
  if (wrong !== null) return unknownOption(call, wrong);
  const [from, to, ...more] = operands;
  if (from === undefined || to === undefined || more.length > 0 || !flags.has('-T')) return missingOperand(call);
  const source = await call.files.find(call.user, from, 'look', false).catch(refusedPath);
  if (source instanceof PathRefused || source.stats === null) {
    await call.err(
      `mv: cannot stat '${from}': ${source instanceof PathRefused ? source.message : 'No such file or directory'}`,
    );
    return 1;
  }
  return forEachPath(
    call,
    [to],
    () => `cannot move '${from}' to '${to}'`,
    () => moveOne(call, from, to, flags.has('-n')),
  );
};

/** ln -T A B: a hard link. */
export const ln: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, ['-T']);
  if (wrong !== null) return unknownOption(call, wrong);
  const [from, to, ...more] = operands;
  if (from === undefined || to === undefined || more.length > 0) return missingOperand(call);
  const source = await call.files.find(call.user, from, 'look').catch(refusedPath);
  if (source instanceof PathRefused || source.stats === null) {
    await call.err(
      `ln: failed to access '${from}': ${source instanceof PathRefused ? source.message : 'No such file or directory'}`,
    );
    return 1;
  }
  if (source.stats.isDirectory()) {
    await call.err(`ln: ${from}: hard link not allowed for directory`);
    return 1;
  }
  return forEachPath(
    call,
    [to],
    () => `failed to create hard link '${to}'`,
    async () => {
      const target = await call.files.find(call.user, to, 'enter', false);
      if (target.stats !== null) throw new PathRefused('EEXIST');
      if (call.files.mountPointOf(source.path) !== call.files.mountPointOf(target.path)) throw new PathRefused('EXDEV');
      await link(source.real, target.real);
      call.files.own(target.path, call.files.ownerOf(source.path));
      noticeManifest(call, target.path);
    },
  );
};

/** sync FILE…: fsync(2) on each. */
export const sync: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, ['-d', '--data']);
  if (wrong !== null) return unknownOption(call, wrong);
  return forEachPath(
    call,
    operands,
    (path) => `error opening '${path}'`,
    async (path) => {
      const file = await open((await existing(call, path)).real, 'r');
      await file.sync();
      await file.close();
    },
  );
};

/** truncate -s N: shortens a file, or extends it with a hole, which needs no space. */
export const truncate: Program = async (call) => {
  const { operands, values, wrong } = readWords(call.args, [], ['-s']);
  if (wrong !== null) return unknownOption(call, wrong);
  const size = values.get('-s') ?? '';
  if (!/^\d+$/.test(size)) return invalid(call, 'number', size);
  return forEachPath(
    call,
    operands,
    (path) => `cannot open '${path}' for writing`,
    async (path) => {
      const { real, stats, path: whole } = await call.files.find(call.user, path, 'write');
      if (stats === null) await (await open(real, 'w', 0o644)).close();
      await setLength(real, Number(size));
      call.files.use(whole, Math.min(0, Number(size) - (stats?.size ?? 0)));
    },
  );
};

async function makeOne(call: Call, path: string, mode: number, withParents: boolean): Promise<void> {
  if (withParents && dirname(path) !== path) await makeOne(call, dirname(path), 0o755, true);
  const { stats } = await call.files.find(call.user, path, 'look');
  if (stats?.isDirectory() && withParents) return;
  if (stats !== null) throw new PathRefused('EEXIST');
  const place = await call.files.find(call.user, path, 'enter');
  await makeDirectory(place.real);
  await setMode(place.real, mode);
  call.files.own(place.path, { user: call.user, group: call.user });
}

async function moveOne(call: Call, from: string, to: string, keepsTarget: boolean): Promise<void> {
  const target = await call.files.find(call.user, to, 'look', false);
  if (target.stats !== null && keepsTarget) return;
  if (target.stats?.isDirectory()) throw new PathRefused('EISDIR');
  const source = await call.files.find(call.user, from, 'enter', false);
  const place = await call.files.find(call.user, to, 'enter', false);
  if (call.files.isReadOnly(source.path)) throw new PathRefused('EROFS');
  await rename(source.real, place.real);
  if (target.stats?.nlink === 1) call.files.use(place.path, -target.stats.size);
  call.files.moved(source.path, place.path);
  noticeManifest(call, source.path);
  noticeManifest(call, place.path);
}

async function existing(call: Call, path: string): Promise<{ readonly real: string; readonly path: string }> {
  const place = await call.files.find(call.user, path, 'look');
  if (place.stats === null) throw new PathRefused('ENOENT');
  return place;
}

/** Only the owner and root can use chmod and chown, whatever the mode bits are. */
async function ownFile(call: Call, path: string): Promise<{ readonly real: string; readonly path: string }> {
  const place = await existing(call, path);
  if (call.files.isReadOnly(place.path)) throw new PathRefused('EROFS');
  if (call.user !== 'root' && call.files.ownerOf(place.path).user !== call.user) throw new PathRefused('EPERM');
  return place;
}

function isKnown(call: Call, user: string): boolean {
  return user === 'root' || user === call.node.ssh.user;
}

function noticeManifest(call: Call, path: string): void {
  if (path.startsWith(MANIFESTS)) call.reach.manifestsChanged(call.node);
}

function refusedPath(refused: unknown): PathRefused {
  if (refused instanceof PathRefused) return refused;
  throw new Error(errorWords(refused), { cause: refused });
}

async function invalid(call: Call, what: string, word: string): Promise<number> {
  await call.err(`${call.program}: invalid ${what}: '${word}'`);
  return 1;
}
