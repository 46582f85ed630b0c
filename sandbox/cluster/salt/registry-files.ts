import type { NodeActs, SimNode, World } from '../world.ts';
import type { ArchiveInfo } from './minion/archives.ts';
import { SourceMissing } from './states/chunk.ts';

/** Where nginx of the repositories pod reads its configuration. */
export const CONF_D = '/var/lib/metalk8s/repositories/conf.d';

/** The shipped include has had two names. */
const SHIPPED = ['metalk8s-registry.inc', 'metalk8s-registry-config.inc'] as const;

/** The include that serves one MetalK8s version's images. */
export function versionInclude(env: string): string {
  return `99-${env}-registry.inc`;
}

/** `default.conf`: the server, bound to the node's own control plane address. */
export function serverConfig(node: SimNode, port: number): string {
  return `server {
    listen       ${node.ip}:${port};
    server_name  localhost;

    location / {
        root   /var/www/repositories;
        autoindex on;
    }

    include conf.d/*.inc;
}
`;
}

/** `90-registry-config.inc`: one variable for each archive, whichever version's state wrote it. */
export function imageRoots(archives: readonly ArchiveInfo[]): string {
  return archives.map(({ env, path }) => `set $${env.replaceAll(/[.-]/g, '_')}_images "${path}/images/";\n`).join('');
}

/** `99-registry-common.inc`. */
export const COMMON_INCLUDE = `location = /v2 { return 301 /v2/; }
location = /v2/ { return 200 "ok"; }
`;

/**
 * `99-ENV-registry.inc`, made when the ISO was built. It comes from the salt master's file_roots, so from the
 * bootstrap's mount of that ISO, whatever lies on the node that runs the state.
 */
export async function versionLocations(
  world: World,
  acts: NodeActs,
  env: string,
  archivePath: string,
): Promise<string> {
  for (const name of SHIPPED) {
    const path = `${archivePath}/salt/metalk8s/repo/files/${name}`;
    if ((await acts.exists(world.bootstrap, path)) === 'file') return await acts.readFile(world.bootstrap, path);
  }
  throw new SourceMissing(`Source file salt://metalk8s/repo/files/${SHIPPED[0]} not found in saltenv '${env}'`);
}
