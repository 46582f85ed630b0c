import type { NodeFacts } from '../../cluster/facts.ts';
import { isAt, isBackedBy, isMountOf } from '../../cluster/mounted.ts';
import type { Command } from '../../node-commands/command.ts';
import { asUser } from '../../node-commands/salt-commands.ts';
import {
  deleteCopy,
  deleteFiles,
  dropFromFstab,
  keptManifest,
  REGISTRY_CONFIG,
  REGISTRY_MANIFEST,
  unmount,
  withdrawManifest,
} from '../../node-commands/undo-commands.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { CopyStep, Step, StepOf } from '../../plan/step.ts';
import { bytesInWords, count, listed } from '../../text/format.ts';
import {
  copiesOf,
  type Footprint,
  hasDeployed,
  hasPart,
  isOwnCopy,
  type OwnMount,
  ownConfig,
  ownMounts,
} from './footprint.ts';

const on = (node: NodeFacts, ...commands: readonly Command[]) =>
  commands.map((command) => ({ on: node.name, command: asUser(node.access, command) }));

/** Moves the manifest away if the manifest or the pod exists. `undoes` names the folder that keeps it. */
export function withdrawSteps(trace: Footprint, { facts }: PlanContext, undoes: string): readonly Step[] {
  const { node, target } = trace;
  const isThere =
    target.present?.includes(REGISTRY_MANIFEST) === true || facts.kube.registries.some((one) => one.node === node.name);
  if (!hasDeployed(trace) || !isThere) return [];
  const kept = keptManifest(undoes);
  return [
    {
      kind: 'withdraw',
      id: `withdraw:${node.name}`,
      says: `Take the registry of ${node.name} out of service; its manifest is kept in ${kept}`,
      commands: on(node, withdrawManifest(kept)),
      node: node.name,
      manifest: REGISTRY_MANIFEST,
      kept,
    },
  ];
}

/** Waits until Kubernetes no longer lists the removed registries. */
export function gone(node: string, addresses: readonly string[]): StepOf<'ready'> {
  return {
    kind: 'ready',
    id: `ready:${node}`,
    says: `Wait until Kubernetes lists only ${listed(addresses)} as Ready`,
    commands: [],
    node,
    addresses,
  };
}

/** Unmounts what the change has mounted, if it is still mounted or in /etc/fstab. */
export function unmountSteps(trace: Footprint): readonly Step[] {
  const { node, target } = trace;
  const isLeft = ({ archive, takesMount, takesFstab }: OwnMount): boolean =>
    (takesMount && target.mounts.filter(isAt(archive.mountpoint)).some(isBackedBy(archive.path))) ||
    (takesFstab && target.fstab.some(isMountOf(archive)));
  return ownMounts(trace)
    .filter(isLeft)
    .toReversed()
    .map(({ archive, takesMount, takesFstab }): Step => {
      const { id, path, mountpoint } = archive;
      const commands = [
        ...(takesMount ? [unmount(mountpoint)] : []),
        ...(takesFstab ? [dropFromFstab(path, mountpoint)] : []),
      ];
      return {
        kind: 'unmount',
        id: `unmount:${node.name}:${id}`,
        says: `Unmount ${id} on ${node.name}${takesFstab ? ' and take it out of /etc/fstab' : ''}`,
        commands: on(node, ...commands),
        node: node.name,
        archive,
        takesMount,
        takesFstab,
      };
    });
}

/** Deletes the change's files from the registry's configuration, if any of them still exists. */
export function unconfigureSteps(trace: Footprint, saltenv: string): readonly Step[] {
  const { node, target } = trace;
  const files = ownConfig(trace, saltenv);
  if (!files.some((file) => target.registryConfig.includes(file))) return [];
  return [
    {
      kind: 'unconfigure',
      id: `unconfigure:${node.name}`,
      says: `Delete ${count(files.length, 'file')} of the registry’s configuration on ${node.name}`,
      commands: on(node, deleteFiles(files.map((file) => `${REGISTRY_CONFIG}/${file}`))),
      node: node.name,
      files,
    },
  ];
}

/** Deletes the archives that the change has copied, and the part files of interrupted copies. */
export function removeSteps(trace: Footprint): readonly Step[] {
  return copiesOf(trace)
    .filter((copy) => !isInUse(copy, trace))
    .toReversed()
    .flatMap((copy) => removeStep(copy, trace));
}

/** True if a mount that this undo keeps uses the file. */
export function isInUse({ archive }: CopyStep, trace: Footprint): boolean {
  const own = ownMounts(trace).filter(({ takesMount }) => takesMount);
  return trace.target.mounts
    .filter(isBackedBy(archive.path))
    .some((entry) => !own.some((one) => isAt(one.archive.mountpoint)(entry)));
}

function removeStep(copy: CopyStep, trace: Footprint): readonly Step[] {
  const { archive, part } = copy;
  const { node, target } = trace;
  const file = target.files.find(({ path }) => path === archive.path)?.is;
  const isOwn = isOwnCopy(copy, trace);
  if (!(isOwn && file === 'same') && !hasPart(copy, trace)) return [];
  const takesArchive = isOwn && (file === 'same' || file === 'absent');
  const what = takesArchive ? `${archive.id} (${bytesInWords(archive.size)})` : `the unfinished copy of ${archive.id}`;
  return [
    {
      kind: 'remove-copy',
      id: `remove-copy:${node.name}:${archive.id}`,
      says: `Delete ${what} from ${node.name}${takesArchive ? ', if it is what was copied' : ''}`,
      commands: on(node, ...(takesArchive ? [deleteCopy(archive.path)] : []), deleteCopy(part)),
      node: node.name,
      archive,
      part,
      takesArchive,
    },
  ];
}

/** The proof: no engine lists the removed registries, and the bootstrap's registry serves every image. */
export function proveUndone(traces: readonly Footprint[], { archives, facts }: PlanContext): StepOf<'prove-undone'> {
  const gone = traces
    .filter(({ before }) => !before.registry)
    .map(({ node }) => ({ node: node.name, address: node.ip ?? '' }))
    .toReversed();
  const bootstrap = facts.kube.nodes.find(({ roles }) => roles.includes('bootstrap'));
  const engines = facts.kube.nodes.map(({ name }) => name).sort();
  const images = archives.reduce((sum, archive) => sum + archive.images.length, 0);
  const without =
    gone.length === 0
      ? ''
      : `no engine of ${count(engines.length, 'node')} lists ${listed(gone.map(({ node }) => node))}, and `;
  return {
    kind: 'prove-undone',
    id: 'verify',
    says: `Prove it: ${without}the bootstrap’s registry serves ${count(images, 'image')}`,
    commands: [],
    gone,
    bootstrapAddress: bootstrap?.ip ?? '',
    archives: archives.map(({ id, sha256, images: own }) => ({ id, sha256, images: own.length })),
    engines,
  };
}
