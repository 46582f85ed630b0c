import { type Refusal, refuse } from '../answers/refusal.ts';
import { type Facts, isClosed, type KubeFacts, type NodeFacts } from '../cluster/facts.ts';
import { otherMachine } from '../cluster/machine.ts';
import type { Intent } from '../plan/intent.ts';
import { listed } from '../text/format.ts';
import { together } from './together.ts';

const placeOf = ({ access: { host, port } }: NodeFacts): string => `${host}:${port}`;

/** Refuses two nodes at one SSH address: at least one of them would be another machine. */
export function sharedPlaceRefusal({ nodes }: Intent, kube: KubeFacts): Refusal | null {
  const places = Map.groupBy(kube.nodes, placeOf);
  const shared = [...places].map(([place, there]) => {
    if (there.length < 2 || there.every(({ name }) => !nodes.includes(name))) return null;
    const says = `${listed(there.map(({ name }) => name))} have the same SSH address, ${place}, so at most one of them is reached on the right machine.`;
    return refuse('wrong-machine', says, CORRECT);
  });
  return together(shared);
}

const CORRECT =
  'Correct the annotations `metalk8s.scality.com/ssh-host` and `metalk8s.scality.com/ssh-port`, then run the command again.';

/** Refuses a node whose SSH address leads to another machine than the one that Kubernetes has as this node. */
export function machineRefusal({ targets, kube }: Facts): Refusal | null {
  const wrong = targets.map((target) => {
    const node = kube.nodes.find(({ name }) => name === target.node);
    if (node === undefined || isClosed(target)) return null;
    const why = otherMachine({ ip: node.ip, ...node.machine }, target.machine);
    if (why === null) return null;
    const says = `The machine at ${placeOf(node)} is not ${node.name} as Kubernetes knows it: ${why}.`;
    return refuse('wrong-machine', says, CORRECT);
  });
  return together(wrong);
}

/** Warns of cloned machines; their addresses still tell them apart. */
export function clonedMachines({ nodes }: KubeFacts): readonly string[] {
  const clones = [...Map.groupBy(nodes, ({ machine }) => machine.id)].filter(
    ([id, own]) => id !== null && own.length > 1,
  );
  return clones.map(
    ([id, own]) =>
      `${listed(own.map(({ name }) => name))} have the same machine ID (${id}), as cloned machines do. The worker tells them apart by address.`,
  );
}
