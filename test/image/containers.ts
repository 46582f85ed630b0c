import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { removeFolder } from '../harness/stage/own-folder.ts';
import type { Ran } from '../install/fresh-root.ts';

/** crun refuses cgroups of both versions side by side, which this kernel may have: here it sees only those of version 2. */
const ENTER = `set -e
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
echo ready
exec sleep infinity`;
/** A build with npm ci takes half a minute. */
const LIMIT_MS = 600_000;
/** What crun would raise to more than root in a container may. */
const LIMITS = ['--cgroups=disabled', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1000:1000'];

/** Images of buildah and containers of podman, in a store and a mount namespace of their own. */
export class Containers {
  readonly #folder: string;
  readonly #holder: ChildProcess;

  private constructor(folder: string, holder: ChildProcess) {
    this.#folder = folder;
    this.#holder = holder;
  }

  /** Keeps everything below the folder. */
  static async open(folder: string): Promise<Containers> {
    mkdirSync(folder, { recursive: true });
    const args = ['--mount', '--propagation', 'private', 'sh', '-c', ENTER];
    const holder = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: holder.stdout });
    const begun = await Promise.race([once(lines, 'line'), once(holder, 'exit')]);
    if (begun[0] !== 'ready') throw new Error('There is no mount namespace for containers.');
    return new Containers(folder, holder);
  }

  /** The image of a root folder. */
  import(root: string, name: string): Promise<void> {
    const line = 'tar -C "$0" -c . | podman "$@"';
    return this.#must(['sh', '-c', line, root, ...this.#store(), 'import', '-', name]);
  }

  /** Builds an image as docker does, on images of this store alone. */
  build(dockerfile: string, context: string, name: string): Promise<void> {
    const words = ['--isolation', 'chroot', '--network', 'host', '--pull-never', '--format', 'docker'];
    return this.#must(['buildah', ...this.#store(), 'bud', ...words, '--tag', name, '--file', dockerfile, context]);
  }

  /** Runs a container on this computer's network until it ends. */
  run(...words: readonly string[]): Promise<Ran> {
    const once = ['--rm', '--no-healthcheck', '--network', 'host'];
    return this.#ran(['podman', ...this.#podman(), 'run', ...once, ...LIMITS, ...words]);
  }

  /** Starts a container, and leaves it running. */
  start(...words: readonly string[]): Promise<void> {
    return this.#must(['podman', ...this.#podman(), 'run', '--detach', '--network', 'host', ...LIMITS, ...words]);
  }

  /** Any other command of podman. */
  podman(...words: readonly string[]): Promise<Ran> {
    return this.#ran(['podman', ...this.#podman(), ...words]);
  }

  /** Ends and removes all containers, and removes the store. */
  async close(): Promise<void> {
    await this.podman('rm', '--all', '--force', '--time', '2');
    await this.podman('rmi', '--all', '--force');
    const ended = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await ended;
    await removeFolder(this.#folder);
  }

  #store(): readonly string[] {
    const at = (name: string) => join(this.#folder, name);
    return ['--root', at('store'), '--runroot', at('run'), '--storage-driver', 'overlay'];
  }

  #podman(): readonly string[] {
    return [...this.#store(), '--cgroup-manager', 'cgroupfs'];
  }

  async #must(words: readonly string[]): Promise<void> {
    const { code, out, err } = await this.#ran(words);
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${out}${err}`);
  }

  /** This process goes on meanwhile, because it may be what the container talks to. */
  #ran(words: readonly string[]): Promise<Ran> {
    const args = ['--mount', '--target', String(this.#holder.pid), ...words];
    return new Promise((resolve) => {
      const child = execFile('nsenter', args, { encoding: 'utf8', timeout: LIMIT_MS }, (_, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      );
    });
  }
}
