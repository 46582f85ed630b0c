import type { NodeAccess, TargetFacts } from '../../domain/cluster/facts.ts';
import type { WantedFile } from '../../domain/cluster/target-query.ts';
import type { Fitness, FitnessOfNodes } from '../../ports/doctor/cluster.ts';
import type { NodeShell } from '../../ports/nodes.ts';
import { loginFault } from './login-fault.ts';
import { NodeInspector } from './node-inspector.ts';
import { closedBy, HOST_KEY_LIMIT_MS, openFolderOf } from './target-nodes.ts';

/** Looks at nodes as targets, with the checks of an inspection; it reads no archive. */
export function fitnessOfNodes(shell: NodeShell): FitnessOfNodes {
  return {
    async fitness(access, archives, registryAddress, signal) {
      try {
        return await look(shell, access, { archives, registryAddress }, signal);
      } catch (error) {
        const closed = closedBy(error, access);
        if (closed === null) throw error;
        return closed;
      }
    },
  };
}

interface Wanted {
  readonly archives: readonly WantedFile[];
  readonly registryAddress: string;
}

async function look(shell: NodeShell, access: NodeAccess, want: Wanted, signal: AbortSignal): Promise<Fitness> {
  const { node } = access;
  const hostKey = await shell.hostKey(access, { signal, limitMs: HOST_KEY_LIMIT_MS });
  const inspector = new NodeInspector(shell, access, signal, hostKey.pinned ? undefined : hostKey);
  const fault = await loginFault(inspector, access);
  if (fault !== null) return { is: 'closed', node, ...fault, hostKey } satisfies TargetFacts;
  return {
    is: 'open',
    fingerprint: hostKey.fingerprint,
    isPinned: hostKey.pinned,
    hasIsoinfo: await inspector.hasIsoinfo(),
    portInUse: await inspector.isListening(want.registryAddress),
    space: await spaceFor(want.archives, inspector),
    openFolder: await openFolderOf(want, inspector),
  };
}

/** An archive counts as there if its file exists: whether it is the right one costs a reading of all of it. */
async function spaceFor(archives: readonly WantedFile[], inspector: NodeInspector) {
  const there = await inspector.present(archives.map(({ path }) => path));
  const spaces = new Map<
    string,
    { readonly mountpoint: string; readonly available: number; readonly needed: number }
  >();
  for (const { path, size } of archives.filter((one) => !there.includes(one.path))) {
    const { mountpoint, available } = await inspector.fileSystemOf(path);
    spaces.set(mountpoint, { mountpoint, available, needed: (spaces.get(mountpoint)?.needed ?? 0) + size });
  }
  return [...spaces.values()];
}
