import { createHash } from 'node:crypto';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { homeOf, type NodeFiles } from '../files/node-files.ts';
import { uid } from '../kube/objects/objects.ts';
import { MANIFESTS } from '../kubelet.ts';
import { CONFIG_TOML, configToml, configTomlV3, HOSTS_TOML, hostsToml } from '../salt/states/engine-config.ts';
import type { SimNode } from '../world.ts';
import type { NodeAddress } from './addresses.ts';
import type { DescribedNode, Description } from './description.ts';

const PREFIX = 'metalk8s.scality.com';
export const SSH_KEY = '/etc/metalk8s/pki/salt-bootstrap';

/** Builds a node from its description, with an empty file system below `folder`. Each machine of the same name has its own number. */
export async function buildNode(
  { cluster }: Pick<Description, 'cluster'>,
  described: DescribedNode,
  address: NodeAddress,
  folder: string,
  machine = 1,
): Promise<SimNode> {
  const own = machine === 1 ? described.name : `${machine}-${described.name}`;
  const root = join(folder, own);
  await mkdir(root, { recursive: true });
  // Whatever this process's umask is.
  await chmod(root, 0o755);
  const version = described.version ?? cluster.version;
  const { user } = described.ssh;
  return {
    name: described.name,
    ip: address.ip,
    roles: described.roles,
    isLabelled: true,
    hasSaltMaster: described.roles.includes('bootstrap'),
    version,
    ready: described.ready,
    labels: labelsOf(described, version),
    annotations: annotationsOf(described, address),
    containerRuntime: described.containerRuntime,
    machine: machineOf(own),
    root,
    ssh: { port: address.sshPort, user, sudo: described.ssh.sudo ?? (user === 'root' ? 'none' : 'nopasswd') },
    // The initial files use no space: free space is set after they are written.
    freeBytes: new Map([['/', Number.POSITIVE_INFINITY]]),
    mounts: [],
    registry: null,
    engine: { endpoints: [], restartedAt: new Date().toISOString(), brokenBy: null },
    minion: { up: true, running: null, synced: new Set([version]) },
    commandLog: [],
  };
}

/** The directories of a freshly deployed node; root's have modes that keep other users out. */
export async function layFolders(node: SimNode, files: NodeFiles, links: DescribedNode['links']): Promise<void> {
  for (const [path, target] of Object.entries(links)) await layLink(files, path, target);
  const open = [
    '/etc/containerd',
    '/etc/kubernetes',
    '/etc/salt/minion.d',
    '/etc/yum.repos.d',
    '/home',
    '/var/lib',
    '/srv',
    '/run',
  ];
  for (const path of open) await files.makeFolders(path);
  for (const path of ['/root', MANIFESTS, '/var/lib/metalk8s', '/etc/salt/pki']) await files.makeFolders(path, 0o700);
  await files.makeFolders('/tmp', 0o1777);
  await files.makeFolders('/var/lib/metalk8s/repositories');
  await files.writeText('/etc/machine-id', `${node.machine.id}\n`, 0o444);
  await files.writeText('/sys/class/dmi/id/product_uuid', `${node.machine.uuid}\n`, 0o400);
  await files.writeText('/etc/fstab', '/dev/mapper/rl-root\t/\txfs\tdefaults\t0 0\n');
  if (node.ssh.user === 'root') return;
  await files.makeFolders(homeOf(node.ssh.user), 0o700);
}

async function layLink(files: NodeFiles, path: string, target: string): Promise<void> {
  await files.makeFolders(target);
  await files.makeFolders(dirname(path));
  await symlink(target, (await files.find('root', path, 'enter', false)).real);
}

/** containerd's configuration after the last run of metalk8s.container-engine, both loaded and on disk. */
export async function configureEngine(node: SimNode, files: NodeFiles, endpoints: readonly string[]): Promise<void> {
  node.engine.endpoints = [...endpoints];
  const saltenv = `metalk8s-${node.version}`;
  const isTwo = /^containerd:\/\/[2-9]/.test(node.containerRuntime);
  await files.writeText(CONFIG_TOML, isTwo ? configTomlV3(saltenv) : configToml(saltenv, endpoints));
  if (isTwo) await files.writeText(HOSTS_TOML, hostsToml(endpoints));
}

/** IDs of a machine: the same in each run. */
function machineOf(name: string): SimNode['machine'] {
  const id = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return { id, uuid: uid(name) };
}

function labelsOf(described: DescribedNode, version: string): Record<string, string> {
  return {
    'kubernetes.io/hostname': described.name,
    [`${PREFIX}/version`]: version,
    ...Object.fromEntries(described.roles.map((role) => [`node-role.kubernetes.io/${role}`, ''])),
    'topology.kubernetes.io/region': 'default',
    'topology.kubernetes.io/zone': 'default',
  };
}

function annotationsOf(described: DescribedNode, { ip, sshPort }: NodeAddress): Record<string, string> {
  const { ssh } = described;
  const criSocket = { 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd/containerd.sock' };
  const port = sshPort === 22 ? {} : { [`${PREFIX}/ssh-port`]: String(sshPort) };
  if (!ssh.annotations) return { ...criSocket, ...port };
  const sudo = ssh.sudoAnnotation ?? (ssh.user === 'root' ? undefined : 'true');
  return {
    [`${PREFIX}/ssh-host`]: ip,
    ...port,
    [`${PREFIX}/ssh-user`]: ssh.user,
    [`${PREFIX}/ssh-key-path`]: SSH_KEY,
    ...(sudo === undefined ? {} : { [`${PREFIX}/ssh-sudo`]: sudo }),
  };
}
