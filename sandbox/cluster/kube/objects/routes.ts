import { child, type JsonObject } from '../../salt/json.ts';
import type { World } from '../../world.ts';
import { type ApiAnswer, noResource, notFound } from '../status.ts';
import { discovery } from './discovery.ts';
import { namespaceObjects, nodeObject, repositoriesEndpoints } from './objects.ts';
import { podsOf } from './pods.ts';
import { matchesSelector } from './selectors.ts';

const SYSTEM = 'kube-system';

/** Answers a GET. Lists are complete: no paging. */
export async function answerGet(world: World, url: URL): Promise<ApiAnswer> {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  if (parts[0] !== 'api' || parts[1] !== 'v1' || parts.length === 2) return discovery(world, url.pathname);
  const [kind = '', name, resource, item, extra] = parts.slice(2);
  if (extra !== undefined) return noResource();
  if (kind === 'nodes' && resource === undefined) return nodes(world, name, url);
  if (kind === 'pods' && name === undefined) return await pods(world, undefined, url);
  if (kind !== 'namespaces') return noResource();
  return resource === undefined
    ? namespaces(world, name, url)
    : await namespaced(world, name ?? '', resource, item, url);
}

function nodes(world: World, name: string | undefined, url: URL): ApiAnswer {
  const node = name === undefined ? undefined : world.nodes.get(name);
  if (name !== undefined) return node === undefined ? notFound('nodes', name) : found(nodeObject(world, node));
  const objects = [...world.nodes.values()].map((one) => nodeObject(world, one));
  const chosen = objects.filter((one) => matchesSelector(url.searchParams.get('labelSelector'), labelsIn(one)));
  return list('NodeList', namedIn(url, chosen));
}

/** Those that a field selector names: `metadata.name` is a field of every kind. */
function namedIn(url: URL, objects: readonly JsonObject[]): readonly JsonObject[] {
  const selector = url.searchParams.get('fieldSelector');
  return objects.filter((one) => matchesSelector(selector, { 'metadata.name': String(child(one, 'metadata').name) }));
}

function labelsIn(object: JsonObject): Readonly<Record<string, string>> {
  const labels = child(child(object, 'metadata'), 'labels');
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

function namespaces(world: World, name: string | undefined, url: URL): ApiAnswer {
  const objects = namespaceObjects(world);
  if (name === undefined) return list('NamespaceList', namedIn(url, objects));
  const object = objects.find((one) => child(one, 'metadata').name === name);
  return object === undefined ? notFound('namespaces', name) : found(object);
}

async function namespaced(
  world: World,
  namespace: string,
  resource: string,
  name: string | undefined,
  url: URL,
): Promise<ApiAnswer> {
  if (resource === 'endpoints') return endpoints(world, namespace, name, url);
  if (resource !== 'pods') return noResource();
  if (namespace !== SYSTEM) return name === undefined ? list('PodList', []) : notFound('pods', name);
  return await pods(world, name, url);
}

async function pods(world: World, name: string | undefined, url: URL): Promise<ApiAnswer> {
  const all = await podsOf(world);
  if (name !== undefined) {
    const pod = all.find((one) => one.name === name);
    return pod === undefined ? notFound('pods', name) : found(pod.object);
  }
  const chosen = all
    .filter((pod) => matchesSelector(url.searchParams.get('labelSelector'), pod.labels))
    .filter((pod) =>
      matchesSelector(url.searchParams.get('fieldSelector'), { 'metadata.name': pod.name, 'spec.nodeName': pod.node }),
    );
  return list(
    'PodList',
    chosen.map(({ object }) => object),
  );
}

function endpoints(world: World, namespace: string, name: string | undefined, url: URL): ApiAnswer {
  const objects = namespace === SYSTEM ? [repositoriesEndpoints(world)] : [];
  if (name === undefined) return list('EndpointsList', namedIn(url, objects));
  const object = name === 'repositories' ? objects[0] : undefined;
  return object === undefined ? notFound('endpoints', name) : found(object);
}

function found(object: JsonObject): ApiAnswer {
  return { code: 200, body: object };
}

/** Items of a list have neither kind nor apiVersion. */
function list(kind: string, objects: readonly JsonObject[]): ApiAnswer {
  const items = objects.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest);
  return { code: 200, body: { kind, apiVersion: 'v1', metadata: { resourceVersion: String(Date.now()) }, items } };
}
