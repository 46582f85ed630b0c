import { type Archive, mountpointOf } from '../cluster/archive.ts';
import type { Facts, NodeFacts, OpenTarget } from '../cluster/facts.ts';
import { isMountOf } from '../cluster/mounted.ts';
import { includeOfSolution, includeOfVersion, sameSet } from '../cluster/registry.ts';
import { shownCopyCommands } from '../node-commands/copy-commands.ts';
import { partOf } from '../node-commands/part-file.ts';
import { stateOnNode } from '../node-commands/salt-commands.ts';
import { bytesInWords, count, listed } from '../text/format.ts';
import type { CopiedArchive, MountedArchive, Step, StepKind } from './step.ts';

/** What the steps of one plan have in common. */
export interface PlanContext {
  readonly change: string;
  readonly version: string;
  readonly saltenv: string;
  readonly archives: readonly Archive[];
  readonly facts: Facts;
}

const mounted = ({ id, path }: Archive): MountedArchive => ({ id, path, mountpoint: mountpointOf({ id }) });

/** A copy of each archive that is not on the target yet, to the same path. */
export function copySteps(context: PlanContext, node: NodeFacts, target: OpenTarget): readonly Step[] {
  const absent = (path: string) => target.files.find((file) => file.path === path)?.is !== 'same';
  return context.archives
    .filter(({ path }) => absent(path))
    .map(({ id, path, size, sha256 }): Step => {
      const part = partOf({ path, sha256 });
      const seed = seedFor(path, context.archives, target);
      const order = { path, part, size, sudo: node.access.sudo, ...(seed === undefined ? {} : { seed: seed.path }) };
      return {
        kind: 'copy',
        id: `copy:${node.name}:${id}`,
        says: `Copy ${id} (${bytesInWords(size)}) to ${node.name}`,
        commands: shownCopyCommands(order).map((command) => ({ on: node.name, command })),
        node: node.name,
        archive: { id, path, size, sha256 },
        part,
        ...(seed === undefined ? {} : { seed }),
      };
    });
}

/** The nearest earlier archive of its kind, else a later one on the target. Copies of the same plan do not change the choice. */
function seedFor(path: string, archives: readonly Archive[], target: OpenTarget): CopiedArchive | undefined {
  const at = archives.findIndex((archive) => archive.path === path);
  const isAlike = ({ kind }: Archive): boolean => kind === archives[at]?.kind;
  const isThere = (archive: Archive): boolean =>
    target.files.some((file) => file.path === archive.path && file.is === 'same');
  const seed =
    archives.slice(0, Math.max(0, at)).findLast(isAlike) ??
    archives.slice(at + 1).find((archive) => isAlike(archive) && isThere(archive));
  return seed === undefined ? undefined : { id: seed.id, path: seed.path, size: seed.size, sha256: seed.sha256 };
}

/** The documented states on the target, and the one that the documentation omits, as far as they are still needed. */
export function registrySteps(context: PlanContext, node: NodeFacts, target: OpenTarget): readonly Step[] {
  const before = [
    ...mountStep(context, node, target),
    ...solutionsStep(context, node, target),
    ...otherVersionSteps(context, node, target),
  ];
  const carries = context.archives.map(({ id }) => id).sort();
  if (before.length === 0 && hasWholeRegistry(context, node, carries)) return [];
  const commands = [stateOnNode(node.access, 'metalk8s.repo.installed', context.saltenv)];
  const deploy = onNode('deploy', node, `Deploy the registry on ${node.name}`, commands);
  return [...before, { ...deploy, version: context.version, carries }];
}

/** The common part of a step on one node whose kind occurs there once. */
const onNode = <K extends StepKind>(kind: K, node: NodeFacts, says: string, commands: Step['commands'] = []) => ({
  kind,
  id: `${kind}:${node.name}`,
  says,
  commands,
  node: node.name,
});

