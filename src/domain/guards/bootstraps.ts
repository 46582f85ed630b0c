import { type Refusal, refuse } from '../answers/refusal.ts';
import type { BootstrapFacts, Facts, KubeFacts } from '../cluster/facts.ts';
import { otherIds } from '../cluster/machine.ts';
import { listed } from '../text/format.ts';

/** Refuses several bootstrap nodes: the registry and the Salt master of another one would be taken for the real ones. */
export function bootstrapRolesRefusal({ nodes, formerBootstraps = [] }: KubeFacts): Refusal | null {
  if (formerBootstraps.length > 0) return formerRefusal(formerBootstraps);
  const names = nodes.filter(({ roles }) => roles.includes('bootstrap')).map(({ name }) => name);
  if (names.length < 2) return null;
  return refuse(
    'two-bootstraps',
    `${listed(names)} have the role bootstrap, so it is unclear which registry the engines must keep.`,
    'Remove the label `node-role.kubernetes.io/bootstrap` from every node but the bootstrap node, then run the command again.',
  );
}

/** Its registry and its Salt master came back with it, and Kubernetes lists its registry again. */
function formerRefusal(names: readonly string[]): Refusal {
  const says = `${listed(names)} ${names.length === 1 ? 'was' : 'were'} the bootstrap node before a restore, and ${names.length === 1 ? 'runs' : 'run'} again with a Salt master and a registry of its own.`;
  const deletes = names.map((name) => `\`kubectl delete node ${name}\``);
  return refuse(
    'two-bootstraps',
    says,
    `Switch that machine off, run ${listed(deletes)}, then run the command again (see docs/lost-bootstrap.md).`,
  );
}

/** Refuses a worker on another machine than the bootstrap node: it would compare every registry with the wrong archives. */
export function placeRefusal({ kube, bootstrap }: Pick<Facts, 'kube' | 'bootstrap'>): Refusal | null {
  const elsewhere = misplaced(kube, bootstrap);
  if (elsewhere === null) return null;
  return refuse(
    'wrong-machine',
    elsewhere.says,
    `Stop this worker with \`systemctl disable --now registry-ha-worker\`, and run the one on ${elsewhere.bootstrap} (see docs/lost-bootstrap.md).`,
  );
}

/** The bootstrap node, and where the worker is instead; null when the worker is not known to be elsewhere. */
export function misplaced(
  { nodes }: Pick<KubeFacts, 'nodes'>,
  { machine }: Pick<BootstrapFacts, 'machine'>,
): { readonly bootstrap: string; readonly says: string } | null {
  const [bootstrap, ...others] = nodes.filter(({ roles }) => roles.includes('bootstrap'));
  if (machine === undefined || bootstrap === undefined || others.length > 0) return null;
  const why = otherIds(bootstrap.machine, machine);
  if (why === null) return null;
  const here = nodes.find((node) => node !== bootstrap && node.machine.id !== null && node.machine.id === machine.id);
  const on = here === undefined ? 'is' : `runs on ${here.name},`;
  return {
    bootstrap: bootstrap.name,
    says: `This worker ${on} not on ${bootstrap.name}, the bootstrap node: ${why}.`,
  };
}
