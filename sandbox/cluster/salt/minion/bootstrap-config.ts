import { load } from 'js-yaml';
import { z } from 'zod';
import type { NodeActs, World } from '../../world.ts';

const PATH = '/etc/metalk8s/bootstrap.yaml';
const KEYS = ['networks', 'ca', 'archives', 'kind', 'apiVersion'] as const;
const VERSIONS = ['metalk8s.scality.com/v1alpha2', 'metalk8s.scality.com/v1alpha3'] as const;
const Mapping = z.record(z.string(), z.unknown());

/** bootstrap.yaml as the ext_pillar `metalk8s` reads it: its archives, or the pillar errors. */
export type BootstrapConfig =
  | { readonly is: 'read'; readonly archives: readonly string[] }
  | { readonly is: 'wrong'; readonly errors: readonly string[] };

/** Reads the bootstrap's file on any node: the pillar is compiled on the master. */
export async function readBootstrapConfig(world: World, acts: NodeActs): Promise<BootstrapConfig> {
  if (world.faults.isOn('pillar-fails'))
    return wrong(`Failed to load ${PATH}: [Errno 5] Input/output error: '${PATH}'`);
  if ((await acts.exists(world.bootstrap, PATH)) !== 'file') {
    return wrong(`Failed to load ${PATH}: [Errno 2] No such file or directory: '${PATH}'`);
  }
  const parsed = parse(await acts.readFile(world.bootstrap, PATH));
  return typeof parsed === 'string' ? wrong(`Failed to load ${PATH}: ${parsed}`) : check(parsed);
}

function parse(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const mapping = Mapping.safeParse(load(text));
    return mapping.success ? mapping.data : "'str' object does not support item lookup";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function check(config: Readonly<Record<string, unknown>>): BootstrapConfig {
  const missing = KEYS.filter((key) => !(key in config)).map((key) => `Expected presence of key '${key}' in data: {…}`);
  const version = config.apiVersion;
  const oddVersion = VERSIONS.some((known) => known === version)
    ? []
    : [`Expected one of '${VERSIONS.join("', '")}' for apiVersion, got '${String(version)}'`];
  const kind = config.kind;
  const oddKind =
    kind === 'BootstrapConfiguration'
      ? []
      : [`Expected value BootstrapConfiguration for key kind, got ${String(kind)}`];
  const errors = [...missing, ...oddVersion, ...oddKind];
  if (errors.length > 0) return { is: 'wrong', errors };
  const archives = z.union([z.string().transform((one) => [one]), z.array(z.string())]).safeParse(config.archives);
  return archives.success
    ? { is: 'read', archives: archives.data }
    : wrong(`Invalid archives format in config file, list or string expected got ${typeof config.archives}.`);
}

function wrong(error: string): BootstrapConfig {
  return { is: 'wrong', errors: [error] };
}
