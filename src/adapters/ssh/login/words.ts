import { Unreachable } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import { fingerprintOf, hostNameOf, type KnownKey, type Place } from './known-hosts.ts';

/** `node-2 (10.0.0.3:2222)`. */
export const placeOf = ({ node, host, port }: NodeAccess): string => `${node} (${host}:${port})`;

/** The key was shown to the server and refused. */
export function loginRefused(access: NodeAccess, keyPath: string, cause: unknown): Unreachable {
  const says =
    `The bootstrap node cannot log in on ${placeOf(access)} as ${access.user} with ${keyPath}: the node rejected the key. ` +
    `Add its public key to ~${access.user}/.ssh/authorized_keys on that node.`;
  return new Unreachable(access.node, 'permission-denied', says, { cause });
}

/** No usable connection came about, or it was lost. */
export function notReached(access: NodeAccess, why: string, cause?: unknown): Unreachable {
  const says = `The bootstrap node cannot reach ${placeOf(access)} over SSH: ${why}.`;
  return new Unreachable(access.node, 'unreachable', says, { cause });
}

/** The private key is not there, cannot be read, or is no key. */
export function keyMissing(access: NodeAccess, keyPath: string, why: string, cause?: unknown): Unreachable {
  const says =
    `The SSH key ${keyPath} for ${access.user} on ${placeOf(access)} cannot be used: ${why}. ` +
    `Fix the file, or correct the annotation metalk8s.scality.com/ssh-key-path of ${access.node}.`;
  return new Unreachable(access.node, 'key-missing', says, { cause });
}

/** The node's annotations name a host that would be read as something else by ssh, or in known_hosts. */
export function hostUnfit({ node, host }: NodeAccess): Unreachable {
  const says =
    `The annotation metalk8s.scality.com/ssh-host of ${node} is neither a host name nor an address: ${JSON.stringify(host)}. ` +
    'Correct it, or remove it to use the node’s address in Kubernetes.';
  return new Unreachable(node, 'unreachable', says);
}

/** Others than its owner may read the private key. */
export function keyUnsafe(access: NodeAccess, keyPath: string, mode: string): Unreachable {
  const says =
    `The SSH key ${keyPath} for ${access.user} on ${placeOf(access)} has mode ${mode}, so other users can access it. ` +
    `Run \`chmod 0600 ${keyPath}\` on the bootstrap node.`;
  return new Unreachable(access.node, 'key-unsafe', says);
}

/** A pinned node shows another key. */
export function keyChanged(where: string, place: Place, shown: KnownKey, pinned: readonly KnownKey[], file: string) {
  const known = pinned.map((key) => `${key.algorithm} ${fingerprintOf(key.key)}`).join(', ');
  const says =
    `The SSH host key of ${where} (${place.host}:${place.port}) has changed: it is ${shown.algorithm} ${fingerprintOf(shown.key)}, ` +
    `but the pinned key is ${known}. Either the node was reinstalled, or another server answers at its address. ` +
    `If the node was reinstalled, remove the old key with \`ssh-keygen -R '${hostNameOf(place)}' -f ${file}\`.`;
  return new Unreachable(where, 'host-key-changed', says);
}

/** The shown key stands in known_hosts as `@revoked`. */
export function keyRevoked(where: string, place: Place, shown: KnownKey, file: string): Unreachable {
  const says =
    `${where} (${place.host}:${place.port}) shows an SSH host key that is revoked in ${file} ` +
    `(${shown.algorithm} ${fingerprintOf(shown.key)}). Give the node a new host key.`;
  return new Unreachable(where, 'host-key-changed', says);
}

/** Nobody has pinned a key for this node, and the run does not trust the shown one. */
export function keyUnknown(access: NodeAccess, shown: KnownKey): Unreachable {
  const says =
    `The SSH host key of ${placeOf(access)} (${shown.algorithm} ${fingerprintOf(shown.key)}) is not pinned. ` +
    'Ask for the change again: its plan shows the key, and approving the plan pins it.';
  return new Unreachable(access.node, 'host-key-changed', says);
}
