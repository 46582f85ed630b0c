import { Unreachable } from '../../domain/answers/failure.ts';
import {
  type ClosedTarget,
  type NodeAccess,
  type OpenFolder,
  type OpenTarget,
  type PartFile,
  SSH_FAULTS,
  type TargetFacts,
  type TargetFile,
  type TargetSpace,
} from '../../domain/cluster/facts.ts';
import { isBackedBy } from '../../domain/cluster/mounted.ts';
import type { TargetQuery, WantedFile } from '../../domain/cluster/target-query.ts';
import { folderOf } from '../../domain/node-commands/copy-commands.ts';
import { hasExited } from '../../domain/node-commands/ended.ts';
import { copiesAmong, LIST_MANIFESTS } from '../../domain/node-commands/manifest-copies.ts';
import { REGISTRY_MANIFEST } from '../../domain/node-commands/undo-commands.ts';
import type { TargetDigests } from '../../ports/copier.ts';
import type { NodeShell, TargetNodes } from '../../ports/nodes.ts';
import { loginFault } from './login-fault.ts';
import { namedMounts, pathsToResolve } from './named-mounts.ts';
import { NodeInspector } from './node-inspector.ts';
import { linesIn } from './parse.ts';
import { PROBES_OF_MACHINE, probesOf, probesOfMounts } from './probes.ts';
import { registryFiles } from './registry-files.ts';

export const HOST_KEY_LIMIT_MS = 20_000;

export interface TargetNodesParts {
  readonly shell: NodeShell;
  /** Cache of verified digests; without it every inspection reads every archive. */
  readonly digests?: TargetDigests;
}

/** Inspects target nodes through a shell. */
export function targetNodes({ shell, digests }: TargetNodesParts): TargetNodes {
  return {
    async look(access, want, signal) {
      try {
        return await inspect({ shell, digests }, access, want, signal);
      } catch (error) {
        const closed = closedBy(error, access);
        if (closed === null) throw error;
        return closed;
      }
    },
    async hasFile(access, file, signal) {
      const inspector = new NodeInspector(shell, access, signal);
      return (await inspector.file(file, () => inspector.hasher(), digests)).is === 'same';
    },
    present: (access, paths, signal) => new NodeInspector(shell, access, signal).present(paths),
    async mounts(access, paths, signal) {
      const inspector = new NodeInspector(shell, access, signal);
      await inspector.gather(probesOfMounts(paths));
      return await mountsOf(inspector, paths);
    },
    async machine(access, signal) {
      const inspector = new NodeInspector(shell, access, signal);
      await inspector.gather(PROBES_OF_MACHINE);
      return await inspector.machine();
    },
    registryConfig: (access, signal) => new NodeInspector(shell, access, signal).registryConfig(),
    async registryFiles(access, archives, signal) {
      const hostKey = await shell.hostKey(access, { signal, limitMs: HOST_KEY_LIMIT_MS });
      const inspector = new NodeInspector(shell, access, signal, hostKey.pinned ? undefined : hostKey);
      return await registryFiles(access, archives, inspector, digests);
    },
  };
}

/** In sequence: sshd allows few channels per connection, and parallel reads of archives compete for the disk. */
async function inspect(
  { shell, digests }: { readonly shell: NodeShell; readonly digests: TargetDigests | undefined },
  access: NodeAccess,
  want: TargetQuery,
  signal: AbortSignal,
): Promise<TargetFacts> {
  const { node } = access;
  const hostKey = await shell.hostKey(access, { signal, limitMs: HOST_KEY_LIMIT_MS });
  const inspector = new NodeInspector(shell, access, signal, hostKey.pinned ? undefined : hostKey);
  const fault = await loginFault(inspector, access);
  if (fault !== null) return { is: 'closed', node, ...fault, hostKey };
  await inspector.gather(probesOf(want));
  const hasher = await inspector.hasher();
  const paths = want.archives.map(({ path }) => path);
  const others = want.others?.map(({ path }) => path) ?? [];
  const { mounts, fstab } = await mountsOf(inspector, [...paths, ...others]);
  const compared = (wanted: readonly WantedFile[]) =>
    comparedFiles(wanted, mounts, inspector, async () => hasher, digests);
  const files = await compared(want.archives);
  const missing = files.filter((file) => file.is !== 'same');
  return {
    is: 'open',
    node,
    hostKey,
    machine: await inspector.machine(),
    files,
    ...(want.others === undefined ? {} : { others: await compared(want.others) }),
    parts: await partsBeside(paths, inspector),
    space: await spaceFor(missing, inspector),
    openFolder: await openFolderOf(want, inspector),
    mounts,
    fstab,
    registryConfig: await inspector.registryConfig(),
    ...(await podOf(want.registryAddress, inspector)),
    hasIsoinfo: await inspector.hasIsoinfo(),
    ...(want.paths === undefined ? {} : { present: await inspector.present(want.paths) }),
    hasher,
  };
}

