import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a command ended in a fresh root. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A root folder like that of a node on which nothing of ours was ever installed: only /usr is this computer's, and read-only. */
export interface FreshRoot {
  readonly path: string;
  /** Runs a command with this folder as its root, as root, without network. */
  run(...words: readonly string[]): Ran;
  close(): void;
}

/** In a mount namespace of its own, so that nothing stays mounted. The new network namespace has no interface. */
const ENTER = `set -e
root=$1; shift
mount --make-rprivate /
mount --bind /usr "$root/usr"
mount --bind "$root/.local" "$root/usr/local"
mount -o remount,bind,ro "$root/usr"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root "$@"`;

export function freshRoot(): FreshRoot {
  const path = mkdtempSync(join(tmpdir(), 'registry-ha-root-'));
  for (const folder of ['usr', '.local', 'dev', 'proc', 'etc', 'opt', 'var/lib', 'tmp', 'root'])
    mkdirSync(join(path, folder), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(path, name));
  writeFileSync(join(path, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  return {
    path,
    run(...words) {
      const args = ['--mount', '--net', 'sh', '-c', ENTER, 'sh', path, ...words];
      const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
      return { code: status, out: stdout, err: stderr };
    },
    close: () => rmSync(path, { recursive: true }),
  };
}
