import type { NodeFacts } from '../cluster/facts.ts';
import type { Command } from '../node-commands/command.ts';
import { asUser } from '../node-commands/salt-commands.ts';
import {
  deleteCopy,
  deleteFiles,
  dropFromFstab,
  REGISTRY_CONFIG,
  REGISTRY_MANIFEST,
  unmount,
  withdrawManifest,
} from '../node-commands/undo-commands.ts';
import type { PlanContext } from '../plan/planned-steps.ts';
import type { CopiedArchive, MountedArchive, StepOf } from '../plan/step.ts';
import { bytesInWords, count, listed } from '../text/format.ts';

const on = (node: NodeFacts, ...commands: readonly Command[]) =>
  commands.map((command) => ({ on: node.name, command: asUser(node.access, command) }));

/** Moves the registry's manifest to `kept`, so that its pod ends. */
export const withdrawStep = (node: NodeFacts, kept: string): StepOf<'withdraw'> => ({
  kind: 'withdraw',
  id: `withdraw:${node.name}`,
  says: `Take the registry of ${node.name} out of service; its manifest is kept in ${kept}`,
  commands: on(node, withdrawManifest(kept)),
  node: node.name,
  manifest: REGISTRY_MANIFEST,
  kept,
});

/** Waits until Kubernetes no longer lists the removed registries. */
export const goneStep = (node: string, addresses: readonly string[]): StepOf<'ready'> => ({
  kind: 'ready',
  id: `ready:${node}`,
  says: `Wait until Kubernetes lists only ${listed(addresses)} as Ready`,
  commands: [],
  node,
  addresses: [...addresses],
});

/** What an `unmount` step takes. */
export interface Unmounted {
  readonly archive: MountedArchive;
  readonly takesMount: boolean;
  readonly takesFstab: boolean;
}

/** Unmounts an archive, removes its line from /etc/fstab, or both. */
export function unmountStep(node: NodeFacts, { archive, takesMount, takesFstab }: Unmounted): StepOf<'unmount'> {
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
}

/** Deletes files from the registry's configuration. */
export const unconfigureStep = (node: NodeFacts, files: readonly string[]): StepOf<'unconfigure'> => ({
  kind: 'unconfigure',
  id: `unconfigure:${node.name}`,
  says: `Delete ${count(files.length, 'file')} of the registry’s configuration on ${node.name}`,
  commands: on(node, deleteFiles(files.map((file) => `${REGISTRY_CONFIG}/${file}`))),
  node: node.name,
  files: [...files],
});

/** Deletes an archive, if it is unchanged (`ifItIs`), and its part file; without `takesArchive` only the part file. */
export function removeCopyStep(
  node: NodeFacts,
  archive: CopiedArchive,
  part: string,
  takesArchive: boolean,
  ifItIs = 'what was copied',
): StepOf<'remove-copy'> {
  const what = takesArchive ? `${archive.id} (${bytesInWords(archive.size)})` : `the unfinished copy of ${archive.id}`;
  return {
    kind: 'remove-copy',
    id: `remove-copy:${node.name}:${archive.id}`,
    says: `Delete ${what} from ${node.name}${takesArchive ? `, if it is ${ifItIs}` : ''}`,
    commands: on(node, ...(takesArchive ? [deleteCopy(archive.path)] : []), deleteCopy(part)),
    node: node.name,
    archive,
    part,
    takesArchive,
  };
}

/** The id of a plan's proof. */
export const PROOF_ID = 'verify';

/** The proof of a change that only deletes copies: none of them is left. */
export function proveDeletedStep(removals: readonly StepOf<'remove-copy'>[]): StepOf<'prove-deleted'> {
  const nodes = [...new Set(removals.map(({ node }) => node))];
  return {
    kind: 'prove-deleted',
    id: PROOF_ID,
    says: `Prove it: nothing of ${count(removals.length, 'copy', 'copies')} is left on ${listed(nodes)}`,
    commands: [],
    copies: removals.map(({ node, archive, part, takesArchive }) => ({
      node,
      part,
      ...(takesArchive ? { archive: archive.path } : {}),
    })),
  };
}

/** A node's registry. */
type RegistryAt = StepOf<'prove-undone'>['gone'][number];

/** The proof: no engine lists the removed registries, and the bootstrap's registry and `others` serve every image. */
export function proveGoneStep(
  gone: readonly RegistryAt[],
  others: readonly RegistryAt[],
  { archives, facts }: PlanContext,
): StepOf<'prove-undone'> {
  const bootstrap = facts.kube.nodes.find(({ roles }) => roles.includes('bootstrap'));
  const engines = facts.kube.nodes.map(({ name }) => name).sort();
  const images = archives.reduce((sum, archive) => sum + archive.images.length, 0);
  const names = listed(gone.map(({ node }) => node));
  const without = gone.length === 0 ? '' : `no engine of ${count(engines.length, 'node')} lists ${names}, and `;
  const also =
    others.length === 0
      ? 'the bootstrap’s registry serves'
      : `the registries of the bootstrap node and ${listed(others.map(({ node }) => node))} serve`;
  return {
    kind: 'prove-undone',
    id: PROOF_ID,
    says: `Prove it: ${without}${also} ${count(images, 'image')}`,
    commands: [],
    gone: [...gone],
    bootstrapAddress: bootstrap?.ip ?? '',
    ...(others.length === 0 ? {} : { others: [...others] }),
    archives: archives.map(({ id, sha256, images: own }) => ({ id, sha256, images: own.length })),
    engines,
  };
}
