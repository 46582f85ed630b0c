import { EventEmitter, setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { claimNetwork, type NodeAddress, REGISTRY_PORT } from './build/addresses.ts';
import { layArchives, layConfiguration } from './build/archives.ts';
import { archiveContent } from './build/content.ts';
import { type Description, readDescription } from './build/description.ts';
import { buildNode, configureEngine, layFolders } from './build/nodes.ts';
import { layRegistry } from './build/registry.ts';
import { FaultEffects } from './fault-effects.ts';
import { SimFaults } from './faults.ts';
import { NodeFiles } from './files/node-files.ts';
import { startKubernetes } from './kube/kube-api.ts';
import { Kubelet } from './kubelet.ts';
import { writeMountTables } from './mounts.ts';
import { nodeActs } from './node-acts.ts';
import { Backups } from './operate/backups.ts';
import { Machines, type MachinesOptions } from './operate/machines.ts';
import { Operations } from './operate/operations.ts';
import type { ClusterParts } from './parts.ts';
import { RegistryPods } from './registry/pod.ts';
import { type NodeReport, reportNodes } from './report.ts';
import { RestoreSwitch } from './restore-switch.ts';
import { runSaltCall } from './salt/cli/salt-call.ts';
import { SshFleet } from './ssh/fleet.ts';
import { newKeyPair } from './ssh/keys.ts';
import type { NodeReach } from './ssh/program.ts';
import type { SimNode, World } from './world.ts';

export interface SimulatedClusterOptions {
  /** Path of a YAML description; default: default.yaml. */
  readonly description?: string;
  /** An empty folder for the cluster's files; the caller removes it. */
  readonly folder: string;
  /** Multiplies every duration; 1 is real time. */
  readonly pace?: number;
  readonly execOnHost?: boolean;
}

/** A running simulated cluster. */
export interface SimulatedCluster {
  readonly world: World;
  /** The `/` of the first bootstrap node on this computer; set it as the worker's root directory. */
  readonly bootstrapRoot: string;
  readonly kubeconfigPath: string;
  /** The kubeconfig of the worker's service account, with the rights of our manifest. */
  readonly workerConfigPath: string;
  /** How long the worker's plans live by the description; undefined if not described. */
  readonly plansLiveSeconds: number | undefined;
  fault(name: string, args: readonly string[]): Promise<void>;
  clearFault(name: string): Promise<void>;
  faults(): readonly string[];
  /** What an operator does with MetalK8s' own scripts on the bootstrap node, or with machines. Throws OperationFailed. */
  operate(name: string, args: readonly string[]): Promise<void>;
  report(): Promise<Record<string, NodeReport>>;
  /** The operator applies the worker's manifest for the bootstrap node of now, and puts the kubeconfig there. */
  applyRights(): Promise<void>;
  /** Whether a drill's switch is armed on the bootstrap node. */
  isSwitchArmed(): boolean;
  /** Ends every server and every wait. */
  close(): Promise<void>;
}

const DEFAULT_PACE = 0.05;
/** The default cluster. */
export const DEFAULT_DESCRIPTION = join(import.meta.dirname, 'build/default.yaml');

/** Starts a cluster on its own loopback addresses: nodes over SSH, registries over HTTP, the Kubernetes API and Salt. */
export async function startSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const description = await readDescription(options.description ?? DEFAULT_DESCRIPTION);
  const { network, addresses } = await claimNetwork(description.nodes);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const parts = await buildParts(description, addresses, options, closing.signal);
  const pods = new RegistryPods(parts);
  const closers: (() => Promise<void>)[] = [() => pods.close()];
  const close = async (): Promise<void> => {
    closing.abort();
    parts.world.events.emit('closed');
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    await layDown(parts, pods, description, network);
    const cluster = await serve(parts, pods, { ...options, description, network }, closers, close);
    for (const one of description.nodes) parts.world.nodes.get(one.name)?.freeBytes.set('/', one.freeBytes);
    return { ...cluster, plansLiveSeconds: description.plansLiveSeconds };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function buildParts(
  description: Description,
  addresses: ReadonlyMap<string, NodeAddress>,
  { folder, pace }: SimulatedClusterOptions,
  closing: AbortSignal,
): Promise<ClusterParts> {
  const nodes = new Map<string, SimNode>();
  for (const one of description.nodes) {
    const address = addresses.get(one.name);
    if (address !== undefined) nodes.set(one.name, await buildNode(description, one, address, join(folder, 'nodes')));
  }
  const faults = new SimFaults(nodes);
  const files = new Map<SimNode, NodeFiles>();
  const withoutOpenssl = new Set(description.nodes.filter((one) => !one.openssl).map((one) => one.name));
  return {
    world: buildWorld(description, nodes, faults, pace ?? DEFAULT_PACE),
    nodes,
    faults,
    archives: description.archives.map(archiveContent),
    filesOf: (node) => {
      const known = files.get(node) ?? new NodeFiles(node);
      files.set(node, known);
      return known;
    },
    isWithoutOpenssl: (node) => withoutOpenssl.has(node.name),
    closing,
  };
}

function buildWorld(
  description: Description,
  nodes: ReadonlyMap<string, SimNode>,
  faults: SimFaults,
  pace: number,
): World {
  const bootstrap = [...nodes.values()].find((one) => one.roles.includes('bootstrap'));
  if (bootstrap === undefined) throw new Error('no bootstrap node');
  const events = new EventEmitter();
  events.setMaxListeners(0);
  return {
    name: description.cluster.name,
    clusterVersion: description.cluster.version,
    nodes,
    bootstrap,
    faults,
    events,
    pace,
    registryPort: REGISTRY_PORT,
    get customResourceKinds() {
      return faults.isOn('native-registry') ? ['Registry', 'SolutionArchive'] : description.customResourceKinds;
    },
  };
}

/** Writes the initial files of the nodes and starts the bootstrap's registry. */
async function layDown(
  parts: ClusterParts,
  pods: RegistryPods,
  description: Description,
  network: string,
): Promise<void> {
  const { world } = parts;
  const registries = [{ node: world.bootstrap.name, gap: false }, ...description.registries];
  const holders = registries.flatMap((one) => world.nodes.get(one.node) ?? []);
  const endpoints = holders.map((node) => `http://${node.ip}:${world.registryPort}`);
  for (const node of world.nodes.values()) {
    const described = description.nodes.find(({ name }) => name === node.name);
    await layFolders(node, parts.filesOf(node), described?.links ?? {});
    await configureEngine(node, parts.filesOf(node), endpoints);
    await writeMountTables(node);
  }
  await layConfiguration(parts, description, network);
  for (const node of holders) await layArchives(parts, node);
  for (const node of holders) {
    await layRegistry(
      parts,
      pods,
      node,
      registries.some((one) => one.node === node.name && one.gap),
    );
  }
}

type Served = Omit<SimulatedCluster, 'plansLiveSeconds'>;

async function serve(
  parts: ClusterParts,
  pods: RegistryPods,
  options: Omit<SimulatedClusterOptions, 'description'> & Pick<MachinesOptions, 'description' | 'network'>,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Served> {
  const { world } = parts;
  const kubelet = new Kubelet(parts, pods);
  const restoreSwitch = new RestoreSwitch(parts, kubelet);
  closers.push(async () => restoreSwitch.close());
  const acts = nodeActs(parts, pods, restoreSwitch);
  const backups = new Backups(parts);
  const operations = new Operations(parts, acts, backups);
  const underWay = new Set<Promise<void>>();
  const reach: NodeReach = {
    parts,
    acts,
    pods,
    runSaltCall: (node, argv) => runSaltCall(world, acts, node, argv),
    manifestsChanged: (node) => kubelet.notice(node),
    outlivesSession: (work) => {
      underWay.add(work);
      work.finally(() => underWay.delete(work));
    },
  };
  closers.push(async () => void (await Promise.allSettled(underWay)));
  closers.push(() => kubelet.drained());
  kubelet.watch();
  const fleet = new SshFleet(reach);
  closers.push(() => fleet.close());
  await fleet.start();
  const effects = new FaultEffects(parts, fleet.servers, () => newKeyPair('changed').private);
  closers.push(() => effects.close());
  const kube = await startKubernetes(world, acts, { folder: options.folder, execOnHost: options.execOnHost ?? false });
  closers.push(() => kube.close());
  await backups.take();
  const machines = new Machines({ ...reach, kubelet, fleet, effects, restoreSwitch, kube }, options, backups);
  return {
    world,
    bootstrapRoot: world.bootstrap.root,
    kubeconfigPath: kube.kubeconfigPath,
    workerConfigPath: kube.workerConfigPath,
    fault: (name, args) => effects.on(name, args),
    clearFault: (name) => effects.off(name),
    faults: () => parts.faults.list(),
    operate: (name, args) => (machines.knows(name) ? machines.run(name, args) : operations.run(name, args)),
    report: () => reportNodes(parts),
    applyRights: () => kube.applyRights(),
    isSwitchArmed: () => restoreSwitch.isArmed(world.bootstrap),
    close,
  };
}
