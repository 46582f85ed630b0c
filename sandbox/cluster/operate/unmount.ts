import type { ClusterParts } from '../parts.ts';
import type { NodeActs } from '../world.ts';

/** `metalk8s.archives.unmounted` on the bootstrap node: the mount and its line in /etc/fstab. */
export async function unmountOnBootstrap(parts: ClusterParts, acts: NodeActs, id: string): Promise<void> {
  const { bootstrap } = parts.world;
  const target = `/srv/scality/${id}`;
  if (bootstrap.mounts.some((one) => one.target === target)) await acts.unmount(bootstrap, target);
  const lines = (await acts.readFile(bootstrap, '/etc/fstab')).split('\n');
  const kept = lines.filter((line) => line.split(/\s+/)[1] !== target);
  await acts.writeFile(bootstrap, '/etc/fstab', kept.join('\n'));
}
