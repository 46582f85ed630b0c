import { SSH_KEY } from '../build/nodes.ts';
import type { SimNode } from '../world.ts';
import { newKeyPair } from './keys.ts';
import type { NodeReach } from './program.ts';
import { SshServer } from './server.ts';

/** The SSH servers of all nodes. The key for all of them is on the bootstrap node, readable by root only. */
export class SshFleet {
  private readonly reach: NodeReach;
  private readonly key = newKeyPair('salt-bootstrap');
  /** By node; of a node that left, none. */
  readonly servers = new Map<string, SshServer>();

  constructor(reach: NodeReach) {
    this.reach = reach;
  }

  async start(): Promise<void> {
    const { world, filesOf } = this.reach.parts;
    const files = filesOf(world.bootstrap);
    await files.makeFolders('/etc/metalk8s/pki', 0o700);
    await files.writeText(SSH_KEY, this.key.private, 0o600);
    await files.writeText(`${SSH_KEY}.pub`, `${this.key.public}\n`);
    for (const node of world.nodes.values()) await this.join(node);
  }

  /** A new machine has a new host key. */
  async join(node: SimNode): Promise<void> {
    const server = new SshServer(this.reach, node, this.key.parsed);
    await server.listen(newKeyPair(node.name).private);
    this.servers.set(node.name, server);
  }

  async leave(node: string): Promise<void> {
    const server = this.servers.get(node);
    this.servers.delete(node);
    await server?.stop();
    await server?.drained();
  }

  async close(): Promise<void> {
    for (const name of [...this.servers.keys()].reverse()) await this.leave(name);
  }
}
