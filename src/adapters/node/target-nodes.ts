import { Unreachable } from '../../domain/answers/failure.ts';
import type { NodeAccess, SshFault, TargetFacts, TargetFile, TargetSpace } from '../../domain/cluster/facts.ts';
import type { TargetQuery } from '../../domain/cluster/target-query.ts';
import type { TargetDigests } from '../../ports/copier.ts';
import type { NodeShell, TargetNodes } from '../../ports/nodes.ts';
import { NodeLooks } from './node-looks.ts';

const HOST_KEY_LIMIT_MS = 20_000;

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
        return await lookAround({ shell, digests }, access, want, signal);
      } catch (error) {
        const closed = closedBy(error, access);
        if (closed === null) throw error;
        return closed;
      }
    },
    async hasFile(access, file, signal) {
      const looks = new NodeLooks(shell, access, signal);
      return (await looks.file(file, () => looks.hasher(), digests)).is === 'same';
    },
    present: (access, paths, signal) => new NodeLooks(shell, access, signal).present(paths),
    async mounts(access, signal) {
      const looks = new NodeLooks(shell, access, signal);
      return { mounts: await looks.mounts(), fstab: await looks.fstab() };
    },
    registryConfig: (access, signal) => new NodeLooks(shell, access, signal).registryConfig(),
  };
}

/** In sequence: sshd allows few channels per connection, and parallel reads of archives compete for the disk. */
async function lookAround(
  { shell, digests }: { readonly shell: NodeShell; readonly digests: TargetDigests | undefined },
  access: NodeAccess,
  want: TargetQuery,
  signal: AbortSignal,
): Promise<TargetFacts> {
  const { node } = access;
  const hostKey = await shell.hostKey(access, { signal, limitMs: HOST_KEY_LIMIT_MS });
  const looks = new NodeLooks(shell, access, signal, hostKey.pinned ? undefined : hostKey);
  const noRoot = await rootFault(looks, access);
  if (noRoot !== null) return { is: 'closed', node, fault: 'no-sudo', says: noRoot, hostKey };
  const hasher = await looks.hasher();
  const mounts = await looks.mounts();
  const isMounted = (path: string): boolean => mounts.some(({ backingFile }) => backingFile === path);
  const files: TargetFile[] = [];
  for (const archive of want.archives) {
    files.push({ ...(await looks.file(archive, async () => hasher, digests)), mounted: isMounted(archive.path) });
  }
  return {
    is: 'open',
    node,
    hostKey,
    files,
    space: await spaceFor(
      files.filter((file) => file.is !== 'same'),
      looks,
    ),
    mounts,
    fstab: await looks.fstab(),
    registryConfig: await looks.registryConfig(),
    portInUse: await looks.isListening(want.registryAddress),
    hasIsoinfo: await looks.hasIsoinfo(),
    ...(want.paths === undefined ? {} : { present: await looks.present(want.paths) }),
    hasher,
  };
}

async function rootFault(looks: NodeLooks, { node, user, sudo }: NodeAccess): Promise<string | null> {
  if (!sudo) {
    // Salt states need root; report missing permission here instead of in the first state.
    if (user === 'root') return null;
    return (
      `${user} on ${node} is not root, and the annotation metalk8s.scality.com/ssh-sudo is not "true". ` +
      `Run \`kubectl annotate node ${node} metalk8s.scality.com/ssh-sudo=true --overwrite\` if ${user} may use sudo there.`
    );
  }
  const fault = await looks.sudoFault();
  if (fault === null) return null;
  return `${user} cannot use sudo on ${node} without a password (${fault}). Add a NOPASSWD rule for ${user} in /etc/sudoers.d on ${node}.`;
}

/** The file systems for missing archives, each once. */
async function spaceFor(missing: readonly TargetFile[], looks: NodeLooks): Promise<readonly TargetSpace[]> {
  const spaces = new Map<string, TargetSpace>();
  for (const { path } of missing) {
    const { mountpoint, available } = await looks.fileSystemOf(path);
    spaces.set(mountpoint, { mountpoint, available, paths: [...(spaces.get(mountpoint)?.paths ?? []), path] });
  }
  return [...spaces.values()];
}

const SSH_FAULTS: readonly string[] = [
  'unreachable',
  'permission-denied',
  'host-key-changed',
  'key-missing',
  'key-unsafe',
  'no-sudo',
] satisfies readonly SshFault[];

const isSshFault = (fault: string): fault is SshFault => SSH_FAULTS.includes(fault);

function closedBy(error: unknown, { node }: NodeAccess): TargetFacts | null {
  if (!(error instanceof Unreachable) || !isSshFault(error.fault)) return null;
  return { is: 'closed', node, fault: error.fault, says: error.says };
}
