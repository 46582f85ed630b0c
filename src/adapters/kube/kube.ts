import { Unreachable } from '../../domain/answers/failure.ts';
import type { KubeFacts, NodeFacts } from '../../domain/cluster/facts.ts';
import type { Kubernetes, NodeList, SaltMasterPod } from '../../ports/cluster.ts';
import type { KubeRight, KubeRights, ReviewedRight } from '../../ports/doctor/cluster.ts';
import type { RunLimits } from '../../ports/nodes.ts';
import { get, getExisting, type Wanted } from './api.ts';
import { type Connection, connection } from './connection.ts';
import { exec } from './exec.ts';
import { endpointsFacts, formerBootstrapsIn, isStatic, nodeFacts, registryFacts, saltMasterOf } from './facts.ts';
import { review } from './review.ts';
import {
  endpointsSchema,
  groupSchema,
  type KubePod,
  kindsSchema,
  namespaceSchema,
  nodeListSchema,
  podListSchema,
} from './schemas.ts';

const SYSTEM = '/api/v1/namespaces/kube-system';
const BOOTSTRAP_ONLY = `?${new URLSearchParams({ labelSelector: 'node-role.kubernetes.io/bootstrap' })}`;
const NATIVE_KINDS: readonly string[] = ['Registry', 'SolutionArchive'];

export interface KubernetesOptions {
  readonly kubeconfigPath: string;
  /** Timeout of each request in milliseconds; default 10 seconds. */
  readonly limitMs?: number;
}

/** The Kubernetes API of one cluster by its kubeconfig, and the salt-master pod through it. */
export function kubernetes(
  options: KubernetesOptions,
): Kubernetes & NodeList & KubeRights & SaltMasterPod & { close(): Promise<void> } {
  const closing = new AbortController();
  const limitMs = options.limitMs ?? 10_000;
  const open = async (signal: AbortSignal) => {
    const both = AbortSignal.any([signal, closing.signal]);
    both.throwIfAborted();
    return new Reader(await connection(options.kubeconfigPath), { signal: both, limitMs });
  };
  return {
    look: async (signal) => (await open(signal)).look(),
    nodes: async (signal) => (await open(signal)).nodes(),
    endpoints: async (signal) => (await open(signal)).endpoints(),
    may: async (right, signal) => (await open(signal)).may(right),
    async run(command, limits) {
      const reader = await open(limits.signal);
      const pod = await reader.saltMaster();
      const place = { namespace: 'kube-system', pod, container: 'salt-master' };
      const signal = AbortSignal.any([limits.signal, closing.signal]);
      return await exec(reader.connected, place, command, { ...limits, signal });
    },
    async close() {
      closing.abort(new Error('the connection to Kubernetes was closed'));
    },
  };
}

/** The requests of one inspection, over one connection. */
class Reader {
  readonly connected: Connection;
  readonly #limits: RunLimits;

  constructor(connected: Connection, limits: RunLimits) {
    this.connected = connected;
    this.#limits = limits;
  }

  async look(): Promise<KubeFacts> {
    const [nodes, namespace, endpoints, registries, masters, nativeRegistry] = await Promise.all([
      this.nodes(),
      this.#existing({ path: SYSTEM, schema: namespaceSchema, what: 'the namespace kube-system' }),
      this.endpoints(),
      this.#pods('repositories'),
      this.#pods('salt-master'),
      this.#hasNativeRegistry(),
    ]);
    const formerBootstraps = formerBootstrapsIn(masters, nodes);
    return {
      ...(formerBootstraps.length === 0 ? {} : { formerBootstraps }),
      nodes,
      clusterVersion: namespace.metadata.annotations['metalk8s.scality.com/cluster-version'] ?? null,
      endpoints,
      registries: registries.map(registryFacts).sort((a, b) => a.node.localeCompare(b.node, 'en')),
      saltMaster: saltMasterOf(masters, nodes),
      nativeRegistry,
    };
  }

  async endpoints() {
    const path = `${SYSTEM}/endpoints/repositories`;
    const found = await this.#get({ path, schema: endpointsSchema, what: 'the endpoints of the registries' });
    return endpointsFacts(found);
  }

  /** The name of the salt-master pod; looked up each time, because a restore moves it to another node. */
  async saltMaster(): Promise<string> {
    const [masters, nodes] = await Promise.all([this.#pods('salt-master'), this.nodes(BOOTSTRAP_ONLY)]);
    const found = saltMasterOf(masters, nodes);
    if (found !== null) return found.pod;
    const says = 'No static salt-master pod was found on the bootstrap node.';
    throw new Unreachable('salt-master', 'salt-master', says);
  }

  async nodes(query = ''): Promise<readonly NodeFacts[]> {
    const wanted = { path: `/api/v1/nodes${query}`, schema: nodeListSchema, what: 'the list of nodes' };
    const { items } = await this.#existing(wanted);
    return items.map(nodeFacts).sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  /** The static pods of an application of MetalK8s. */
  async #pods(name: string): Promise<readonly KubePod[]> {
    const selector = new URLSearchParams({ labelSelector: `app.kubernetes.io/name=${name}` });
    const path = `${SYSTEM}/pods?${selector}`;
    const { items } = await this.#existing({ path, schema: podListSchema, what: `the ${name} pods` });
    return items.filter((pod) => isStatic(name, pod));
  }

  /** Whether any version of the API group serves a kind of Scality's registry operator. */
  async #hasNativeRegistry(): Promise<boolean> {
    const what = 'the custom resources of MetalK8s';
    const group = await this.#get({ path: '/apis/metalk8s.scality.com', schema: groupSchema, what });
    const versions = group?.versions ?? [];
    const lists = await Promise.all(
      versions.map((one) => this.#get({ path: `/apis/${one.groupVersion}`, schema: kindsSchema, what })),
    );
    return lists.some((list) => (list?.resources ?? []).some((one) => NATIVE_KINDS.includes(one.kind)));
  }

  may(right: KubeRight): Promise<ReviewedRight> {
    return review(this.connected, right, this.#limits);
  }

  #get<T>(wanted: Wanted<T>): Promise<T | null> {
    return get(this.connected, wanted, this.#limits);
  }

  #existing<T>(wanted: Wanted<T>): Promise<T> {
    return getExisting(this.connected, wanted, this.#limits);
  }
}
