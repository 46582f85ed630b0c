import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { DescribedNode } from './description.ts';

/** The addresses of a node's servers. */
export interface NodeAddress {
  readonly ip: string;
  readonly sshPort: number;
}

/** The port of MetalK8s' registries on every node. */
export const REGISTRY_PORT = 8080;
/** SSH ports to try if the wanted one cannot be bound; 0 is any free port. */
const OTHER_SSH_PORTS = [2222, 10022, 0];
const ATTEMPTS = 50;

/** Reserves a loopback network for one sandbox: `127.X.Y`, free on every port that it needs. */
export async function claimNetwork(nodes: readonly DescribedNode[]): Promise<{
  readonly network: string;
  readonly addresses: ReadonlyMap<string, NodeAddress>;
}> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Other programs listen in 127.0.0.0/16.
    const network = `127.${randomInt(1, 255)}.${randomInt(0, 255)}`;
    const addresses = await addressesIn(network, nodes);
    if (addresses !== null) return { network, addresses };
  }
  throw new Error('No free loopback network. The sandbox must be able to bind addresses in 127.0.0.0/8, as on Linux.');
}

async function addressesIn(
  network: string,
  nodes: readonly DescribedNode[],
): Promise<ReadonlyMap<string, NodeAddress> | null> {
  const addresses = new Map<string, NodeAddress>();
  for (const node of nodes) {
    const ip = `${network}.${node.ip}`;
    if ((await bindable(ip, REGISTRY_PORT)) === null) return null;
    const sshPort = await firstBindable(ip, [node.ssh.port, ...OTHER_SSH_PORTS]);
    if (sshPort === null) return null;
    addresses.set(node.name, { ip, sshPort });
  }
  return addresses;
}

/** An address in the network of the others, for a node that joins; null if no port is free there. */
export async function addressOf(network: string, node: DescribedNode): Promise<NodeAddress | null> {
  return (await addressesIn(network, [node]))?.get(node.name) ?? null;
}

async function firstBindable(ip: string, ports: readonly number[]): Promise<number | null> {
  for (const port of ports) {
    const bound = await bindable(ip, port);
    if (bound !== null) return bound;
  }
  return null;
}

async function bindable(ip: string, port: number): Promise<number | null> {
  const server = createServer();
  server.listen(port, ip);
  try {
    await once(server, 'listening');
  } catch {
    // In use or forbidden: the caller tries another port.
    return null;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : null;
}
