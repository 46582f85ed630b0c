import { z } from 'zod';
import { forEachVerb } from '../domain/plan/intent.ts';
import type { ClusterText, PolicyText } from './policy-file.ts';

/** A cluster's rules with what it takes from its group and from the defaults, and the place that messages name. */
export interface Layered {
  readonly text: ClusterText;
  readonly place: string;
}

/** The rules of each cluster: the defaults, then its group, then its own entry. What is named in none of them has the defaults alone. */
export function layersOf({ defaults = {}, clusterGroups = {}, clusters = {} }: PolicyText) {
  const named = new Map<string, Layered>();
  const unclear = new Set<string>();
  const lay = (name: string, text: ClusterText, place: string) => {
    const below = named.get(name)?.text ?? defaults;
    for (const says of unclearIn(below, text, place)) unclear.add(says);
    named.set(name, { text: over(below, text), place });
  };
  for (const [group, { clusters: names, ...text }] of Object.entries(clusterGroups))
    for (const name of names) lay(name, text, `clusterGroups.${group}`);
  for (const [name, text] of Object.entries(clusters)) lay(name, text, `clusters.${name}`);
  const others: Layered | null = defaults.approvers === undefined ? null : { text: defaults, place: 'defaults' };
  return { named, others, unclear: [...unclear] };
}

/** Keys of an entry that the layers below have for a single verb: it would be unclear which of both counts for that verb. */
function unclearIn(below: ClusterText, above: ClusterText, place: string): readonly string[] {
  const own = new Map(Object.entries(above.verbs ?? {}).map(([verb, rules]) => [verb, Object.keys(rules)]));
  return Object.entries(below.verbs ?? {}).flatMap(([verb, rules]) =>
    Object.keys(rules)
      .filter((key) => key in above && !own.get(verb)?.includes(key))
      .map(
        (key) =>
          `${place}.${key}: the defaults, or its group, have ${key} for ${verb}. Write ${place}.verbs.${verb}.${key}, too, to say which counts.`,
      ),
  );
}

/** Each key replaces the one below. Freezes add up, because nobody lifts a freeze of all clusters by one of a single cluster. */
function over(below: ClusterText, above: ClusterText): ClusterText {
  const [lower, upper] = [below.verbs ?? {}, above.verbs ?? {}];
  const verbs = {
    ...forEachVerb((verb) => ({ ...lower[verb], ...upper[verb] })),
    freeze: { ...lower.freeze, ...upper.freeze },
    lock: { ...lower.lock, ...upper.lock },
  };
  return { ...below, ...above, verbs, freezes: [...(below.freezes ?? []), ...(above.freezes ?? [])] };
}

const Entry = z.looseObject({ approvers: z.unknown().optional() });
const Group = z.looseObject({ approvers: z.unknown().optional(), clusters: z.array(z.string()) });
const Outline = z.object({
  defaults: Entry.optional(),
  clusterGroups: z.record(z.string(), Group).default({}),
  clusters: z.record(z.string(), Entry).default({}),
});

/** Mistakes that are between the parts of a policy file, also in a file that has others: all are listed at once. */
export function mistakesBetween(raw: unknown): readonly string[] {
  const { data: outline } = Outline.safeParse(raw);
  if (outline === undefined) return [];
  const { defaults, clusterGroups, clusters } = outline;
  const has = (entry: z.infer<typeof Entry> | undefined): boolean => entry?.approvers !== undefined;
  const groups = Object.entries(clusterGroups).flatMap(([group, entry]) =>
    entry.clusters.map((name) => ({ name, place: `clusterGroups.${group}`, entry })),
  );
  const twice = groups.flatMap(({ name, place }, at) => {
    const first = groups.slice(0, at).find((one) => one.name === name);
    return first === undefined ? [] : [`${place}.clusters: ${name} is in ${first.place}, too. Remove one of them.`];
  });
  const nobody = [
    ...groups.filter(({ name, entry }) => !has(entry) && clusters[name] === undefined),
    ...Object.entries(clusters)
      .filter(([name, entry]) => !has(entry) && !has(groups.find((one) => one.name === name)?.entry))
      .map(([name]) => ({ place: `clusters.${name}` })),
  ].map(({ place }) => `${place}.approvers: ${WHO}`);
  const named = Object.keys(clusterGroups).length + Object.keys(clusters).length;
  return [
    ...(named === 0 && !has(defaults)
      ? ['clusters: name at least one cluster, or write defaults with approvers.']
      : []),
    ...twice,
    ...(has(defaults) ? [] : new Set(nobody)),
  ];
}

const WHO = 'name people who may approve, here or in defaults: { users: [U…], groups: [S…] }.';
