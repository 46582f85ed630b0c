import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Facts, KubeFacts } from '../cluster/facts.ts';
import { FIRST_UNKNOWN_MAJOR, isOlder, OLDEST_VERSION, versionNumbers } from '../cluster/version.ts';
import type { Intent } from '../plan/intent.ts';
import { listed } from '../text/format.ts';
import { archiveGuards } from './archives.ts';
import { closedGuard, nodeGuards, targetGuards } from './nodes.ts';
import { otherRegistriesRefusal } from './registries.ts';

/** The first reason not to go on, in the order in which an operator would look; null when there is none. */
export function firstRefusal(intent: Intent, facts: Facts): Refusal | null {
  return (
    clusterRefusal(intent, facts.kube) ??
    archiveGuards(facts) ??
    saltRefusal(facts) ??
    bootstrapRegistryRefusal(facts) ??
    otherRegistriesRefusal(intent, facts) ??
    layoutRefusal(facts) ??
    targetGuards(facts)
  );
}

/** What any change needs: the cluster whole, Salt free, the bootstrap's registry Ready and complete, every engine readable. */
export function commonRefusal(intent: Intent, facts: Facts): Refusal | null {
  return (
    clusterRefusal(intent, facts.kube) ??
    saltRefusal(facts) ??
    bootstrapRegistryRefusal(facts) ??
    layoutRefusal(facts) ??
    closedGuard(facts)
  );
}

/** What Kubernetes alone can refuse; asked first, before anything expensive is looked at. */
export function clusterRefusal(intent: Intent, kube: KubeFacts): Refusal | null {
  return nodeGuards(intent, kube) ?? nativeRefusal(kube) ?? versionRefusal(kube) ?? saltMasterRefusal(kube);
}

/** What must still be true right before each step that changes something. */
export function refusalBeforeStep(kube: KubeFacts, version: string): Refusal | null {
  const changed = versionRefusal(kube) ?? saltMasterRefusal(kube);
  if (changed !== null) return changed;
  if (kube.clusterVersion !== version) {
    return refuse(
      'upgrade-under-way',
      `The cluster is at ${kube.clusterVersion} now; the plan was made for ${version}.`,
      'Ask for a new plan.',
    );
  }
  const asleep = kube.nodes.filter((node) => !node.ready).map((node) => node.name);
  if (asleep.length > 0)
    return refuse('node-not-ready', `${listed(asleep)} is not Ready any more.`, 'Bring it back, then ask again.');
  return bootstrapReadyRefusal(kube);
}

function nativeRefusal(kube: KubeFacts): Refusal | null {
  if (!kube.nativeRegistry) return null;
  return refuse(
    'native-registry',
    'This cluster replicates its registries by itself (custom resources Registry, SolutionArchive of metalk8s.scality.com).',
    'Use those resources; two procedures at once would undo each other.',
  );
}

function versionRefusal(kube: KubeFacts): Refusal | null {
  const version = kube.clusterVersion;
  const numbers = version === null ? null : versionNumbers(version);
  if (version === null || numbers === null) {
    return refuse(
      'upgrade-under-way',
      `The kube-system Namespace does not tell the cluster's version (it says ${version ?? 'nothing'}).`,
      'Check its annotation metalk8s.scality.com/cluster-version.',
    );
  }
  const others = kube.nodes.filter((node) => node.version !== version);
  if (others.length > 0) {
    const named = others.map((node) => `${node.name} is at ${node.version ?? 'no version'}`);
    return refuse(
      'upgrade-under-way',
      `An upgrade or downgrade is under way or stopped half-way: the cluster is at ${version}, but ${listed(named)}.`,
      'Let it finish (all nodes at one version), then ask again.',
    );
  }
  if (isOlder(numbers, versionNumbers(OLDEST_VERSION) ?? [])) {
    return refuse(
      'version-too-old',
      `MetalK8s ${version} knows one registry only; a second one works from ${OLDEST_VERSION} on.`,
      'Upgrade the cluster first.',
    );
  }
  if ((numbers[0] ?? 0) >= FIRST_UNKNOWN_MAJOR) {
    return refuse(
      'unknown-layout',
      `MetalK8s ${version} configures its container engines in another way (containerd 2), which this version of registry-ha does not know.`,
      'Use a registry-ha made for it.',
    );
  }
  return null;
}

function saltMasterRefusal(kube: KubeFacts): Refusal | null {
  if (kube.saltMaster?.ready === true) return null;
  const pod = kube.saltMaster?.pod ?? 'The salt-master pod';
  return refuse(
    'salt-master-down',
    `${pod} is not Ready, and every state needs it.`,
    'Check it on the bootstrap node (kubectl -n kube-system get pods), then ask again.',
  );
}

function saltRefusal(facts: Facts): Refusal | null {
  if (!facts.salt.masterAnswers) {
    return refuse(
      'salt-master-down',
      'The Salt master does not answer its own command line.',
      'Check the salt-master pod, then ask again.',
    );
  }
  const silent = facts.kube.nodes.map((node) => node.name).filter((name) => !facts.salt.answered.includes(name));
  if (silent.length > 0) {
    return refuse(
      'minion-silent',
      `The Salt minion of ${listed(silent)} does not answer.`,
      'Check systemctl status salt-minion there; the engines of all nodes must be reconfigured together.',
    );
  }
  const [job] = facts.salt.jobs;
  if (job === undefined) return null;
  return refuse(
    'salt-busy',
    `Another Salt state run is in progress: ${job.fun} on ${listed(job.nodes)} (jid ${job.jid}).`,
    'Wait for it to end, then ask again.',
  );
}

function bootstrapReadyRefusal(kube: KubeFacts): Refusal | null {
  const bootstrap = kube.nodes.find((node) => node.roles.includes('bootstrap'));
  if (bootstrap?.ip != null && kube.endpoints.ready.includes(bootstrap.ip)) return null;
  return refuse(
    'bootstrap-registry-not-ready',
    `The registry of ${bootstrap?.name ?? 'the bootstrap node'} is not among the Ready Endpoints: reconfiguring the engines now would take it out of every node.`,
    'Check the pod repositories there, then ask again.',
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
    `The registry of ${gap.node} does not serve ${gap.missing[0]}${more > 0 ? ` and ${more} more` : ''}: a copy of it would be incomplete too.`,
    'Run iso-manager.sh (or solutions.sh) on the bootstrap node so that it serves all its archives, then ask again.',
  );
}

function layoutRefusal(facts: Facts): Refusal | null {
  for (const engine of facts.engines) {
    if (engine.is === 'known') continue;
    const code = engine.is === 'silent' ? 'minion-silent' : 'unknown-layout';
    return refuse(
      code,
      `The container engine of ${engine.node} cannot be read: ${engine.says}`,
      'Check crictl info on that node, then ask again.',
    );
  }
  return null;
}
