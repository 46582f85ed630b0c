import { CommandFailed, outOfSight, Unreachable } from '../../domain/answers/failure.ts';
import type { HostKey, MountFacts, NodeAccess, OpenFolder, PartFile, TargetFile } from '../../domain/cluster/facts.ts';
import type { MachineFacts } from '../../domain/cluster/machine.ts';
import type { WantedFile } from '../../domain/cluster/target-query.ts';
import { type Command, type CommandResult, command, render } from '../../domain/node-commands/command.ts';
import {
  digestIn,
  type FileSeen,
  fileIn,
  folderOf,
  type Hasher,
  hashFile,
  OPENSSL_PROBE,
  seeFile,
  wayTo,
} from '../../domain/node-commands/copy-commands.ts';
import { hasExited, isOutOfSight } from '../../domain/node-commands/ended.ts';
import { isPartName } from '../../domain/node-commands/part-file.ts';
import { asUser } from '../../domain/node-commands/salt-commands.ts';
import { REGISTRY_CONFIG } from '../../domain/node-commands/undo-commands.ts';
import type { TargetDigests } from '../../ports/copier.ts';
import type { NodeShell } from '../../ports/nodes.ts';
import { type Gathered, gather } from './gather.ts';
import {
  addressesIn,
  type FileSystem,
  fileSystemIn,
  fstabIn,
  identitiesIn,
  isListening,
  type LoopMount,
  linesIn,
  machineIdsIn,
  mountsIn,
  oldUtilLinux,
  openFolderIn,
  saysMissing,
} from './parse.ts';
import { PROBE } from './probes.ts';

const COMMAND_LIMIT_MS = 30_000;
/** A disk that reads 10 MB/s. */
const HASH_BYTES_PER_MS = 10_000;

/** Read-only inspections of one node, each a single command. */
export class NodeInspector {
  readonly #shell: NodeShell;
  readonly #access: NodeAccess;
  readonly #signal: AbortSignal;
  readonly #trust: { readonly trust?: HostKey };
  #gathered: Gathered = new Map();

  /** `trust` is a host key that is accepted for inspections without pinning. */
  constructor(shell: NodeShell, access: NodeAccess, signal: AbortSignal, trust?: HostKey) {
    this.#shell = shell;
    this.#access = access;
    this.#signal = signal;
    this.#trust = trust === undefined ? {} : { trust };
  }

  /** Asks these in one session, so that the looks after it find their answers. Throws Unreachable. */
  async gather(probes: readonly Command[]): Promise<void> {
    const options = { signal: this.#signal, limitMs: COMMAND_LIMIT_MS, ...this.#trust };
    this.#gathered = await gather(this.#shell, this.#access, probes, options);
  }

  async hasher(): Promise<Hasher> {
    return hasExited(await this.asRoot(OPENSSL_PROBE)) ? 'openssl' : 'sha256sum';
  }

  async hasIsoinfo(): Promise<boolean> {
    return hasExited(await this.asRoot(PROBE.isoinfo));
  }

  /** Compares a file. Hashes it only if the size is right and its digest is not known from before. */
  async file(
    wanted: WantedFile,
    hasher: () => Promise<Hasher>,
    digests?: TargetDigests,
  ): Promise<Omit<TargetFile, 'mounted'>> {
    const { path } = wanted;
    const seen = await this.#seen(path);
    if (seen.is === 'absent' || seen.is === 'directory') return { path, is: seen.is, size: 0 };
    if (seen.is === 'other') return { path, is: 'different', size: 0 };
    const isSame = seen.size === wanted.size && (await this.#isProven(wanted, seen.identity, hasher, digests));
    return { path, is: isSame ? 'same' : 'different', size: seen.size };
  }

  async #isProven(
    wanted: WantedFile,
    identity: string,
    hasher: () => Promise<Hasher>,
    digests: TargetDigests | undefined,
  ): Promise<boolean> {
    const { node } = this.#access;
    const known = digests?.known(node, wanted.path);
    if (known?.identity === identity) return known.sha256 === wanted.sha256;
    const there = await this.#digest(wanted, await hasher());
    if (there !== null) await digests?.remember(node, wanted.path, identity, there);
    return there === wanted.sha256;
  }

  async #digest({ path, size }: WantedFile, hasher: Hasher): Promise<string | null> {
    const result = await this.#succeeded(hashFile(hasher, path), COMMAND_LIMIT_MS + size / HASH_BYTES_PER_MS);
    return digestIn(result.stdout);
  }

  /** Those paths that exist. */
  async present(paths: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const path of paths) if ((await this.#seen(path)).is !== 'absent') found.push(path);
    return found;
  }

  async #seen(path: string): Promise<FileSeen> {
    const probe = seeFile(path);
    const result = await this.asRoot(probe);
    const seen = fileIn(result);
    if (seen === null) throw this.#failed(probe, result);
    return seen;
  }

