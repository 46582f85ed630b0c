import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Facts, KubeFacts } from '../cluster/facts.ts';
import { FIRST_UNKNOWN_MAJOR, isOlder, OLDEST_VERSION, versionNumbers } from '../cluster/version.ts';
import type { Intent } from '../plan/intent.ts';
import type { Reach } from '../plan/reach.ts';
import { listed } from '../text/format.ts';
import { archiveGuards, oddPathRefusal } from './archives.ts';
import { bootstrapRolesRefusal, placeRefusal } from './bootstraps.ts';
import { machineRefusal, sharedPlaceRefusal } from './machines.ts';
import { copiesRefusal } from './manifests.ts';
import { BRING_BACK, closedGuard, nodeGuards, targetGuards } from './nodes.ts';
import { otherRegistriesRefusal, strangeEndpointsRefusal, type ToComplete } from './registries.ts';
import { together } from './together.ts';

/** The first refusal, in the order in which an operator would check; null when there is none. */
export function firstRefusal(intent: Intent, facts: Facts, toComplete?: ToComplete): Refusal | null {
  return (
    clusterRefusal(intent, facts.kube) ??
    placeRefusal(facts) ??
    archiveGuards(facts) ??
    oddPathRefusal(facts) ??
    saltRefusal(facts) ??
    bootstrapRegistryRefusal(facts) ??
    strangeEndpointsRefusal(facts.kube) ??
    otherRegistriesRefusal(intent, facts, toComplete) ??
    layoutRefusal(facts) ??
    together([closedGuard(facts), machineRefusal(facts) ?? together([targetGuards(facts), copiesRefusal(facts)])])
  );
}

/** What any change requires: a healthy cluster, Salt idle, a complete bootstrap registry, readable engines, open nodes. */
export const commonRefusal = (intent: Intent, facts: Facts): Refusal | null =>
  fitRefusal(intent, facts) ?? together([loginRefusal(facts), copiesRefusal(facts)]);

/** Nodes to which the worker cannot log in, or that are other machines. */
const loginRefusal = (facts: Facts): Refusal | null => together([closedGuard(facts), machineRefusal(facts)]);

/** The same for a change that connects to no node over SSH. */
export function fitRefusal(intent: Intent, facts: Facts): Refusal | null {
  return (
    clusterRefusal(intent, facts.kube) ??
    placeRefusal(facts) ??
    saltRefusal(facts) ??
    bootstrapRegistryRefusal(facts) ??
    layoutRefusal(facts)
  );
}

/** What a change requires that only deletes files that nothing uses: its own nodes, open. Others, Salt and engines may be away. */
export const filesRefusal = (intent: Intent, facts: Facts): Refusal | null =>
  clusterRefusal(intent, facts.kube, 'files') ?? placeRefusal(facts) ?? loginRefusal(facts);

/** Refusals by Kubernetes data alone; checked first, because the others are expensive. */
export function clusterRefusal(intent: Intent, kube: KubeFacts, reach: Reach = 'cluster'): Refusal | null {
  return (
    bootstrapRolesRefusal(kube) ??
    nodeGuards(intent, kube, reach) ??
    sharedPlaceRefusal(intent, kube) ??
    nativeRefusal(kube) ??
    versionRefusal(kube) ??
    (reach === 'files' ? null : saltMasterRefusal(kube))
  );
}

/** Checked again right before each step that changes something. `names`: the nodes when the change began or resumed. */
export function refusalBeforeStep(
  kube: KubeFacts,
  version: string,
  names: readonly string[],
  reach: Reach = 'cluster',
): Refusal | null {
  if (reach === 'files') return versionRefusal(kube) ?? otherVersionRefusal(kube, version);
  const changed =
    nodesRefusal(kube, names) ?? versionRefusal(kube) ?? saltMasterRefusal(kube) ?? otherVersionRefusal(kube, version);
  if (changed !== null) return changed;
  const notReady = kube.nodes.filter((node) => !node.ready).map((node) => node.name);
  if (notReady.length > 0) return refuse('node-not-ready', `No longer Ready: ${listed(notReady)}.`, BRING_BACK);
  return bootstrapReadyRefusal(kube);
}

