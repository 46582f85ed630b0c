import type { NodeActs, World } from '../../world.ts';
import { archivesMounted } from '../states/archives-mounted.ts';
import type { Sls } from '../states/chunk.ts';
import { containerEngine } from '../states/container-engine.ts';
import { repoConfigured } from '../states/repo-configured.ts';
import { repoInstalled } from '../states/repo-installed.ts';
import { solutionsAvailable } from '../states/solutions-available.ts';

const TREE: ReadonlyMap<string, Sls> = new Map([
  ['metalk8s.archives.mounted', archivesMounted],
  ['metalk8s.solutions.available', solutionsAvailable],
  ['metalk8s.repo.configured', repoConfigured],
  ['metalk8s.repo.installed', repoInstalled],
  ['metalk8s.container-engine', containerEngine],
]);

/** The result of looking up SLS names in the master's file_roots: the files, or the errors. */
export type Found =
  | { readonly is: 'found'; readonly files: readonly { readonly name: string; readonly sls: Sls }[] }
  | { readonly is: 'missing'; readonly errors: readonly string[] };

/** Looks SLS names up in a saltenv. The env exists if the master has that archive, mounted or as a directory. */
export async function findSls(
  world: World,
  acts: NodeActs,
  archives: readonly string[],
  saltenv: string,
  names: readonly string[],
): Promise<Found> {
  const isEnv = saltenv.startsWith('metalk8s-') && (await hasArchive(world, acts, archives, saltenv));
  const files = names.flatMap((name) => {
    const sls = isEnv ? TREE.get(name) : undefined;
    return sls === undefined ? [] : [{ name, sls }];
  });
  if (files.length === names.length) return { is: 'found', files };
  const unknownEnv = isEnv ? [] : [`No matching salt environment for environment '${saltenv}' found`];
  const missing = names
    .filter((name) => !isEnv || !TREE.has(name))
    .map((name) => `No matching sls found for '${name}' in env '${saltenv}'`);
  return { is: 'missing', errors: [...unknownEnv, ...missing] };
}

async function hasArchive(
  world: World,
  acts: NodeActs,
  archives: readonly string[],
  saltenv: string,
): Promise<boolean> {
  if (world.bootstrap.mounts.some(({ target }) => target === `/srv/scality/${saltenv}`)) return true;
  for (const path of archives) {
    if ((await acts.exists(world.bootstrap, path)) !== 'directory') continue;
    const product = `${path}/product.txt`;
    if ((await acts.exists(world.bootstrap, product)) !== 'file') continue;
    const text = await acts.readFile(world.bootstrap, product);
    if (`metalk8s-${/^VERSION=(.+)$/m.exec(text)?.[1]}` === saltenv) return true;
  }
  return false;
}
