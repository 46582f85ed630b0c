import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../sandbox/cluster/simulated-cluster.ts';
import { shellQuote } from '../src/domain/node-commands/command.ts';
import { removeFolder } from '../test/harness/stage/own-folder.ts';
import { sh } from './peers.ts';

const SALT_MASTER = 'exec -n kube-system -c salt-master salt-master-bootstrap --';
/** The states of the documented procedure, in its order, for a cluster without solutions. */
const STATES = ['metalk8s.archives.mounted', 'metalk8s.repo.installed'];

/** What is done by hand, and where. */
export interface ByHand {
  readonly nodes: readonly string[];
  /** The path of the cluster's description, without solutions. */
  readonly description: string;
  /** The paths of its archives. */
  readonly archives: readonly string[];
  readonly pace: number;
}

/**
 * Seconds that the documented procedure takes as a shell script, on a simulated cluster of its own: for one node after
 * another `ssh` with each ISO and each state, then `kubectl` until the Endpoints list the nodes, then the engines. It
 * proves nothing. The end is checked: each node has a Ready registry, and every engine lists all of them.
 */
export async function secondsByHand({ nodes, description, archives, pace }: ByHand): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-by-hand-'));
  try {
    const cluster = await startSimulatedCluster({ folder, description, pace });
    try {
      // The restart of containerd ends `kubectl exec`. Here it does not, so that the script need not look again.
      await cluster.fault('exec-cut', ['off']);
      const from = performance.now();
      await sh(scriptFor(nodes, archives, cluster));
      const seconds = (performance.now() - from) / 1000;
      await check(nodes, cluster);
      return seconds;
    } finally {
      await cluster.close();
    }
  } finally {
    await removeFolder(folder);
  }
}

function scriptFor(nodes: readonly string[], archives: readonly string[], cluster: SimulatedCluster): string {
  const { world, kubeconfigPath } = cluster;
  const saltenv = `saltenv=metalk8s-${world.clusterVersion}`;
  const kubectl = `kubectl --kubeconfig ${shellQuote(kubeconfigPath)}`;
  const each = nodes.flatMap((name) => onNode(name, archives, saltenv, cluster));
  const listed = nodes.map((name) => {
    const ip = world.nodes.get(name)?.ip ?? '';
    return `until ${kubectl} -n kube-system get endpoints repositories | grep -q ${shellQuote(ip)}; do sleep 1; done`;
  });
  const engines = `${kubectl} ${SALT_MASTER} salt '*' state.sls metalk8s.container-engine ${saltenv} > /dev/null`;
  return ['set -eu', ...each, ...listed, engines].join('\n');
}

function onNode(
  name: string,
  archives: readonly string[],
  saltenv: string,
  { world, bootstrapRoot }: SimulatedCluster,
): readonly string[] {
  const node = world.nodes.get(name);
  if (node === undefined) throw new Error(`The cluster has no node ${name}.`);
  const key = join(bootstrapRoot, 'etc/metalk8s/pki/salt-bootstrap');
  const options =
    '-F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
  const ssh = `ssh ${options} -i ${shellQuote(key)} -p ${node.ssh.port} ${node.ssh.user}@${node.ip}`;
  const copies = archives.map((path) => {
    const there = shellQuote(`mkdir -p -- ${dirname(path)}`);
    const write = shellQuote(`dd of=${path} bs=256K status=none`);
    return `${ssh} ${there} && ${ssh} ${write} < ${shellQuote(join(bootstrapRoot, path))}`;
  });
  const states = STATES.map((state) => `${ssh} salt-call state.sls ${state} ${saltenv} > /dev/null`);
  return [...copies, ...states];
}

async function check(nodes: readonly string[], cluster: SimulatedCluster): Promise<void> {
  const report = await cluster.report();
  const lacking = nodes.filter((name) => report[name]?.registry !== 'ready');
  if (lacking.length > 0) throw new Error(`By hand, the registry of ${lacking.join(', ')} is not Ready.`);
  const wanted = nodes.length + 1;
  const engines = Object.entries(report).filter(([, { engineEndpoints }]) => engineEndpoints.length !== wanted);
  if (engines.length > 0)
    throw new Error(`By hand, the engine of ${engines.map(([name]) => name).join(', ')} is wrong.`);
}
