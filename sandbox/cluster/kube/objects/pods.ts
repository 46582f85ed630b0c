import type { JsonObject } from '../../salt/json.ts';
import { namesIn } from '../../salt/node-tree.ts';
import type { SimNode, SimRegistry, World } from '../../world.ts';
import { registryIsReady } from './endpoints.ts';
import { uid } from './objects.ts';

/** A pod of kube-system with the facts that exec needs. */
export interface SimPod {
  readonly name: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether each container runs, by name. */
  readonly containers: Readonly<Record<string, boolean>>;
  readonly object: JsonObject;
}

/** Every simulated pod of kube-system: the registries' and the salt masters'. A former bootstrap node still has its own master. */
export async function podsOf(world: World): Promise<readonly SimPod[]> {
  const registries: SimPod[] = [];
  for (const node of world.nodes.values()) {
    if (node.registry !== null) registries.push(await registryPod(world, node, node.registry));
  }
  const masters = [...world.nodes.values()].filter((node) => node.hasSaltMaster);
  return [...registries, ...masters.map((node) => saltMasterPod(world, node))];
}

async function registryPod(world: World, node: SimNode, registry: SimRegistry): Promise<SimPod> {
  const isReady = registryIsReady(world, node);
  const image = `metalk8s-registry-from-config.invalid/metalk8s-${registry.version}/nginx:${await nginxTag(world, registry)}`;
  return makePod({
    name: 'repositories',
    node,
    labels: {
      app: 'repositories',
      'app.kubernetes.io/name': 'repositories',
      'app.kubernetes.io/version': '1.0.0',
      'metalk8s.scality.com/version': registry.version,
    },
    digest: registry.configDigest,
    startedAt: registry.startedAt,
    isReady,
    containers: [{ name: 'repositories', image, ports: [port(world.registryPort)] }],
    volumes: [
      volume('nginx-configuration', '/var/lib/metalk8s/repositories/conf.d'),
      ...registry.carries.flatMap(volumesOf),
    ],
  });
}

function saltMasterPod(world: World, node: SimNode): SimPod {
  const { faults } = world;
  const image = `metalk8s-registry-from-config.invalid/metalk8s-${world.clusterVersion}/salt-master:3002.9-1`;
  return makePod({
    name: 'salt-master',
    node,
    labels: {
      app: 'salt-master',
      'app.kubernetes.io/name': 'salt-master',
      'app.kubernetes.io/component': 'salt',
      'metalk8s.scality.com/version': world.clusterVersion,
    },
    digest: '0f3c1f6f6c1d2e3a5b1f0c6e0a5d4b0f',
    startedAt: '2024-11-04T08:00:00Z',
    isReady: !faults.isOn('salt-master-not-ready') && !faults.isOn('salt-master-down'),
    containers: [
      { name: 'salt-master', image },
      { name: 'salt-api', image },
    ],
    volumes: [],
  });
}

interface PodSpec {
  readonly name: string;
  readonly node: SimNode;
  readonly labels: Readonly<Record<string, string>>;
  readonly digest: string;
  readonly startedAt: string;
  readonly isReady: boolean;
  readonly containers: readonly (JsonObject & { readonly name: string })[];
  readonly volumes: readonly JsonObject[];
}

function makePod(spec: PodSpec): SimPod {
  const name = `${spec.name}-${spec.node.name}`;
  const shared = {
    'app.kubernetes.io/part-of': 'metalk8s',
    'app.kubernetes.io/managed-by': 'salt',
    heritage: 'metalk8s',
  };
  const labels = { ...spec.labels, ...shared };
  const annotations = {
    'metalk8s.scality.com/config-digest': spec.digest,
    'kubernetes.io/config.source': 'file',
    'kubernetes.io/config.mirror': spec.digest,
  };
  const { isReady } = spec;
  const isUp = isReady || spec.name === 'salt-master';
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'kube-system',
      uid: uid(name),
      creationTimestamp: spec.startedAt,
      labels,
      annotations,
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Node', name: spec.node.name, uid: uid(spec.node.name), controller: true },
      ],
    },
    spec: {
      nodeName: spec.node.name,
      hostNetwork: true,
      priorityClassName: 'system-cluster-critical',
      containers: spec.containers,
      volumes: spec.volumes,
    },
    status: {
      phase: isUp ? 'Running' : 'Pending',
      hostIP: spec.node.ip,
      podIP: spec.node.ip,
      startTime: spec.startedAt,
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: spec.containers.map((one) => containerStatus(one.name, isReady, isUp, spec.startedAt)),
    },
  };
  const containers = Object.fromEntries(spec.containers.map((one) => [one.name, isUp]));
  return { name, node: spec.node.name, labels, containers, object };
}

function containerStatus(name: string, ready: boolean, isUp: boolean, startedAt: string): JsonObject {
  const state = isUp ? { running: { startedAt } } : { waiting: { reason: 'ContainerCreating' } };
  return { name, ready, started: isUp, restartCount: 0, image: '', imageID: '', state };
}

/** The volumes show which archives a registry serves; a solution has no packages. */
function volumesOf(id: string): readonly JsonObject[] {
  const dashed = id.replaceAll('.', '-');
  const images = volume(`registry-${dashed}`, `/srv/scality/${id}/images/`);
  return id.startsWith('metalk8s-')
    ? [volume(`repositories-${dashed}`, `/srv/scality/${id}/packages`), images]
    : [images];
}

function volume(name: string, path: string): JsonObject {
  return { name, hostPath: { path, type: 'Directory' } };
}

function port(number: number): JsonObject {
  return { name: 'http', containerPort: number, hostPort: number, protocol: 'TCP' };
}

async function nginxTag(world: World, { version }: SimRegistry): Promise<string> {
  const files = await namesIn(world.bootstrap, `/srv/scality/metalk8s-${version}/images`);
  const tar = files.find((file) => file.startsWith('nginx-') && file.endsWith('.tar'));
  return tar?.slice('nginx-'.length, -'.tar'.length) ?? 'unknown';
}
