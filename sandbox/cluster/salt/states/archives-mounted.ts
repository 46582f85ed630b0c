import type { ArchiveInfo } from '../minion/archives.ts';
import type { Chunk, Sls, StateContext } from './chunk.ts';
import { fileDirectory } from './file-states.ts';
import { minionLocal } from './minion-local.ts';
import { mountMounted } from './mount-states.ts';

const SLS = 'metalk8s.archives.mounted';

/** `metalk8s.archives.mounted`: mounts every listed ISO at its version's path; directories are skipped. */
export const archivesMounted: Sls = {
  durationMs: 3_000,
  async render(context) {
    const archives = await context.archives();
    return [minionLocal(context, archives), ...archives.flatMap((archive) => mountOf(context, archive))];
  },
};

function mountOf(context: StateContext, { iso, path }: ArchiveInfo): readonly Chunk[] {
  if (iso === null) return [];
  const directory = `Create archive mountpoint '${path}'`;
  return [
    fileDirectory(context, { sls: SLS, id: directory, path }),
    mountMounted(context, {
      sls: SLS,
      id: `Mount '${iso}' at '${path}'`,
      target: path,
      isoPath: iso,
      requires: [directory],
    }),
  ];
}
