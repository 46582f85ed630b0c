import { EventEmitter, once } from 'node:events';
import { cp, mkdtemp } from 'node:fs/promises';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Faults, NodeActs, SimNode, World } from '../../../sandbox/cluster/world.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';
import { FolderActs } from './salt/folder-acts.ts';

/** Faults in memory, as in the nodes' part: all settings of one name share a list. */
class PlainFaults implements Faults {
  private readonly on = new Map<string, (readonly string[])[]>();
  set(name: string, args: readonly string[]): void {
    this.on.set(name, [...(this.on.get(name) ?? []), args]);
  }
  clear(name: string): void {
    this.on.delete(name);
  }
  get(name: string): readonly string[] | undefined {
    return this.on.get(name)?.flat();
  }
  isOn(name: string, first?: string): boolean {
    return (this.on.get(name) ?? []).some((args) => first === undefined || args.length === 0 || args[0] === first);
  }
  list(): readonly string[] {
    return [...this.on.keys()];
  }
}

/** A small cluster on temporary folders. An "ISO" is a directory named `*.iso`; mounting copies it. */
export interface StandIn {
  readonly world: World;
  readonly acts: NodeActs;
  readonly folder: string;
  node(name: string): SimNode;
  write(node: string, path: string, text: string): Promise<void>;
  read(node: string, path: string): Promise<string>;
  /** Blocks every file write of states until the returned function is called, so that a run stays in progress. */
  hold(): () => void;
  close(): Promise<void>;
}

export const OLD = '/srv/scality/releases/metalk8s-127.0.6.iso';
export const NEW = '/srv/scality/releases/metalk8s-128.0.1.iso';
const SOLUTION = '/srv/scality/releases/example-solution-0.1.0.iso';
const ISOS = [OLD, NEW, SOLUTION] as const;
/** Last bytes of addresses; files of one process share them, so they begin again when those of the first clusters are free. */
const LOOPBACKS = { first: 10, last: 250, each: 10 };
let loopback = LOOPBACKS.first;

/** Builds a cluster of the bootstrap and two nodes. The bootstrap’s registry runs; node-2 is empty. */
export async function standIn(pace = 0.002): Promise<StandIn> {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  loopback += LOOPBACKS.each;
  if (loopback + LOOPBACKS.each > LOOPBACKS.last) loopback = LOOPBACKS.first;
  const registryPort = await freePort();
  const names = ['bootstrap', 'node-1', 'node-2'];
  const nodes = new Map(
    names.map((name, at) => [name, makeNode(folder, name, `127.7.${process.pid % 250}.${loopback + at}`)]),
  );
  const bootstrap = nodes.get('bootstrap') ?? makeNode(folder, 'bootstrap', '127.0.0.1');
  const world: World = {
    name: 'stand-in',
    clusterVersion: '128.0.1',
    nodes,
    bootstrap,
    faults: new PlainFaults(),
    events: new EventEmitter(),
    pace,
    registryPort,
    customResourceKinds: [],
  };
  const acts = new FolderActs(world);
  await fill(bootstrap, acts);
  for (const node of nodes.values()) node.engine.endpoints = [`http://${bootstrap.ip}:${registryPort}`];
  return {
    world,
    acts,
    folder,
    node: (name) => nodes.get(name) ?? bootstrap,
    write: (name, path, text) => acts.writeFile(nodes.get(name) ?? bootstrap, path, text),
    read: (name, path) => acts.readFile(nodes.get(name) ?? bootstrap, path),
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      acts.held = promise;
      return resolve;
    },
    async close() {
      world.events.emit('closed');
      await acts.close();
      await removeFolder(folder);
    },
  };
}

/** Copies the ISOs to a node, as the copy step would. */
export async function copyIsos({ world, node }: StandIn, name: string, isos: readonly string[] = ISOS): Promise<void> {
  for (const iso of isos) await cp(join(world.bootstrap.root, iso), join(node(name).root, iso), { recursive: true });
}

async function freePort(): Promise<number> {
  const probe = createTcp().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function makeNode(folder: string, name: string, ip: string): SimNode {
  const roles = name === 'bootstrap' ? ['bootstrap', 'master', 'etcd', 'infra'] : ['node'];
  return {
    name,
    ip,
    roles,
    isLabelled: true,
    hasSaltMaster: name === 'bootstrap',
    version: '128.0.1',
    ready: true,
    labels: {},
    annotations: name === 'bootstrap' ? {} : { 'metalk8s.scality.com/ssh-user': 'root' },
    containerRuntime: 'containerd://1.6.35',
    machine: { id: name, uuid: name },
    root: join(folder, name),
    ssh: { port: 22, user: 'root', sudo: 'none' },
    freeBytes: new Map([['/', 1e12]]),
    mounts: [],
    registry: null,
    engine: { endpoints: [], restartedAt: '2024-11-04T08:00:00.000Z', brokenBy: null },
    minion: { up: true, running: null, synced: new Set(['128.0.1']) },
    commandLog: [],
  };
}

async function fill(bootstrap: SimNode, acts: FolderActs): Promise<void> {
  for (const [iso, version] of [
    [OLD, '127.0.6'],
    [NEW, '128.0.1'],
  ] as const) {
    await acts.writeFile(bootstrap, `${iso}/product.txt`, `NAME=MetalK8s\nVERSION=${version}\n`);
    await acts.writeFile(bootstrap, `${iso}/images/pause-3.9.tar`, 'pause');
    await acts.writeFile(bootstrap, `${iso}/images/nginx-1.27.0-alpine.tar`, 'nginx');
    await acts.writeFile(bootstrap, `${iso}/packages/redhat/8/metalk8s-epel-el8/repodata/repomd.xml`, '<repomd/>');
    await acts.writeFile(bootstrap, `${iso}/salt/metalk8s/repo/files/metalk8s-registry.inc`, `# ${version}\n`);
    await acts.mount(bootstrap, iso, `/srv/scality/metalk8s-${version}`);
  }
  const manifest = 'kind: Solution\nmetadata: {name: example-solution}\nspec: {version: 0.1.0}\n';
  await acts.writeFile(bootstrap, `${SOLUTION}/manifest.yaml`, manifest);
  await acts.writeFile(bootstrap, `${SOLUTION}/registry-config.inc.j2`, '# {{ repository }} in {{ registry_root }}\n');
  await acts.writeFile(bootstrap, `${SOLUTION}/images/base-server/0.1.0/version`, '1.1\n');
  await acts.mount(bootstrap, SOLUTION, '/srv/scality/example-solution-0.1.0');
  await acts.writeFile(bootstrap, '/etc/metalk8s/bootstrap.yaml', BOOTSTRAP_YAML);
  await acts.writeFile(bootstrap, '/etc/metalk8s/solutions.yaml', SOLUTIONS_YAML);
  const carries = ['metalk8s-127.0.6', 'metalk8s-128.0.1', 'example-solution-0.1.0'];
  await acts.startRegistry(bootstrap, { version: '128.0.1', carries });
  await acts.untilReady(bootstrap);
}

const BOOTSTRAP_YAML = `apiVersion: metalk8s.scality.com/v1alpha3
kind: BootstrapConfiguration
networks: {controlPlane: {cidr: 10.200.3.0/24}, workloadPlane: {cidr: 10.200.4.0/24}}
ca: {minion: bootstrap}
archives: [${OLD}, ${NEW}]
`;
const SOLUTIONS_YAML = `active: {example-solution: 0.1.0}
apiVersion: solutions.metalk8s.scality.com/v1alpha1
archives: [${SOLUTION}]
kind: SolutionsConfiguration
`;
