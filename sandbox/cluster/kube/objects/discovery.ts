import type { JsonObject } from '../../salt/json.ts';
import type { World } from '../../world.ts';
import { type ApiAnswer, noPage } from '../status.ts';
import { kubernetesVersion } from './objects.ts';

const GROUP = 'metalk8s.scality.com';
const GROUP_VERSION = { groupVersion: `${GROUP}/v1alpha1`, version: 'v1alpha1' };
const CORE = [
  ['nodes', 'Node', false, ['no']],
  ['namespaces', 'Namespace', false, ['ns']],
  ['pods', 'Pod', true, ['po']],
  ['pods/exec', 'PodExecOptions', true, []],
  ['endpoints', 'Endpoints', true, ['ep']],
] as const;

/** Version and discovery documents, health, and the custom resources of metalk8s.scality.com, if any. */
export function discovery(world: World, path: string): ApiAnswer {
  const kinds = customKinds(world);
  switch (path.replace(/\/$/, '')) {
    case '/version':
      return ok({
        major: '1',
        minor: minorOf(world),
        gitVersion: kubernetesVersion(world.clusterVersion),
        platform: 'linux/amd64',
      });
    case '/readyz':
    case '/livez':
    case '/healthz':
      return { code: 200, body: 'ok', isText: true };
    case '/api':
      return ok({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
    case '/api/v1':
      return ok(
        resourceList(
          'v1',
          CORE.map(([name, kind, namespaced, shortNames]) => ({
            name,
            singularName: '',
            namespaced,
            kind,
            verbs: ['get', 'list', 'watch'],
            ...(shortNames.length === 0 ? {} : { shortNames }),
            ...(name === 'pods' ? { categories: ['all'] } : {}),
          })),
        ),
      );
    case '/apis':
      return ok({ kind: 'APIGroupList', apiVersion: 'v1', groups: kinds.length > 0 ? [group()] : [] });
    default:
      return kinds.length > 0 ? customResource(kinds, path) : noPage();
  }
}

/** Kinds of native registry replication, from the description or the fault. */
function customKinds(world: World): readonly string[] {
  if (world.customResourceKinds.length > 0) return world.customResourceKinds;
  return world.faults.isOn('native-registry') ? ['Registry', 'SolutionArchive'] : [];
}

function customResource(kinds: readonly string[], path: string): ApiAnswer {
  if (path === `/apis/${GROUP}`) return ok({ kind: 'APIGroup', apiVersion: 'v1', ...group() });
  const verbs = ['get', 'list'];
  const resources = kinds.map((kind) => ({
    name: plural(kind),
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs,
  }));
  if (path === `/apis/${GROUP}/v1alpha1`) return ok(resourceList(GROUP_VERSION.groupVersion, resources));
  const kind = kinds.find((one) => path === `/apis/${GROUP}/v1alpha1/${plural(one)}`);
  if (kind === undefined) return noPage();
  return ok({
    kind: `${kind}List`,
    apiVersion: GROUP_VERSION.groupVersion,
    metadata: { resourceVersion: '1' },
    items: [],
  });
}

function plural(kind: string): string {
  return `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
}

function group(): JsonObject {
  return { name: GROUP, versions: [GROUP_VERSION], preferredVersion: GROUP_VERSION };
}

function resourceList(groupVersion: string, resources: readonly JsonObject[]): JsonObject {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function minorOf(world: World): string {
  return kubernetesVersion(world.clusterVersion).split('.')[1] ?? '';
}

function ok(body: JsonObject): ApiAnswer {
  return { code: 200, body };
}