function otherVersionRefusal({ clusterVersion }: KubeFacts, version: string): Refusal | null {
  if (clusterVersion === version) return null;
  const says = `The cluster is now at ${clusterVersion}, but the plan was made for ${version}.`;
  return refuse('upgrade-under-way', says, 'Request a new plan.');
}

/** The plan names the engines of all nodes, so that it fits no other nodes. */
function nodesRefusal({ nodes }: KubeFacts, names: readonly string[]): Refusal | null {
  const gone = names.filter((name) => nodes.every((node) => node.name !== name));
  if (gone.length > 0) return refuse('plan-stale', `No longer in the cluster: ${listed(gone)}.`, 'Request a new plan.');
  const added = nodes.map(({ name }) => name).filter((name) => !names.includes(name));
  if (added.length === 0) return null;
  const says = `New in the cluster: ${listed(added)}. The plan does not configure its container engine.`;
  return refuse('plan-stale', says, 'Request a new plan.');
}

function nativeRefusal(kube: KubeFacts): Refusal | null {
  if (!kube.nativeRegistry) return null;
  return refuse(
    'native-registry',
    "This cluster has MetalK8s' registry operator (custom resources Registry and SolutionArchive). Two procedures at once would undo each other.",
    'Use these resources instead.',
  );
}

function versionRefusal(kube: KubeFacts): Refusal | null {
  const version = kube.clusterVersion;
  const numbers = version === null ? null : versionNumbers(version);
  if (version === null || numbers === null) {
    return refuse(
      'upgrade-under-way',
      `The kube-system Namespace does not name a valid cluster version (found: ${version ?? 'nothing'}).`,
      'Check its annotation metalk8s.scality.com/cluster-version.',
    );
  }
  const others = kube.nodes.filter((node) => node.version !== version);
  if (others.length > 0) {
    const named = others.map((node) => `${node.name} is at ${node.version ?? 'no version'}`);
    return refuse(
      'upgrade-under-way',
      `An upgrade or downgrade is in progress or incomplete: the cluster is at ${version}, but ${listed(named)}.${notSynced(kube)}`,
      'Finish it, so that all nodes are at one version, then run the command again.',
    );
  }
  if (isOlder(numbers, versionNumbers(OLDEST_VERSION) ?? [])) {
    return refuse(
      'version-too-old',
      `MetalK8s ${version} supports one registry only. A second one requires ${OLDEST_VERSION} or newer.`,
      'Upgrade the cluster first.',
    );
  }
  if ((numbers[0] ?? 0) >= FIRST_UNKNOWN_MAJOR) {
    return refuse(
      'unknown-layout',
      `MetalK8s ${version} configures its container engines in another way (containerd 2). This version of registry-ha does not support it.`,
      `Use a registry-ha that supports MetalK8s ${version}.`,
    );
  }
  return null;
}

/** Registries that lack a version that nodes already have: they were not synced before the upgrade. */
function notSynced({ nodes, registries, clusterVersion }: KubeFacts): string {
  const extra = registries.filter(({ node }) =>
    nodes.some(({ name, roles }) => name === node && !roles.includes('bootstrap')),
  );
  const versions = new Set([clusterVersion, ...nodes.map(({ version }) => version)].flatMap((one) => one ?? []));
  const lacking = [...versions].flatMap((version) => {
    const without = extra.filter(({ carries }) => !carries.includes(`metalk8s-${version}`)).map(({ node }) => node);
    return without.length === 0 ? [] : [` The registry of ${listed(without)} does not have ${version}.`];
  });
  return lacking.join('');
}

