import { dump } from 'js-yaml';
import type { ArchiveInfo } from '../minion/archives.ts';
import type { Chunk, StateContext } from './chunk.ts';
import { fileSerialize } from './file-states.ts';

const PATH = '/etc/salt/minion.d/99-metalk8s-local.conf';

/** `metalk8s.salt.minion.local`: every state that includes it rewrites the minion's file for local mode. */
export function minionLocal(context: StateContext, archives: readonly ArchiveInfo[]): Chunk {
  const spec = { sls: 'metalk8s.salt.minion.local', id: 'Configure salt minion for local mode', path: PATH };
  return fileSerialize(context, spec, async () => dump(dataset(archives), { sortKeys: true }));
}

function dataset(archives: readonly ArchiveInfo[]): Readonly<Record<string, unknown>> {
  const roots = (folder: string) => Object.fromEntries(archives.map(({ env, path }) => [env, [`${path}/${folder}`]]));
  return {
    log_level_logfile: 'info',
    file_roots: roots('salt'),
    pillar_roots: roots('pillar'),
    use_superseded: ['module.run'],
    ext_pillar_first: true,
    ext_pillar: [{ metalk8s: '/etc/metalk8s/bootstrap.yaml' }],
    retry_dns_count: 3,
    enable_fqdns_grains: false,
  };
}
