import { posix } from 'node:path';
import type { NodeAccess } from '../../domain/cluster/facts.ts';

const PREFIX = 'metalk8s.scality.com/';
/** Keys have to lie here on the bootstrap node, where the salt-master container finds them too. */
const KEYS = '/etc/metalk8s/pki';

/**
 * How a node is reached: its annotations, with the defaults of MetalK8s' salt-ssh roster (salt/_roster/kubernetes_nodes.py)
 * except where noted.
 */
export function accessOf(node: string, ip: string | null, annotations: Readonly<Record<string, string>>): NodeAccess {
  const said = (name: string) => annotations[`${PREFIX}ssh-${name}`]?.trim() || undefined;
  return {
    node,
    // The roster falls back to the node's name, which need not resolve on the bootstrap node; its address always leads there.
    host: said('host') ?? ip ?? node,
    port: portOf(said('port')),
    user: said('user') ?? 'root',
    // The roster's own default, `salt-ssh.rsa`, is a file that no installation has; this one is what the documentation creates.
    keyPath: posix.resolve(KEYS, said('key-path') ?? 'salt-bootstrap'),
    // The roster takes any text for yes, "false" too; the documentation means "true".
    sudo: said('sudo') === 'true',
  };
}

/** What is no port counts as not said: the roster would fail on it, the SSH look tells what answers at 22. */
function portOf(text: string | undefined): number {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 22;
  return port >= 1 && port <= 65535 ? port : 22;
}