function saltMasterRefusal(kube: KubeFacts): Refusal | null {
  if (kube.saltMaster?.ready === true) return null;
  const says =
    kube.saltMaster === null
      ? 'No static salt-master pod was found on the bootstrap node.'
      : `${kube.saltMaster.pod} is not Ready.`;
  return refuse(
    'salt-master-down',
    `${says} Every Salt state needs it.`,
    'Check it with `kubectl -n kube-system get pods`, then run the command again.',
  );
}

function saltRefusal(facts: Facts): Refusal | null {
  if (!facts.salt.masterAnswers) {
    return refuse(
      'salt-master-down',
      'The Salt master does not answer its own command line.',
      'Check the salt-master pod, then run the command again.',
    );
  }
  const silent = facts.kube.nodes.map((node) => node.name).filter((name) => !facts.salt.answered.includes(name));
  if (silent.length > 0) {
    return refuse(
      'minion-silent',
      `The Salt minion of ${listed(silent)} does not answer.`,
      'Check `systemctl status salt-minion` there, then run the command again. All engines are reconfigured together.',
    );
  }
  const jobs = facts.salt.jobs.map(({ fun, nodes, jid }) => `${fun} on ${listed(nodes)} (jid ${jid})`);
  if (jobs.length === 0) return null;
  return jobs.length === 1
    ? refuse('salt-busy', `Another Salt state run is in progress: ${listed(jobs)}.`, ONCE_IDLE)
    : refuse('salt-busy', `Other Salt state runs are in progress: ${listed(jobs)}.`, ONCE_ALL_IDLE);
}

const ONCE_IDLE = 'Wait until it ends, then run the command again.';
const ONCE_ALL_IDLE = 'Wait until they end, then run the command again.';

function bootstrapReadyRefusal(kube: KubeFacts): Refusal | null {
  const bootstrap = kube.nodes.find((node) => node.roles.includes('bootstrap'));
  if (bootstrap?.ip != null && kube.endpoints.ready.includes(bootstrap.ip)) return null;
  return refuse(
    'bootstrap-registry-not-ready',
    `The registry of ${bootstrap?.name ?? 'the bootstrap node'} is not in the Ready Endpoints. Reconfiguring now would remove it from every engine.`,
    'Check the `repositories` pod on that node, then run the command again.',
  );
}

function bootstrapRegistryRefusal(facts: Facts): Refusal | null {
  const unready = bootstrapReadyRefusal(facts.kube);
  if (unready !== null) return unready;
  const bootstrap = facts.kube.nodes.find((node) => node.roles.includes('bootstrap'));
  const gaps = facts.served.filter((served) => served.node === bootstrap?.name && served.missing.length > 0);
  const [gap] = gaps;
  if (gap === undefined) return null;
  const more = gaps.flatMap(({ missing }) => missing).length - 1;
  return refuse(
    'bootstrap-registry-incomplete',
    `The registry of ${gap.node} does not serve ${gap.missing[0]}${more > 0 ? ` and ${more} more` : ''}. A copy would have the same gap.`,
    'Run `iso-manager.sh` or `solutions.sh` on the bootstrap node, then run the command again.',
  );
}

const ENGINE_CODES = {
  silent: 'minion-silent',
  'no-answer': 'engine-unreadable',
  'other-layout': 'unknown-layout',
} as const;

/** Refuses with every engine that cannot be read. */
function layoutRefusal({ engines }: Facts): Refusal | null {
  const unread = engines.filter((engine) => engine.is !== 'known');
  const [first] = unread;
  if (first === undefined) return null;
  const says = unread.map((one) =>
    one.is === 'other-layout' ? `The container engine of ${one.node} cannot be checked: ${one.says}` : one.says,
  );
  const nodes = listed(unread.map(({ node }) => node));
  const check =
    first.is === 'silent' ? '`systemctl status salt-minion`' : '`crictl info` and `systemctl status containerd`';
  return refuse(ENGINE_CODES[first.is], says.join(' '), `Check ${check} on ${nodes}, then run the command again.`);
}
