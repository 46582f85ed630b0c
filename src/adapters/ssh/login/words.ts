import { Unreachable } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import { listed } from '../../../domain/text/format.ts';
import { fingerprintOf, hostNameOf, type KnownKey, type Place } from './known-hosts.ts';

/** `node-2 (10.0.0.3:2222)`. */
export const placeOf = ({ node, host, port }: NodeAccess): string => `${node} (${host}:${port})`;

/** What a server wants besides the key, or instead of one. */
interface Wants {
  readonly besides: boolean;
  readonly methods: readonly string[];
}

/** The server refused the login. Only if it accepts keys, and refused this one, is authorized_keys to blame. */
export function loginRefused(access: NodeAccess, keyPath: string, wants: Wants | null, cause: unknown): Unreachable {
  const lead = `The bootstrap node cannot log in on ${placeOf(access)} as ${access.user} with ${keyPath}`;
  const methods = wants === null ? '' : listed(wants.methods.filter((one) => /^[\w@.-]+$/.test(one)));
  const says =
    wants === null
      ? `${lead}: the node rejected the key. Add its public key to ~${access.user}/.ssh/authorized_keys on that node.`
      : wants.besides
        ? `${lead}: the node accepted the key, and also wants ${methods}. Set \`AuthenticationMethods publickey\` for ${access.user} in sshd_config on that node.`
        : `${lead}: the node takes no keys, only ${methods}. Set \`PubkeyAuthentication yes\` in sshd_config on that node.`;
  return new Unreachable(access.node, 'permission-denied', says, { cause });
}

/** The connection failed or was lost. */
export function notReached(access: NodeAccess, why: string, cause?: unknown): Unreachable {
  const says = `The bootstrap node cannot reach ${placeOf(access)} over SSH: ${why}.`;
  return new Unreachable(access.node, 'unreachable', says, { cause });
}

/** The private key is missing, unreadable or invalid. */
export function keyMissing(access: NodeAccess, keyPath: string, why: string, cause?: unknown): Unreachable {
  const says =
    `The SSH key ${keyPath} for ${access.user} on ${placeOf(access)} cannot be used: ${why}. ` +
    `Fix the file, or correct the annotation metalk8s.scality.com/ssh-key-path of ${access.node}.`;
  return new Unreachable(access.node, 'key-missing', says, { cause });
}

/** The annotation's host would have another meaning for ssh or in known_hosts. */
export function hostUnfit({ node, host }: NodeAccess): Unreachable {
  const says =
    `The annotation metalk8s.scality.com/ssh-host of ${node} is neither a host name nor an address: ${JSON.stringify(host)}. ` +
    'Correct it, or remove it to use the node’s address in Kubernetes.';
  return new Unreachable(node, 'unreachable', says);
}

/** Users other than the owner can access the private key. */
export function keyUnsafe(access: NodeAccess, keyPath: string, mode: string): Unreachable {
  const says =
    `The SSH key ${keyPath} for ${access.user} on ${placeOf(access)} has mode ${mode}, so other users can access it. ` +
    `Run \`chmod 0600 ${keyPath}\` on the bootstrap node.`;
  return new Unreachable(access.node, 'key-unsafe', says);
}

/** The node's host key is not the pinned key. */
export function keyChanged(where: string, place: Place, shown: KnownKey, pinned: readonly KnownKey[], file: string) {
  const known = pinned.map((key) => `${key.algorithm} ${fingerprintOf(key.key)}`).join(', ');
  const says =
    `The SSH host key of ${where} (${place.host}:${place.port}) has changed: it is ${shown.algorithm} ${fingerprintOf(shown.key)}, ` +
    `but the pinned key is ${known}. Either the node was reinstalled, or another server answers at its address. ` +
    `If the node was reinstalled, remove the old key with \`ssh-keygen -R '${hostNameOf(place)}' -f ${file}\`.`;
  return new Unreachable(where, 'host-key-changed', says);
}

/** The host key is `@revoked` in known_hosts. */
export function keyRevoked(where: string, place: Place, shown: KnownKey, file: string): Unreachable {
  const says =
    `${where} (${place.host}:${place.port}) shows an SSH host key that is revoked in ${file} ` +
    `(${shown.algorithm} ${fingerprintOf(shown.key)}). Give the node a new host key.`;
  return new Unreachable(where, 'host-key-changed', says);
}

/** The node has no pinned key, and the run does not trust the shown key. */
export function keyUnknown(access: NodeAccess, shown: KnownKey): Unreachable {
  const says =
    `The SSH host key of ${placeOf(access)} (${shown.algorithm} ${fingerprintOf(shown.key)}) is not pinned. ` +
    'Request the change again: its plan shows the key, and approving the plan pins it.';
  return new Unreachable(access.node, 'host-key-changed', says);
}
