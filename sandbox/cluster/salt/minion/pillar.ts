import { endpointsOf } from '../../kube/objects/endpoints.ts';
import type { NodeActs, SimNode, World } from '../../world.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { type BootstrapConfig, readBootstrapConfig } from './bootstrap-config.ts';
import { availableSolutions, readSolutionsConfig, type SolutionInfo, type SolutionsConfig } from './solutions.ts';

/** The pillar of one state run, compiled on the master. */
export interface Pillar {
  readonly config: BootstrapConfig;
  readonly solutions: SolutionsConfig;
  readonly available: readonly SolutionInfo[];
  /** Registries in the Endpoints' ready list at this moment; an empty list is legal and dangerous. */
  readonly endpoints: readonly string[];
}

/** Compiles the pillar. A wrong bootstrap.yaml does not throw: the state module turns it into its answer. */
export async function compilePillar(world: World, acts: NodeActs): Promise<Pillar> {
  return {
    config: await readBootstrapConfig(world, acts),
    solutions: await readSolutionsConfig(world, acts),
    available: await availableSolutions(world, acts),
    endpoints: world.faults.isOn('kube-down')
      ? []
      : endpointsOf(world)
          .read()
          .ready.map(({ ip }) => ip),
  };
}

/** The pillar in the format that `pillar.get` traverses with colons. */
export function pillarAsJson(world: World, pillar: Pillar): JsonObject {
  const nodes = [...world.nodes.values()].map(
    (node) => [node.name, { roles: node.roles, version: node.version }] as const,
  );
  return {
    ...(pillar.config.is === 'wrong' ? { _errors: pillar.config.errors } : {}),
    metalk8s: {
      archives: pillar.config.is === 'read' ? pillar.config.archives : null,
      cluster_version: world.clusterVersion,
      nodes: Object.fromEntries(nodes),
      endpoints: { repositories: endpointsAsJson(world, pillar) },
      solutions: { config: solutionsAsJson(pillar.solutions), available: availableAsJson(pillar.available) },
    },
  };
}

function endpointsAsJson(world: World, pillar: Pillar): Json {
  return pillar.endpoints.map((ip) => ({
    ip,
    hostname: null,
    node_name: [...world.nodes.values()].find((node: SimNode) => node.ip === ip)?.name ?? null,
    ports: { http: world.registryPort },
  }));
}

function solutionsAsJson(config: SolutionsConfig): Json {
  return config.is === 'wrong' ? { _errors: config.errors } : { archives: config.archives, active: config.active };
}

function availableAsJson(available: readonly SolutionInfo[]): Json {
  return Object.fromEntries(
    available.map(({ id, name, version, archive, path }) => [id, { name, version, archive, mountpoint: path }]),
  );
}

/** Looks up a path like `metalk8s:nodes:node-2:version`; the empty string if nothing is found, as in Salt. */
export function lookUp(tree: Json, key: string): Json {
  let at: Json | undefined = tree;
  for (const part of key.split(':')) at = isObject(at) ? at[part] : undefined;
  return at ?? '';
}