/** True if the node's registry has the cluster's version, carries every archive, and serves all their images. */
export function hasWholeRegistry(
  { facts, version }: PlanContext,
  node: NodeFacts,
  carries: readonly string[],
): boolean {
  const registry = facts.kube.registries.find((candidate) => candidate.node === node.name);
  if (registry === undefined || registry.version !== version || !sameSet(registry.carries, carries)) return false;
  const served = facts.served.filter((candidate) => candidate.node === node.name);
  return served.length === carries.length && served.every(({ missing }) => missing.length === 0);
}

function isMounted({ mounts, fstab }: OpenTarget, archive: Archive): boolean {
  const isIts = isMountOf(mounted(archive));
  return mounts.some(isIts) && fstab.some(isIts);
}

function mountStep({ archives, saltenv }: PlanContext, node: NodeFacts, target: OpenTarget): readonly Step[] {
  const own = archives.filter(({ kind }) => kind === 'metalk8s');
  if (own.every((archive) => isMounted(target, archive))) return [];
  const commands = [stateOnNode(node.access, 'metalk8s.archives.mounted', saltenv)];
  const says = `Mount ${count(own.length, 'MetalK8s archive')} on ${node.name}`;
  return [{ ...onNode('mount', node, says, commands), archives: own.map(mounted) }];
}

function solutionsStep({ archives, saltenv }: PlanContext, node: NodeFacts, target: OpenTarget): readonly Step[] {
  const solutions = archives.filter(({ kind }) => kind === 'solution');
  const isThere = (archive: Archive) =>
    isMounted(target, archive) && target.registryConfig.includes(includeOfSolution(archive.id));
  if (solutions.every(isThere)) return [];
  const commands = [stateOnNode(node.access, 'metalk8s.solutions.available', saltenv)];
  const says = `Make ${count(solutions.length, 'solution')} available on ${node.name}`;
  return [{ ...onNode('solutions', node, says, commands), archives: solutions.map(mounted) }];
}

function otherVersionSteps({ archives, saltenv }: PlanContext, node: NodeFacts, target: OpenTarget): readonly Step[] {
  return archives
    .filter(
      ({ kind, id }) => kind === 'metalk8s' && id !== saltenv && !target.registryConfig.includes(includeOfVersion(id)),
    )
    .map(
      ({ id, version }): Step => ({
        kind: 'other-version',
        id: `other-version:${node.name}:${id}`,
        says: `Let ${node.name} serve the images of ${version} too`,
        commands: [stateOnNode(node.access, 'metalk8s.repo.configured', id)],
        node: node.name,
        saltenv: id,
      }),
    );
}

/** Waits until Kubernetes lists exactly these registries as Ready, because Salt configures the engines from that list. */
export function readyStep({ facts }: PlanContext, node: NodeFacts, addresses: readonly string[]): Step {
  const nameOf = (address: string) => facts.kube.nodes.find(({ ip }) => ip === address)?.name ?? address;
  const says = `Wait until Kubernetes lists the registries of ${listed(addresses.map(nameOf))} as Ready`;
  return { ...onNode('ready', node, says), addresses };
}

/** The proof: checks every image of every archive in every registry, and the live configuration of every engine. */
export function verifyStep(context: PlanContext, addresses: readonly string[]): Step {
  const { facts, archives } = context;
  const registries = facts.kube.nodes.flatMap(({ name, ip }) =>
    ip !== null && addresses.includes(ip) ? [{ node: name, address: ip }] : [],
  );
  const bootstrap = facts.kube.nodes.find(({ roles }) => roles.includes('bootstrap'));
  const images = count(
    archives.reduce((sum, archive) => sum + archive.images.length, 0),
    'image',
  );
  const served =
    registries.length > 1
      ? `hash every layer of ${images} in each registry except the bootstrap's`
      : `read every manifest of ${images} from the bootstrap's registry`;
  return {
    kind: 'verify',
    id: 'verify',
    says: `Prove it: ${served}, and read every engine`,
    commands: [],
    registries,
    bootstrapAddress: bootstrap?.ip ?? '',
    archives: archives.map((archive) => ({ id: archive.id, sha256: archive.sha256, images: archive.images.length })),
    engines: facts.kube.nodes.map(({ name }) => name).sort(),
    addresses,
  };
}
