import { posix } from 'node:path';
import type { NodeAccess } from '../../domain/cluster/facts.ts';

const PREFIX = 'metalk8s.scality.com/';
/** Folder of the SSH keys on the bootstrap node, which the salt-master container also sees. */
const KEYS = '/etc/metalk8s/pki';

/** SSH access from annotations; defaults as in MetalK8s' salt-ssh roster (salt/_roster/kubernetes_nodes.py) unless noted. */
export function accessOf(node: string, ip: string | null, annotations: Readonly<Record<string, string>>): NodeAccess {
  const said = (name: string) => annotations[`${PREFIX}ssh-${name}`]?.trim() || undefined;
  return {
    node,
    // The roster falls back to the node's name, which may not resolve on the bootstrap node; the address always works.
    host: said('host') ?? ip ?? node,
    port: portOf(said('port')),
    user: said('user') ?? 'root',
    // The roster's default, `salt-ssh.rsa`, exists in no installation; the documentation creates this key.
    keyPath: posix.resolve(KEYS, said('key-path') ?? 'salt-bootstrap'),
    // The roster takes any text for true, even "false"; the documentation says "true".
    sudo: said('sudo') === 'true',
  };
}

/** An invalid port falls back to 22, where the SSH inspection reports the result; the roster would fail. */
function portOf(text: string | undefined): number {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 22;
  return port >= 1 && port <= 65535 ? port : 22;
}
