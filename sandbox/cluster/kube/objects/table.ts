import { child, isObject, type Json, type JsonObject } from '../../salt/json.ts';
import type { ApiAnswer } from '../status.ts';

/** One column: its name, whether only `-o wide` shows it, and an object's cell. */
interface Column {
  readonly name: string;
  readonly isWide?: true;
  readonly cell: (object: JsonObject) => string;
}

const NONE = '<none>';
/** Roles are labels with this prefix (k8s.io/kubernetes/pkg/printers/internalversion). */
const ROLE = 'node-role.kubernetes.io/';

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Node: [
    name(),
    { name: 'Status', cell: (node) => (conditionOf(node) === 'True' ? 'Ready' : 'NotReady') },
    { name: 'Roles', cell: rolesOf },
    age(),
    { name: 'Version', cell: (node) => word(node, 'status', 'nodeInfo', 'kubeletVersion') },
    { name: 'Internal-IP', isWide: true, cell: addressOf },
    { name: 'External-IP', isWide: true, cell: () => NONE },
    { name: 'OS-Image', isWide: true, cell: (node) => word(node, 'status', 'nodeInfo', 'osImage') },
    { name: 'Kernel-Version', isWide: true, cell: () => '<unknown>' },
    {
      name: 'Container-Runtime',
      isWide: true,
      cell: (node) => word(node, 'status', 'nodeInfo', 'containerRuntimeVersion'),
    },
  ],
  Pod: [
    name(),
    { name: 'Ready', cell: readyContainers },
    { name: 'Status', cell: (pod) => word(pod, 'status', 'phase') },
    { name: 'Restarts', cell: () => '0' },
    age(),
    { name: 'IP', isWide: true, cell: (pod) => word(pod, 'status', 'podIP') },
    { name: 'Node', isWide: true, cell: (pod) => word(pod, 'spec', 'nodeName') },
    { name: 'Nominated Node', isWide: true, cell: () => NONE },
    { name: 'Readiness Gates', isWide: true, cell: () => NONE },
  ],
  Endpoints: [name(), { name: 'Endpoints', cell: endpointsOf }, age()],
  Namespace: [name(), { name: 'Status', cell: (namespace) => word(namespace, 'status', 'phase') }, age()],
};

/** Whether a client asks for a Table first, as `kubectl get` does. */
export const wantsTable = (accept: string | undefined): boolean => accept?.split(',')[0]?.includes('as=Table') === true;

/** An answer as the client wants it: a list or one object as a Table, if its kind has columns. */
export function inForm(answer: ApiAnswer, asTable: boolean): ApiAnswer {
  const { code, body } = answer;
  if (!asTable || code !== 200 || !isObject(body)) return answer;
  const objects = Array.isArray(body.items) ? objectsIn(body.items) : [body];
  const version = word(body, 'metadata', 'resourceVersion');
  const table = tableOf(String(body.kind).replace(/List$/, ''), objects, version);
  return table === null ? answer : { code, body: table };
}

/** These objects as a Table (meta.k8s.io/v1), with the columns that kubectl prints; null for a kind without any. */
export function tableOf(kind: string, objects: readonly JsonObject[], version: string): JsonObject | null {
  const columns = COLUMNS[kind];
  if (columns === undefined) return null;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: version },
    columnDefinitions: columns.map(({ name: title, isWide }) => ({
      ...{ name: title, type: 'string', format: title === 'Name' ? 'name' : '', description: title },
      priority: isWide === true ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: child(object, 'metadata') },
    })),
  };
}

function name(): Column {
  return { name: 'Name', cell: (object) => word(object, 'metadata', 'name') };
}

function age(): Column {
  return {
    name: 'Age',
    cell: (object) => ageIn(Date.now() - Date.parse(word(object, 'metadata', 'creationTimestamp'))),
  };
}

/** The largest whole unit; kubectl shows two units for some. */
function ageIn(ms: number): string {
  if (Number.isNaN(ms)) return '<unknown>';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

function rolesOf(node: JsonObject): string {
  const labels = Object.keys(child(child(node, 'metadata'), 'labels'));
  const roles = labels.filter((label) => label.startsWith(ROLE)).map((label) => label.slice(ROLE.length));
  return roles.toSorted().join(',') || NONE;
}

function conditionOf(object: JsonObject): Json | undefined {
  return objectsIn(child(object, 'status').conditions).find(({ type }) => type === 'Ready')?.status;
}

function addressOf(node: JsonObject): string {
  const address = objectsIn(child(node, 'status').addresses).find(({ type }) => type === 'InternalIP')?.address;
  return typeof address === 'string' ? address : NONE;
}

function readyContainers(pod: JsonObject): string {
  const all = objectsIn(child(pod, 'status').containerStatuses);
  return `${all.filter(({ ready }) => ready === true).length}/${all.length}`;
}

function endpointsOf(endpoints: JsonObject): string {
  const ready = objectsIn(endpoints.subsets).flatMap(({ addresses, ports }) =>
    objectsIn(addresses).flatMap(({ ip }) => objectsIn(ports).map(({ port }) => `${String(ip)}:${String(port)}`)),
  );
  return ready.join(',') || NONE;
}

const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((one): one is JsonObject => isObject(one)) : [];

/** The text at a path, or nothing. */
function word(object: JsonObject, ...path: readonly string[]): string {
  const value = path.slice(0, -1).reduce(child, object)[path.at(-1) ?? ''];
  return typeof value === 'string' ? value : '';
}
