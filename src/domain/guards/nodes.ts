import { type Refusal, type RefusalCode, refuse } from '../answers/refusal.ts';
import type { Facts, KubeFacts, NodeFacts, OpenTarget, TargetFile } from '../cluster/facts.ts';
import { type ClosedTarget, isClosed } from '../cluster/facts.ts';
import { shellQuote } from '../node-commands/command.ts';
import type { Intent } from '../plan/intent.ts';
import type { Reach } from '../plan/reach.ts';
import { bytesInWords, listed } from '../text/format.ts';
import { nearest } from '../text/nearest.ts';
import { soundArchives } from './archives.ts';
import { bytesInPart, leftPartsInWords } from './part-files.ts';
import { together } from './together.ts';

export const BRING_BACK =
  'Find the cause with `kubectl describe node`, bring the node back, then run the command again. ' +
  'If it is lost for good, delete it with `kubectl delete node`, then run /registry-ha sync (see docs/replace-a-node.md).';

/** Engines keep the address of a registry whose node was deleted. */
export const IF_DELETED = 'If it was deleted, /registry-ha sync takes its address out of the container engines.';

/** Refuses nodes that Kubernetes does not know, or that cannot have a second registry; where engines are at stake, every node that is not Ready. */
export function nodeGuards(intent: Intent, kube: KubeFacts, reach: Reach): Refusal | null {
  const found = intent.nodes.map((name) => kube.nodes.find((candidate) => candidate.name === name) ?? name);
  const unknown = unknownNodes(
    found.filter((one) => typeof one === 'string'),
    kube,
  );
  const refusal = unknown ?? together(found.map((one) => (typeof one === 'string' ? null : unfitNode(one))));
  if (refusal !== null || reach === 'files') return refusal;
  const bootstrap = kube.nodes.find(({ roles }) => roles.includes('bootstrap'));
  // A full disk makes a node not Ready, and is a reason to delete files there.
  return notReadyRefusal(kube) ?? (bootstrap?.ip == null ? null : addressRefusal(bootstrap));
}

function unknownNodes(unknown: readonly string[], kube: KubeFacts): Refusal | null {
  if (unknown.length === 0) return null;
  const names = kube.nodes.filter((node) => !node.roles.includes('bootstrap')).map((node) => node.name);
  const hints = unknown.map((name) => {
    const meant = nearest(name, names);
    return meant === null ? `Nodes that can have a registry: ${listed(names) || 'none'}.` : `Did you mean ${meant}?`;
  });
  const says = unknown.map((name) => `There is no node ${name} in this cluster.`).join(' ');
  return refuse('unknown-node', says, [...new Set(hints), IF_DELETED].join(' '));
}

/** Refuses the bootstrap node as a target. */
export const bootstrapRefusal = (name: string): Refusal =>
  refuse('bootstrap-node', `${name} is the bootstrap node, which has the first registry.`, 'Name another node.');

function unfitNode(node: NodeFacts): Refusal | null {
  if (node.roles.includes('bootstrap')) return bootstrapRefusal(node.name);
  const unfit = addressRefusal(node);
  if (unfit !== null) return unfit;
  const { user, sudo } = node.access;
  if (user !== 'root' && !sudo) {
    return refuse(
      'no-sudo',
      `The worker logs in to ${node.name} as ${user} without sudo. Every step needs root.`,
      `Set the annotation \`metalk8s.scality.com/ssh-sudo\` of ${node.name} to \`"true"\`.`,
    );
  }
  return null;
}

/** MetalK8s writes `http://ADDRESS:8080` into the engines' configuration, where an IPv6 address needs brackets (container-engine state). */
function addressRefusal({ name, ip }: NodeFacts): Refusal | null {
  if (ip !== null && !ip.includes(':')) return null;
  const says =
    ip === null
      ? `${name} has no InternalIP that is an IP address. A registry listens on exactly that address.`
      : `The only InternalIP of ${name} is ${ip}. MetalK8s cannot name an IPv6 address to the container engines.`;
  return refuse('no-address', says, 'Check the node’s addresses in Kubernetes.');
}

function notReadyRefusal(kube: KubeFacts): Refusal | null {
  const names = kube.nodes.filter((node) => !node.ready).map((node) => node.name);
  if (names.length === 0) return null;
  const verb = names.length === 1 ? 'is' : 'are';
  return refuse(
    'node-not-ready',
    `${listed(names)} ${verb} not Ready. The container engines of all nodes are reconfigured together.`,
    BRING_BACK,
  );
}

/** Refuses nodes to which the worker can log in, but on which it cannot do the work. */
export function targetGuards(facts: Facts): Refusal | null {
  const open = facts.targets.filter((target) => !isClosed(target));
  return together(GUARDS.map((guard) => together(open.map((target) => guard(target, facts)))));
}

