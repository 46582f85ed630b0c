/** A request in the terms of access rules. */
export type ApiRequest =
  | { readonly is: 'path'; readonly verb: string; readonly path: string }
  | {
      readonly is: 'resource';
      readonly verb: string;
      readonly group: string;
      /** Includes the subresource: `pods/exec`. */
      readonly resource: string;
      readonly namespace: string | null;
      readonly name: string | null;
    };

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** Parses method and path as an API server's RequestInfo does (k8s.io/apiserver/pkg/endpoints/request). */
export function apiRequest(method: string, url: URL): ApiRequest {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, group, version] = parts[0] === 'apis' ? parts : [parts[0], '', parts[1]];
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  if ((root !== 'api' && root !== 'apis') || version === undefined || rest.length === 0) {
    return { is: 'path', verb: method.toLowerCase(), path: url.pathname };
  }
  const { namespace, words } = placeOf(rest);
  const [kind = '', name = null, sub] = words;
  const resource = sub === undefined ? kind : `${kind}/${sub}`;
  return { is: 'resource', verb: verbOf(method, name, url), group: group ?? '', resource, namespace, name };
}

/** `/namespaces/NAME` alone is the namespace itself, and counts as inside it; with more path it is the resource's namespace. */
function placeOf(rest: readonly string[]): { readonly namespace: string | null; readonly words: readonly string[] } {
  if (rest[0] !== 'namespaces') return { namespace: null, words: rest };
  return { namespace: rest[1] ?? null, words: rest.length > 2 ? rest.slice(2) : rest };
}

function verbOf(method: string, name: string | null, url: URL): string {
  if (method === 'DELETE') return name === null ? 'deletecollection' : 'delete';
  if (method !== 'GET' && method !== 'HEAD') return VERBS[method] ?? method.toLowerCase();
  if (url.searchParams.get('watch') === 'true' || url.searchParams.get('watch') === '1') return 'watch';
  return name === null ? 'list' : 'get';
}
