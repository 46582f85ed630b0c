import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NodeActs, SimNode, World } from '../world.ts';
import { Access } from './access/access.ts';
import { MASTERS, makeAuthority } from './access/certificates.ts';
import { kubeconfig, kubeconfigByToken } from './access/kubeconfig.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { endpointsOf } from './objects/endpoints.ts';

/** Where an operator puts the kubeconfig of the worker's service account, on the bootstrap node. */
export const WORKER_KUBECONFIG = '/etc/registry-ha/kubeconfig';

/** A running simulated Kubernetes API. */
export interface Kubernetes {
  readonly kubeconfigPath: string;
  /** The kubeconfig of the worker's service account, on the bootstrap node. */
  readonly workerConfigPath: string;
  readonly url: string;
  /** Starts a machine's API server and writes admin.conf there. A machine keeps its port. */
  listenOn(node: SimNode): Promise<void>;
  /** Ends a machine's API server. */
  leave(node: SimNode): Promise<void>;
  /** The operator applies the manifest for the bootstrap node of now, and puts the kubeconfig there. */
  applyRights(): Promise<void>;
  close(): Promise<void>;
}

export interface KubernetesOptions {
  readonly folder: string;
  readonly execOnHost?: boolean;
  /** Replaces the manifest that operators apply. */
  readonly rightsPath?: string;
}

/**
 * Starts the Kubernetes API on the bootstrap's address and writes admin.conf there. `folder` gets the CA's certificate
 * and viewer.conf, whose user has no permission. The worker's kubeconfig has the rights of our manifest. With
 * `execOnHost`, exec runs programs of this computer.
 */
export async function startKubernetes(world: World, acts: NodeActs, options: KubernetesOptions): Promise<Kubernetes> {
  endpointsOf(world);
  const { bootstrap } = world;
  const authority = await makeAuthority();
  const access = await Access.ofManifest(bootstrap.name, options.rightsPath);
  const parts = { world, acts, access, execOnHost: options.execOnHost === true };
  const servers = new Map<string, ApiServer>();
  const ports = new Map<string, number>();
  const urlOf = ({ name, ip }: SimNode) => `https://${ip}:${ports.get(name)}`;
  const listenOn = async (node: SimNode) => {
    const identity = { ...(await authority.server(node.ip)), ca: authority.cert };
    const server = await startApiServer(parts, { ip: node.ip, port: ports.get(node.name) ?? 0 }, identity);
    servers.set(node.name, server);
    ports.set(node.name, server.port);
    const admin = await authority.client('kubernetes-admin', MASTERS);
    await writeSecret(adminConfOf(node), kubeconfig(world.name, urlOf(node), authority.cert, admin));
  };
  const leave = async (node: SimNode) => {
    const server = servers.get(node.name);
    servers.delete(node.name);
    await server?.close();
  };
  const applyRights = async () => {
    const now = world.bootstrap;
    await access.apply(now.name);
    const text = kubeconfigByToken(world.name, urlOf(now), authority.cert, access.workerToken);
    await writeSecret(join(now.root, WORKER_KUBECONFIG), text);
  };
  await listenOn(bootstrap);
  await applyRights();
  await writeSecret(join(options.folder, 'kube-ca.crt'), authority.cert);
  const viewer = await authority.client('viewer', 'nobody-in-particular');
  const url = urlOf(bootstrap);
  await writeSecret(join(options.folder, 'viewer.conf'), kubeconfig(world.name, url, authority.cert, viewer));
  return {
    kubeconfigPath: adminConfOf(bootstrap),
    workerConfigPath: join(bootstrap.root, WORKER_KUBECONFIG),
    url,
    listenOn,
    leave,
    applyRights,
    close: async () => void (await Promise.all([...servers.values()].map((server) => server.close()))),
  };
}

const adminConfOf = ({ root }: SimNode): string => join(root, 'etc/kubernetes/admin.conf');

async function writeSecret(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}