  /** What interrupted copies left in a folder; empty when the folder does not exist. */
  async partsIn(folder: string): Promise<readonly PartFile[]> {
    const names = linesIn(await this.#textOrNothing(PROBE.list(folder))).filter(isPartName);
    const parts: PartFile[] = [];
    for (const name of names) {
      const path = `${folder === '/' ? '' : folder}/${name}`;
      const seen = await this.#seen(path);
      if (seen.is === 'file') parts.push({ path, size: seen.size });
    }
    return parts;
  }

  async mounts(): Promise<readonly LoopMount[]> {
    const [found, loops] = [await this.asRoot(PROBE.findmnt), await this.asRoot(PROBE.losetup)];
    // findmnt exits 1 without output when it finds nothing.
    const isFound = hasExited(found) || found.stderr === '';
    if (!isFound || !hasExited(loops)) {
      throw (
        (await this.#tooOld()) ?? (isFound ? this.#failed(PROBE.losetup, loops) : this.#failed(PROBE.findmnt, found))
      );
    }
    try {
      return mountsIn(found.stdout, loops.stdout);
    } catch (cause) {
      throw this.#failed(PROBE.findmnt, found, cause);
    }
  }

  async fstab(): Promise<readonly MountFacts[]> {
    return fstabIn(await this.#textOrNothing(PROBE.fstab));
  }

  /** What each path resolves to, links followed, whether it exists or not. */
  async resolved(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const names = [...new Set(paths)];
    const probe = command('realpath', '-zm', '--', ...names);
    const result = await this.#succeeded(probe);
    const found = result.stdout.split('\0');
    if (found.length !== names.length + 1) throw this.#failed(probe, result);
    return new Map(names.map((name, index) => [name, found[index] ?? name]));
  }

  /** Those paths that exist, links followed, by device and inode. */
  async identities(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const probe = PROBE.identities(paths);
    const result = await this.asRoot(probe);
    const isKnown = hasExited(result) || (hasExited(result, 1) && linesIn(result.stderr).every(saysMissing));
    if (!isKnown) throw this.#failed(probe, result);
    return identitiesIn(result.stdout);
  }

  /** Empty when the node never had a registry. */
  async registryConfig(): Promise<readonly string[]> {
    return linesIn(await this.#textOrNothing(PROBE.list(REGISTRY_CONFIG)));
  }

  async isListening(address: string): Promise<boolean> {
    return isListening((await this.#succeeded(PROBE.listeners)).stdout, address);
  }

  /** The file system for a file at this path: that of its deepest existing folder. */
  async fileSystemOf(path: string): Promise<FileSystem> {
    let folder = folderOf(path);
    while (folder !== '/' && !(await this.#isFolder(folder))) folder = folderOf(folder);
    const probe = PROBE.space(folder);
    const result = await this.#succeeded(probe);
    const found = fileSystemIn(result.stdout);
    if (found === null) throw this.#failed(probe, result);
    return found;
  }

  /** The first folder on the way to a path that not only root can change. */
  async openFolder(path: string): Promise<OpenFolder | null> {
    const probe = wayTo(path);
    const result = await this.#succeeded(probe);
    const found = openFolderIn(result.stdout);
    if (found === undefined) throw this.#failed(probe, result);
    return found;
  }

  async machine(): Promise<MachineFacts> {
    const addresses = addressesIn((await this.#succeeded(PROBE.addresses)).stdout);
    // grep exits 1 or 2 when a file is empty or missing.
    return { ...machineIdsIn((await this.asRoot(PROBE.machineIds)).stdout), addresses };
  }

  async #isFolder(path: string): Promise<boolean> {
    return fileIn(await this.asRoot(seeFile(path)))?.is === 'directory';
  }

  async #textOrNothing(probe: Command): Promise<string> {
    const result = await this.asRoot(probe);
    if (hasExited(result)) return result.stdout;
    if (saysMissing(result.stderr)) return '';
    throw this.#failed(probe, result);
  }

  async #succeeded(probe: Command, limitMs?: number): Promise<CommandResult> {
    const result = await this.asRoot(probe, limitMs);
    if (!hasExited(result)) throw this.#failed(probe, result);
    return result;
  }

  async #tooOld(): Promise<Unreachable | null> {
    const version = oldUtilLinux((await this.asRoot(PROBE.findmntVersion)).stdout);
    if (version === null) return null;
    const says = `has util-linux ${version}, which cannot print JSON: RHEL 7 is not supported, see docs/install.md.`;
    return new Unreachable(this.#access.node, 'too-old', `${this.#access.node} ${says}`);
  }

  /** Names the command as it was sent. */
  #failed(probe: Command, result: CommandResult, cause?: unknown): CommandFailed {
    return new CommandFailed(this.#access.node, asUser(this.#access, probe), result, { cause });
  }

  /** As root, or from what was gathered. Throws unless the command ended by itself. */
  async asRoot(probe: Command, limitMs?: number): Promise<CommandResult> {
    return this.#gathered.get(render(probe)) ?? (await this.asUser(asUser(this.#access, probe), limitMs));
  }

  /** As the login user. Throws unless the command ended by itself. */
  async asUser(probe: Command, limitMs = COMMAND_LIMIT_MS): Promise<CommandResult> {
    const result = await this.#shell.run(this.#access, probe, { signal: this.#signal, limitMs, ...this.#trust });
    if (result.ended.is === 'exit') return result;
    const { node } = this.#access;
    throw isOutOfSight(result.ended) ? outOfSight(node, result) : new CommandFailed(node, probe, result);
  }
}