/** Refuses nodes that the worker cannot log in to; enough for changes that copy nothing. */
export function closedGuard({ targets }: Facts): Refusal | null {
  return together(targets.filter(isClosed).map(closedTarget), 'Fix each cause, then run the command again.');
}

function closedTarget({ fault, says }: ClosedTarget): Refusal {
  const codes: Readonly<Record<ClosedTarget['fault'], RefusalCode>> = {
    unreachable: 'ssh-refused',
    'permission-denied': 'ssh-refused',
    'key-missing': 'ssh-refused',
    'key-unsafe': 'ssh-refused',
    'host-key-changed': 'host-key-changed',
    'no-sudo': 'no-sudo',
    'unfit-shell': 'ssh-refused',
    'too-old': 'tool-missing',
  };
  return refuse(codes[fault], says, 'Fix the cause, then run the command again.');
}

function toolRefusal(target: OpenTarget): Refusal | null {
  if (target.hasIsoinfo) return null;
  return refuse(
    'tool-missing',
    `${target.node} has no \`isoinfo\`. The Salt states read archives with it.`,
    `Install \`genisoimage\` on ${target.node} (metalk8s.salt.minion.installed does), then run the command again.`,
  );
}

/** Root would follow a link that another user puts there, and mount what that user writes there. */
function folderRefusal({ node, openFolder }: OpenTarget): Refusal | null {
  if (openFolder === null) return null;
  const { path, owner, mode } = openFolder;
  const folder = shellQuote(path);
  return refuse(
    'folder-open',
    `On ${node}, the folder ${path} belongs to ${owner} and has mode ${mode}. Only root may be able to change the folders of an archive.`,
    isShared(mode)
      ? 'Move the ISO on the bootstrap node to a folder that only root can change, list its new path, then run the command again.'
      : `Run \`chown root:root ${folder} && chmod go-w ${folder}\` on ${node}, then run the command again.`,
  );
}

/** True for a sticky folder such as /tmp, which must stay open to every user. */
const isShared = (mode: string): boolean => (Number.parseInt(mode, 8) & 0o1000) !== 0;

function fileRefusal({ node, files }: OpenTarget): Refusal | null {
  return together(files.map((file) => inTheWay(node, file)));
}

function inTheWay(node: string, file: TargetFile): Refusal | null {
  if (file.is !== 'different' && file.is !== 'directory') return null;
  const what = file.is === 'directory' ? 'a folder' : `a different file (${bytesInWords(file.size)})`;
  const mounted = file.mounted ? ', and it is mounted' : '';
  return refuse(
    'file-in-the-way',
    `On ${node}, ${file.path} is ${what}${mounted}. It is never overwritten.`,
    'Move away what is there, then run the command again.',
  );
}

/** Bytes that must stay free beside the copies. */
export const SPACE_MARGIN = 256 * 1024 * 1024;

/** Bytes of the archives that are still missing at these paths of a target. */
export function bytesToCopy(target: OpenTarget, paths: readonly string[], facts: Facts): number {
  const absent = target.files
    .filter((file) => file.is === 'absent' && paths.includes(file.path))
    .map((file) => file.path);
  const missing = soundArchives(facts.bootstrap.archives).filter(({ path }) => absent.includes(path));
  return missing.reduce((sum, archive) => sum + archive.size - bytesInPart(target, archive), 0);
}

function spaceRefusal(target: OpenTarget, facts: Facts): Refusal | null {
  const left = leftPartsInWords(target, facts);
  const next = left === null ? 'Free space there, then run the command again.' : `${left} Then run the command again.`;
  const full = target.space.map(({ mountpoint, available, paths }) => {
    const bytes = bytesToCopy(target, paths, facts);
    const needed = bytes === 0 ? 0 : bytes + SPACE_MARGIN;
    if (needed <= available) return null;
    const says = `${target.node} has ${bytesInWords(available)} left on ${mountpoint}. The archives need ${bytesInWords(bytes)}, and ${bytesInWords(SPACE_MARGIN)} must stay free.`;
    return refuse('no-space', says, next);
  });
  return together(full);
}

function portRefusal(target: OpenTarget, facts: Facts): Refusal | null {
  const hasRegistry = facts.kube.registries.some(({ node }) => node === target.node);
  if (!target.portTaken || hasRegistry) return null;
  return refuse(
    'port-taken',
    `On ${target.node}, another process listens on port 8080, which the registry needs.`,
    'Find the process with `ss -ltnp`, move it to another port, then run the command again.',
  );
}

/** In the order in which an operator would check. */
const GUARDS: readonly ((target: OpenTarget, facts: Facts) => Refusal | null)[] = [
  toolRefusal,
  folderRefusal,
  fileRefusal,
  spaceRefusal,
  portRefusal,
];
