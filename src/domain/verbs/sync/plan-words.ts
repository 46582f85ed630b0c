import type { PlacedCopy } from '../../change/placed-copies.ts';
import type { Archive } from '../../cluster/archive.ts';
import type { Facts } from '../../cluster/facts.ts';
import { endpointUrl } from '../../cluster/registry.ts';
import { isOlder, versionNumbers } from '../../cluster/version.ts';
import type { Intent } from '../../plan/intent.ts';
import type { PlanTarget } from '../../plan/parts.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import { listed } from '../../text/format.ts';
import { isUsedElsewhere } from '../archives-there.ts';
import { deadIn } from '../staying.ts';
import { staleArchives, staleCopies } from './steps.ts';

/** Why a registry is not what the bootstrap's is, and which moment of an upgrade this is. */
export function whyStale({ node, target }: PlanTarget, context: PlanContext): readonly string[] {
  const { facts, archives, version } = context;
  const registry = facts.kube.registries.find((one) => one.node === node.name);
  const carries = registry?.carries ?? [];
  const missing = archives.filter(({ id }) => !carries.includes(id));
  const ids = [...carries, ...staleArchives({ node, target }, archives).map(({ id }) => id)];
  const stale = [...new Set(ids)].filter((id) => archives.every((one) => one.id !== id));
  const url = endpointUrl(node.ip ?? '');
  const without = facts.engines.filter((one) => one.is === 'known' && !one.endpoints.includes(url));
  const isOld = registry !== undefined && registry.version !== version;
  return [
    ...missing.flatMap((archive) => (isNext(archive, version) ? beforeUpgrade(node.name, archive, version) : [])),
    ...(isOld ? [`The registry of ${node.name} still runs ${registry.version}; this deploys it at ${version}.`] : []),
    ...(missing.length === 0
      ? []
      : [`The registry of ${node.name} does not have ${listed(missing.map(({ id }) => id))}.`]),
    ...(without.length === 0
      ? []
      : [
          `The container engine of ${listed(without.map((one) => one.node))} does not list the registry of ${node.name}.`,
        ]),
    ...(stale.length === 0 ? [] : [`${node.name} still has ${listed(stale)}, which the bootstrap node lists no more.`]),
  ];
}

/** An archive of a newer version than the cluster's is there for an upgrade. */
const isNext = (archive: Archive, version: string): boolean =>
  archive.kind === 'metalk8s' && isOlder(versionNumbers(version) ?? [], versionNumbers(archive.version) ?? []);

/** Upstream's issue 3827: an upgrade failed because nodes asked a registry without the new packages. */
const beforeUpgrade = (node: string, { id }: Archive, version: string): readonly string[] => [
  `${id} is newer than the cluster (${version}), and ${node} does not have it: sync before you run upgrade.sh.`,
];

/** Addresses that the engines list in vain. */
export const deadInWords = (facts: Facts): readonly string[] =>
  deadIn(facts).map(({ url, owner, engines }) => {
    const where = owner === null ? 'the address of no node' : `the address of ${owner}, which has no registry`;
    return `The container engine of ${listed(engines)} lists ${url}, ${where}.`;
  });

/** What the engines lose, and how to keep it. */
export function droppedInWords({ nodes }: Pick<Intent, 'nodes'>, facts: Facts): readonly string[] {
  const owners = deadIn(facts).flatMap(({ owner }) => owner ?? []);
  return [
    ...(nodes.length > 0
      ? []
      : ['Only the bootstrap’s registry is left. No image can be pulled while the bootstrap node is away.']),
    ...owners.map(
      (owner) => `The engines no longer use ${owner}. To give it a registry instead: /registry-ha add ${owner}`,
    ),
  ];
}

/** Files of archives that are listed no more, and that stay. */
export function keptFiles(
  one: PlanTarget,
  archives: readonly Archive[],
  copies: readonly PlacedCopy[],
): readonly string[] {
  const { node, target } = one;
  const own = staleCopies(one, archives, copies);
  const foreign = staleArchives(one, archives).filter(({ path }) => own.every(({ file }) => file.path !== path));
  return [
    ...foreign.map(
      ({ path }) => `${path} stays on ${node.name}: the worker’s journal does not show that it copied this file.`,
    ),
    ...own.flatMap(({ file: { path, is } }) => {
      if (is !== 'same') return [`${path} stays on ${node.name}: it is not the file that the worker copied.`];
      return isUsedElsewhere(path, target, archives) ? [`${path} stays on ${node.name}: another mount uses it.`] : [];
    }),
  ];
}
