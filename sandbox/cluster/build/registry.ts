import { dump } from 'js-yaml';
import { MANIFESTS } from '../kubelet.ts';
import { type ClusterParts, contentFolder } from '../parts.ts';
import { includeName } from '../registry/image-answers.ts';
import { CONF_D, isOtherVersion, type RegistryPods } from '../registry/pod.ts';
import { COMMON_INCLUDE, imageRoots, serverConfig } from '../salt/registry-files.ts';
import { podVolumes } from '../salt/states/repo-manifest.ts';
import type { SimNode } from '../world.ts';
import { mountedArchives } from './archives.ts';
import { registryInclude } from './content.ts';

/** A registry that exists from the start: conf.d, manifest and running pod. `gap`: as the documented procedure leaves it. */
export async function layRegistry(parts: ClusterParts, pods: RegistryPods, node: SimNode, gap: boolean): Promise<void> {
  const files = parts.filesOf(node);
  const { version } = node;
  const archives = mountedArchives(parts).map((one) => ({ ...one, path: contentFolder(parts, one.id) }));
  const own = archives.filter((one) => one.described.kind === 'metalk8s');
  const infos = own.map((one) => ({ env: one.id, version: one.described.version, iso: null, path: one.path }));
  await files.writeText(`${CONF_D}/default.conf`, serverConfig(node, parts.world.registryPort));
  await files.writeText(`${CONF_D}/90-registry-config.inc`, imageRoots(infos));
  await files.writeText(`${CONF_D}/99-registry-common.inc`, COMMON_INCLUDE);
  for (const one of archives) {
    if (gap && isOtherVersion(one.id, version)) continue;
    await files.writeText(`${CONF_D}/${includeName(one.id)}`, registryInclude(one.id, one.images));
  }
  const solutions = archives
    .filter((one) => one.described.kind === 'solution')
    .map(({ id, path, described }) => ({
      id,
      path,
      name: described.name ?? id,
      version: described.version,
      archive: described.path,
    }));
  await files.writeText(`${MANIFESTS}/repositories.yaml`, manifest(version, podVolumes(infos, solutions)), 0o600);
  await pods.start(node, { version, carries: archives.map((one) => one.id) }, true);
}

function manifest(version: string, volumes: readonly { readonly name: string; readonly path: string }[]): string {
  const labels = { 'app.kubernetes.io/name': 'repositories', 'metalk8s.scality.com/version': version };
  return dump({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'repositories', namespace: 'kube-system', labels },
    spec: {
      hostNetwork: true,
      volumes: volumes.map(({ name, path }) => ({ name, hostPath: { path, type: 'Directory' } })),
    },
  });
}
