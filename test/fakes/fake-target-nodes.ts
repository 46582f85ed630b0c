import { Unreachable } from '../../src/domain/answers/failure.ts';
import type {
  HostKey,
  MountFacts,
  NodeAccess,
  OpenTarget,
  SshFault,
  TargetFacts,
  TargetFile,
} from '../../src/domain/cluster/facts.ts';
import type { RegistryFiles } from '../../src/domain/cluster/registry-files.ts';
import type { TargetQuery, WantedFile } from '../../src/domain/cluster/target-query.ts';
import { isPartName } from '../../src/domain/node-commands/part-file.ts';
import { REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';
import type { TargetNodes } from '../../src/ports/nodes.ts';
import { machineAt } from '../fixtures/facts.ts';

/** The state of one fake node; tests may change it. */
export class FakeTarget {
  /** Files by path. */
  readonly files = new Map<string, { readonly size: number; readonly sha256: string } | 'directory'>();
  readonly mounts: MountFacts[] = [];
  readonly fstab: MountFacts[] = [];
  readonly registryConfig: string[] = [];
  readonly manifestCopies: string[] = [];
  readonly listening = new Set<string>();
  available = 1_000_000_000_000;
  hasIsoinfo = true;
  openFolder: OpenTarget['openFolder'] = null;
  hasher: OpenTarget['hasher'] = 'openssl';
  hostKeyPinned = true;
  fault: { readonly is: SshFault; readonly says: string } | null = null;
}

/** TargetNodes in memory: a FakeTarget per node name, created on first use. */
export class FakeTargetNodes implements TargetNodes {
  readonly #targets = new Map<string, FakeTarget>();

  target(node: string): FakeTarget {
    const target = this.#targets.get(node) ?? new FakeTarget();
    this.#targets.set(node, target);
    return target;
  }

  async look(access: NodeAccess, want: TargetQuery, signal: AbortSignal): Promise<TargetFacts> {
    signal.throwIfAborted();
    const { node } = access;
    const target = this.target(node);
    if (target.fault !== null) return { is: 'closed', node, fault: target.fault.is, says: target.fault.says };
    const files = want.archives.map((archive) => fileAt(target, archive));
    const missing = files.filter(({ is }) => is !== 'same').map(({ path }) => path);
    const { mounts, fstab, registryConfig, hasIsoinfo, hasher, available } = target;
    return {
      is: 'open',
      node,
      hostKey: hostKeyOf(access, target.hostKeyPinned),
      machine: machineAt(node, want.registryAddress.replace(/:\d+$/, '')),
      files,
      ...(want.others === undefined ? {} : { others: want.others.map((one) => fileAt(target, one)) }),
      space: missing.length === 0 ? [] : [{ mountpoint: '/', available, paths: missing }],
      parts: partsOf(target),
      openFolder: target.openFolder,
      mounts: [...mounts],
      fstab: [...fstab],
      registryConfig: [...registryConfig],
      manifestCopies: [...target.manifestCopies],
      portTaken: target.listening.has(want.registryAddress) && !target.files.has(REGISTRY_MANIFEST),
      hasIsoinfo,
      hasher,
      ...(want.paths === undefined ? {} : { present: want.paths.filter((path) => target.files.has(path)) }),
    };
  }

  async hasFile(access: NodeAccess, file: WantedFile, signal: AbortSignal): Promise<boolean> {
    return fileAt(this.#open(access, signal), file).is === 'same';
  }

  async present(access: NodeAccess, paths: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const { files } = this.#open(access, signal);
    return paths.filter((path) => files.has(path));
  }

  async mounts(access: NodeAccess, _paths: readonly string[], signal: AbortSignal) {
    const { mounts, fstab } = this.#open(access, signal);
    return { mounts: [...mounts], fstab: [...fstab] };
  }

  async machine(access: NodeAccess, signal: AbortSignal) {
    this.#open(access, signal);
    return machineAt(access.node, access.host);
  }

  async registryConfig(access: NodeAccess, signal: AbortSignal): Promise<readonly string[]> {
    return [...this.#open(access, signal).registryConfig];
  }

  async registryFiles(
    access: NodeAccess,
    archives: readonly WantedFile[],
    signal: AbortSignal,
  ): Promise<RegistryFiles> {
    const target = this.#open(access, signal);
    const files = archives.map((archive) => fileAt(target, archive)).map(({ path, is }) => ({ path, is }));
    const { mounts, fstab, registryConfig } = target;
    return {
      files,
      mounts: [...mounts],
      fstab: [...fstab],
      registryConfig: [...registryConfig],
      manifestCopies: [...target.manifestCopies],
    };
  }

  #open({ node }: NodeAccess, signal: AbortSignal): FakeTarget {
    signal.throwIfAborted();
    const target = this.target(node);
    if (target.fault !== null) throw new Unreachable(node, target.fault.is, target.fault.says);
    return target;
  }
}

function partsOf({ files }: FakeTarget): OpenTarget['parts'] {
  return [...files]
    .flatMap(([path, file]) => (isPartName(path) && file !== 'directory' ? [{ path, size: file.size }] : []))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function fileAt(target: FakeTarget, wanted: WantedFile): TargetFile {
  const { path } = wanted;
  const there = target.files.get(path);
  const mounted = target.mounts.some(({ backingFile }) => backingFile === path);
  if (there === undefined) return { path, is: 'absent', size: 0, mounted };
  if (there === 'directory') return { path, is: 'directory', size: 0, mounted };
  const isSame = there.size === wanted.size && there.sha256 === wanted.sha256;
  return { path, is: isSame ? 'same' : 'different', size: there.size, mounted };
}

function hostKeyOf({ host, port }: NodeAccess, pinned: boolean): HostKey {
  const key = Buffer.from(`key of ${host}:${port}`).toString('base64');
  return { host, port, algorithm: 'ssh-ed25519', key, fingerprint: `SHA256:${key.slice(0, 43)}`, pinned };
}
