import { mountIso } from '../mounts.ts';
import type { ClusterParts } from '../parts.ts';
import { CONFIG_TOML, HOSTS_TOML } from '../salt/states/engine-config.ts';
import { SimMountError, type SimNode } from '../world.ts';

/** Mounts every ISO in /etc/fstab. MetalK8s writes `nofail`, so a line that fails does not stop the boot. */
export async function mountFstab(parts: ClusterParts, node: SimNode): Promise<void> {
  for (const line of (await parts.filesOf(node).readText('/etc/fstab')).split('\n')) {
    const [iso = '', target = '', type] = line.trim().split(/\s+/);
    if (type !== 'iso9660' || iso.startsWith('#')) continue;
    await mountIso(parts, node, iso, target).catch((cause: unknown) => {
      if (!(cause instanceof SimMountError)) throw cause;
    });
  }
}

/** What containerd reads at its start: the files may say something else than the daemon did before. */
export async function loadedEndpoints(parts: ClusterParts, node: SimNode): Promise<string[]> {
  const files = parts.filesOf(node);
  if (/^containerd:\/\/[2-9]/.test(node.containerRuntime)) {
    const hosts = await files.readText(HOSTS_TOML);
    return [...hosts.matchAll(/^\[host\."([^"]+)"\]/gm)].map(([, url = '']) => url);
  }
  const [, list = ''] = /^endpoint = \[(.*)\]$/m.exec(await files.readText(CONFIG_TOML)) ?? [];
  return [...list.matchAll(/"([^"]+)"/g)].map(([, url = '']) => url);
}
