import type { ClusterNodes } from '../cluster/worker-state.ts';
import type { RegistryStatus, SeenStatus } from '../questions/status/cluster-status.ts';
import { firstFew } from '../text/format.ts';
import type { InForm } from '../verbs/verb.ts';

/** The nodes of a cluster that a form offers for a verb, and why it leaves out the others. */
export interface OfferedNodes {
  readonly nodes: readonly { readonly name: string; readonly note: string | null }[];
  /** `node-3 (no registry)`. */
  readonly leftOut: readonly string[];
}

/** What the last inspection says decides; a node of which nothing is known is offered. The plan checks again in any case. */
export function offeredNodes({ on }: InForm, { names, bootstrap }: ClusterNodes, seen: SeenStatus): OfferedNodes {
  const others = names.filter((name) => !bootstrap.includes(name));
  const first = bootstrap.length === 0 ? [] : [`${firstFew(bootstrap)} (has the first registry)`];
  if (seen.is !== 'seen') return { nodes: others.map((name) => ({ name, note: null })), leftOut: first };
  const { registries } = seen.status;
  const of = (name: string) => registries.find(({ node }) => node === name);
  const wanted = on === 'nodes-with-registry';
  const isLeftOut = (name: string) => (wanted ? of(name) === undefined : isWhole(of(name)));
  const left = others.filter(isLeftOut);
  const why = wanted ? 'no registry' : 'has a registry already';
  return {
    nodes: others.filter((name) => !isLeftOut(name)).map((name) => ({ name, note: noteOn(of(name)) })),
    leftOut: [...first, ...(left.length === 0 ? [] : [`${firstFew(left)} (${why})`])],
  };
}

const isWhole = (one: RegistryStatus | undefined): boolean =>
  one !== undefined && one.stale.length === 0 && one.unknown.length === 0;

function noteOn(one: RegistryStatus | undefined): string | null {
  if (one === undefined) return null;
  if (one.stale.length > 0) return 'Its registry is incomplete';
  return one.unknown.length > 0 ? 'Its registry could not be checked' : null;
}
