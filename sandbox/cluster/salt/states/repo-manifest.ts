import { createHash } from 'node:crypto';
import { dump } from 'js-yaml';
import type { ArchiveInfo } from '../minion/archives.ts';
import type { SolutionInfo } from '../minion/solutions.ts';
import { CONF_D, versionInclude } from '../registry-files.ts';
import type { StateContext } from './chunk.ts';

/** The path of the static pod's manifest, watched by kubelet. */
export const MANIFEST = '/etc/kubernetes/manifests/repositories.yaml';

/** A hostPath volume; it must exist before kubelet starts the pod. */
export interface PodVolume {
  readonly name: string;
  readonly path: string;
}

/** The pod's volumes: packages and images of every archive, and images of every solution mounted on the bootstrap. */
export function podVolumes(archives: readonly ArchiveInfo[], solutions: readonly SolutionInfo[]): readonly PodVolume[] {
  const dashed = (id: string) => id.replaceAll('.', '-');
  return [
    { name: 'nginx-configuration', path: CONF_D },
    ...archives.flatMap(({ env, path }) => [
      { name: `repositories-${dashed(env)}`, path: `${path}/packages` },
      { name: `registry-${dashed(env)}`, path: `${path}/images/` },
    ]),
    ...solutions.map(({ id, path }) => ({ name: `registry-${dashed(id)}`, path: `${path}/images/` })),
  ];
}

/** The manifest's text; its digest annotation makes kubelet restart the pod if only conf.d changed. */
export function podManifest(
  context: StateContext,
  image: string,
  volumes: readonly PodVolume[],
  digest: string,
): string {
  const version = context.saltenv.replace(/^metalk8s-/, '');
  const labels = { 'app.kubernetes.io/name': 'repositories', 'metalk8s.scality.com/version': version };
  return dump({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'repositories',
      namespace: 'kube-system',
      labels,
      annotations: { 'metalk8s.scality.com/config-digest': digest },
    },
    spec: {
      hostNetwork: true,
      containers: [
        { name: 'repositories', image, ports: [{ name: 'http', containerPort: context.world.registryPort }] },
      ],
      volumes: volumes.map(({ name, path }) => ({ name, hostPath: { path, type: 'Directory' } })),
    },
  });
}

/** The configuration files in the digest. Other versions' includes are optional, a solution's is required. */
export function configFiles(
  context: StateContext,
  archives: readonly ArchiveInfo[],
  solutions: readonly SolutionInfo[],
): { readonly needed: readonly string[]; readonly optional: readonly string[] } {
  const names = ['default.conf', '90-registry-config.inc', '99-registry-common.inc', versionInclude(context.saltenv)];
  const own = [...names, ...solutions.map(({ id }) => `${id}-registry-config.inc`)];
  const others = archives.filter(({ env }) => env !== context.saltenv).map(({ env }) => versionInclude(env));
  return { needed: own.map((name) => `${CONF_D}/${name}`), optional: others.map((name) => `${CONF_D}/${name}`) };
}

/** md5 over the sha256 of each file, in order. */
export async function digestOf({ acts, node }: StateContext, files: readonly string[]): Promise<string> {
  const sums = createHash('md5');
  for (const file of files)
    sums.update(
      createHash('sha256')
        .update(await acts.readFile(node, file))
        .digest('hex'),
    );
  return sums.digest('hex');
}
