import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { CLUSTER_NAME } from '../domain/cluster/cluster-name.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { atLeast } from '../domain/text/length.ts';
import { slackId } from './policy-file.ts';
import { Mistakes, parsedAs, readYaml, WrongConfig } from './read-config.ts';

export const absolute = z.string().startsWith('/', 'write an absolute path');

/** A cluster of the bot, in its list or in a file of its own. */
export const ClusterEntry = z.strictObject({
  name: z.string().regex(CLUSTER_NAME, 'use lower-case letters, digits and hyphens, at most 42 characters'),
  channels: z.array(slackId('CG', 'a channel ID')).default([]),
  policy: z.never('permissions are in the policy file: see policyFile and examples/policy.yaml').optional(),
  /** Public keys of this cluster's worker, or folders of keys; default `/etc/registry-ha/workers/<name>`. */
  workerKeys: z
    .array(absolute)
    .check(atLeast(1, 'name at least one key; without keys no card can be verified'))
    .optional(),
});

export type BotCluster = z.infer<typeof ClusterEntry>;

/** Paths of a cluster's worker keys. */
export const workerKeysOf = ({ name, workerKeys }: BotCluster): readonly string[] =>
  workerKeys ?? [`/etc/registry-ha/workers/${name}`];

/** Where bot.yaml has its clusters. */
export interface ClusterPlaces {
  readonly clusters: readonly BotCluster[];
  readonly clustersDir?: string | undefined;
}

/** A cluster, and the place that people know it by. */
interface Placed {
  readonly cluster: BotCluster;
  readonly file: string;
  readonly place: string;
}

/** The clusters of bot.yaml at `path` and of its folder of clusters. Throws WrongConfig with the mistakes of every file. */
export function clustersOf({ clusters, clustersDir }: ClusterPlaces, path: string): readonly BotCluster[] {
  const listed = clusters.map((cluster, at) => ({ cluster, file: path, place: `clusters.${at} of ${path}` }));
  const mistakes = new Mistakes();
  const folder = clustersDir === undefined ? null : resolve(dirname(path), clustersDir);
  const paths = mistakes.of(() => (folder === null ? [] : clusterFiles(folder))) ?? [];
  const inFiles = paths.flatMap((file) => {
    const cluster = mistakes.of(() => parsedAs(ClusterEntry, readYaml(file, 'examples/clusters.d/'), file));
    return cluster === undefined ? [] : [{ cluster, file, place: file }];
  });
  const all = [...listed, ...inFiles.toSorted(byName)];
  for (const twice of namedTwice(all)) mistakes.of(() => refuse(twice));
  if (all.length === 0 && mistakes.all() === null)
    throw new WrongConfig(path, [`clustersDir: no *.yaml file is in ${folder}. Write one for each cluster there.`]);
  const wrong = mistakes.all();
  if (wrong !== null) throw wrong;
  return all.map(({ cluster }) => cluster);
}

/** The files of a folder of clusters, sorted. Throws WrongConfig. */
export function clusterFiles(folder: string): readonly string[] {
  const names = namesIn(folder).filter((name) => !name.startsWith('.'));
  const otherwise = names.filter((name) => name.endsWith('.yml'));
  if (otherwise.length > 0)
    throw new WrongConfig(
      folder,
      otherwise.map((name) => `${name}: only *.yaml files are read. Rename it to ${name.slice(0, -3)}yaml.`),
    );
  return names
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'no such folder' : `cannot be read (${codeOf(error)})`;
    throw new WrongConfig(folder, [`${why}. Create it, or correct clustersDir in bot.yaml.`]);
  }
}

const byName = (one: Placed, other: Placed): number => (one.cluster.name < other.cluster.name ? -1 : 1);

/** Clusters that an earlier place has, too. */
function namedTwice(all: readonly Placed[]): readonly { readonly one: Placed; readonly first: Placed }[] {
  const seen = new Map<string, Placed>();
  return all.flatMap((one) => {
    const first = seen.get(one.cluster.name);
    seen.set(one.cluster.name, first ?? one);
    return first === undefined ? [] : [{ one, first }];
  });
}

function refuse({ one, first }: { readonly one: Placed; readonly first: Placed }): never {
  const { name } = one.cluster;
  const here = one.file === first.file ? `${one.place}: ${name}` : `name: ${name}`;
  throw new WrongConfig(one.file, [`${here} is the name of another cluster, too: ${first.place}. Remove one of them.`]);
}
