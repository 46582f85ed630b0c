import { namesIn } from '../node-tree.ts';
import {
  COMMON_INCLUDE,
  CONF_D,
  imageRoots,
  serverConfig,
  versionInclude,
  versionLocations,
} from '../registry-files.ts';
import type { Chunk, Sls, StateContext } from './chunk.ts';
import { fileAbsent, fileManaged } from './file-states.ts';

const SLS = 'metalk8s.repo.configured';

/** IDs that repo.installed watches and requires. */
export const REPO_FILES = [
  'Generate repositories nginx configuration',
  'Deploy container registry nginx configuration',
  'Generate container registry configuration',
] as const;

/** `metalk8s.repo.configured`: nginx's files, with the per-version include of its own saltenv only. */
export const repoConfigured: Sls = { durationMs: 3_000, render: repoConfiguredChunks };

/** The states of repo.configured, which repo.installed includes. */
export async function repoConfiguredChunks(context: StateContext): Promise<readonly Chunk[]> {
  const { world, acts, node, saltenv } = context;
  const archives = await context.archives();
  const own = archives.find(({ env }) => env === saltenv)?.path ?? `/srv/scality/${saltenv}`;
  const [server, version, roots] = REPO_FILES;
  const file = (id: string, name: string, content: () => Promise<string>) =>
    fileManaged(context, { sls: SLS, id, path: `${CONF_D}/${name}` }, content);
  const stale = (await namesIn(node, CONF_D)).filter(
    (name) => /^99-metalk8s-[0-9]/.test(name) && archives.every(({ env }) => name !== versionInclude(env)),
  );
  return [
    ...stale.map((name) =>
      fileAbsent(context, { sls: SLS, id: `Remove unused registry configuration ${name}`, path: `${CONF_D}/${name}` }),
    ),
    file(server, 'default.conf', async () => serverConfig(node, world.registryPort)),
    file('Deploy common container registry nginx configuration', '99-registry-common.inc', async () => COMMON_INCLUDE),
    file(version, versionInclude(saltenv), () => versionLocations(world, acts, saltenv, own)),
    file(roots, '90-registry-config.inc', async () => imageRoots(archives)),
  ];
}