/** Copies of the registry's manifest, if the node says which files there are, and whether another process has its port. */
async function podOf(
  address: string,
  inspector: NodeInspector,
): Promise<Pick<OpenTarget, 'manifestCopies' | 'portTaken'>> {
  const listed = await inspector.asRoot(LIST_MANIFESTS);
  if (!hasExited(listed)) return { portTaken: await isPortTaken(address, inspector) };
  const manifestCopies = copiesAmong(linesIn(listed.stdout));
  return { manifestCopies, portTaken: manifestCopies.length === 0 && (await isPortTaken(address, inspector)) };
}

/**
 * kubelet starts a static pod before the API server shows it, and without an API server too: with a manifest here, the port is taken for
 * the registry, although no pod may be seen.
 */
async function isPortTaken(address: string, inspector: NodeInspector): Promise<boolean> {
  return (await inspector.isListening(address)) && (await inspector.present([REGISTRY_MANIFEST])).length === 0;
}

async function comparedFiles(
  wanted: readonly WantedFile[],
  mounts: OpenTarget['mounts'],
  inspector: NodeInspector,
  hasher: () => Promise<OpenTarget['hasher']>,
  digests: TargetDigests | undefined,
): Promise<readonly TargetFile[]> {
  const found: TargetFile[] = [];
  for (const one of wanted) {
    const file = await inspector.file(one, hasher, digests);
    found.push({ ...file, mounted: mounts.some(isBackedBy(one.path)) });
  }
  return found;
}

async function mountsOf(
  inspector: NodeInspector,
  paths: readonly string[],
): Promise<Pick<OpenTarget, 'mounts' | 'fstab'>> {
  const [mounts, fstab] = [await inspector.mounts(), await inspector.fstab()];
  const same =
    paths.length > 0 && mounts.some(({ identity }) => identity !== null)
      ? await inspector.identities(paths)
      : new Map<string, string>();
  const real = await inspector.resolved(pathsToResolve({ fstab }, paths));
  return namedMounts({ mounts, fstab, same }, paths, real);
}

async function partsBeside(paths: readonly string[], inspector: NodeInspector): Promise<OpenTarget['parts']> {
  const parts: PartFile[] = [];
  for (const folder of new Set(paths.map(folderOf))) parts.push(...(await inspector.partsIn(folder)));
  return parts.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The first folder on the way to an archive that not only root can change. */
export async function openFolderOf(
  { archives }: Pick<TargetQuery, 'archives'>,
  inspector: NodeInspector,
): Promise<OpenFolder | null> {
  for (const { path } of archives) {
    const found = await inspector.openFolder(path);
    if (found !== null) return found;
  }
  return null;
}

/** The file systems for missing archives, each once. */
async function spaceFor(missing: readonly TargetFile[], inspector: NodeInspector): Promise<readonly TargetSpace[]> {
  const spaces = new Map<string, TargetSpace>();
  for (const { path } of missing) {
    const { mountpoint, available } = await inspector.fileSystemOf(path);
    spaces.set(mountpoint, { mountpoint, available, paths: [...(spaces.get(mountpoint)?.paths ?? []), path] });
  }
  return [...spaces.values()];
}

/** Null for an error that is no fault of the connection. */
export function closedBy(error: unknown, { node }: NodeAccess): ClosedTarget | null {
  if (!(error instanceof Unreachable)) return null;
  const fault = SSH_FAULTS.find((known) => known === error.fault);
  return fault === undefined ? null : { is: 'closed', node, fault, says: error.says };
}
