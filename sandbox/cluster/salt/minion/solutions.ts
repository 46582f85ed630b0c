import { load } from 'js-yaml';
import { z } from 'zod';
import type { NodeActs, SimNode, World } from '../../world.ts';

const PATH = '/etc/metalk8s/solutions.yaml';
const SUPPORTED = 'solutions.metalk8s.scality.com/v1alpha1';
const Config = z.object({
  apiVersion: z.unknown(),
  kind: z.unknown(),
  archives: z.array(z.string()).nullish(),
  active: z.record(z.string(), z.unknown()).nullish(),
});
const Manifest = z.object({
  kind: z.literal('Solution'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ version: z.union([z.string(), z.number()]).transform(String) }),
});

/** solutions.yaml in the pillar: read on the salt master, so from the bootstrap. */
export type SolutionsConfig =
  | { readonly is: 'read'; readonly archives: readonly string[]; readonly active: Readonly<Record<string, string>> }
  | { readonly is: 'wrong'; readonly errors: readonly string[] };

/** A solution archive: `id` is its saltenv-like name and the name of its mount below /srv/scality. */
export interface SolutionInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly archive: string;
  readonly path: string;
}

/** Reads solutions.yaml as the pillar does; only the long form of its apiVersion is accepted. */
export async function readSolutionsConfig(world: World, acts: NodeActs): Promise<SolutionsConfig> {
  if ((await acts.exists(world.bootstrap, PATH)) !== 'file') return wrong(`Failed to load "${PATH}"`);
  const parsed = parse(await acts.readFile(world.bootstrap, PATH));
  if (parsed === null) return wrong(`Failed to load "${PATH}"`);
  if (parsed.apiVersion !== SUPPORTED) {
    return wrong(
      `Invalid \`apiVersion\` in configuration (${String(parsed.apiVersion)}), must be one of: ${SUPPORTED}`,
    );
  }
  if (parsed.kind !== 'SolutionsConfiguration')
    return wrong('Invalid `kind` in configuration, must be SolutionsConfiguration');
  const active = Object.entries(parsed.active ?? {}).map(([name, version]) => [name, String(version)] as const);
  return { is: 'read', archives: parsed.archives ?? [], active: Object.fromEntries(active) };
}

function parse(text: string): z.infer<typeof Config> | null {
  try {
    return Config.safeParse(load(text)).data ?? null;
  } catch {
    // The pillar's error for invalid YAML names only the file.
    return null;
  }
}

function wrong(error: string): SolutionsConfig {
  return { is: 'wrong', errors: [`Error when reading Solutions config file: ${error}`] };
}

/** Reads a solution's manifest from its ISO on a node; throws with the module's text. */
export async function solutionOf(acts: NodeActs, node: SimNode, archive: string): Promise<SolutionInfo> {
  const text = await acts.readFromIso(node, archive, 'MANIFEST.YAML').catch((error: unknown) => {
    throw new Error(`Failed to run isoinfo: ${error instanceof Error ? error.message : String(error)}`);
  });
  const manifest = text === '' ? null : Manifest.safeParse(load(text));
  if (manifest === null || !manifest.success) {
    throw new Error(`Solution ISO at '${archive}' must contain a 'manifest.yaml' file`);
  }
  const { name } = manifest.data.metadata;
  const { version } = manifest.data.spec;
  const id = `${name}-${version}`;
  return { id, name, version, archive, path: `/srv/scality/${id}` };
}

/** The pillar's `available` solutions: those mounted on the bootstrap, whether or not solutions.yaml lists them. */
export async function availableSolutions(world: World, acts: NodeActs): Promise<readonly SolutionInfo[]> {
  const found: SolutionInfo[] = [];
  for (const mount of world.bootstrap.mounts) {
    const manifest = `${mount.target}/manifest.yaml`;
    if ((await acts.exists(world.bootstrap, manifest)) !== 'file') continue;
    const parsed = Manifest.safeParse(load(await acts.readFile(world.bootstrap, manifest)));
    if (!parsed.success) continue;
    const { name } = parsed.data.metadata;
    const { version } = parsed.data.spec;
    found.push({ id: `${name}-${version}`, name, version, archive: mount.isoPath, path: mount.target });
  }
  return found;
}
