import { loadAll } from 'js-yaml';
import { z } from 'zod';
import type { ApiRequest } from './api-request.ts';

const words = z.array(z.string());
const rule = z.strictObject({ apiGroups: words, resources: words, resourceNames: words.optional(), verbs: words });
const metadata = z.object({ name: z.string(), namespace: z.string().optional() });
const subject = z.object({ kind: z.literal('ServiceAccount'), name: z.string(), namespace: z.string() });
const roleRef = z.object({ kind: z.enum(['Role', 'ClusterRole']), name: z.string() });

/** The supported kinds of a manifest; any other kind is an error, so that no rule is overlooked. */
const documentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ServiceAccount'), metadata }),
  z.object({ kind: z.literal('Secret'), metadata, type: z.literal('kubernetes.io/service-account-token') }),
  z.object({ kind: z.enum(['Role', 'ClusterRole']), metadata, rules: z.array(rule) }),
  z.object({ kind: z.enum(['RoleBinding', 'ClusterRoleBinding']), metadata, roleRef, subjects: z.array(subject) }),
]);

type Document = z.infer<typeof documentSchema>;
type Rule = z.infer<typeof rule>;

/** Rules that apply to one user, in one namespace or everywhere. */
interface Grant {
  readonly user: string;
  readonly namespace: string | null;
  readonly rules: readonly Rule[];
}

/** Kubernetes role-based access control (RBAC). */
export class Rbac {
  readonly users: readonly string[];
  readonly #grants: readonly Grant[];

  private constructor(documents: readonly Document[]) {
    this.users = documents.flatMap((one) =>
      one.kind === 'ServiceAccount' ? [userOf(one.metadata.namespace ?? 'default', one.metadata.name)] : [],
    );
    this.#grants = documents.flatMap((one) => ('roleRef' in one ? grantsOf(one, documents) : []));
  }

  /** Reads one or more manifests; throws on anything unsupported. */
  static from(manifests: string): Rbac {
    return new Rbac(loadAll(manifests).map((one) => documentSchema.parse(one)));
  }

  /** Denies what no rule allows; every authenticated user may discover resources (system:discovery), and ask what he may do (system:basic-user). */
  allows(user: string, asked: ApiRequest): boolean {
    if (asked.is === 'path') return asked.verb === 'get';
    if (asked.verb === 'create' && asked.resource === REVIEWS) return true;
    return this.#grants.some(
      (grant) =>
        grant.user === user &&
        (grant.namespace === null || grant.namespace === asked.namespace) &&
        grant.rules.some((one) => covers(one, asked)),
    );
  }
}

/** The resource by which a user asks what he may do. */
export const REVIEWS = 'selfsubjectaccessreviews';

const userOf = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

type Binding = Extract<Document, { readonly kind: 'RoleBinding' | 'ClusterRoleBinding' }>;

function grantsOf(binding: Binding, documents: readonly Document[]): readonly Grant[] {
  const namespace = binding.kind === 'RoleBinding' ? (binding.metadata.namespace ?? 'default') : null;
  const role = documents.find(
    (one) =>
      one.kind === binding.roleRef.kind &&
      one.metadata.name === binding.roleRef.name &&
      (one.kind === 'ClusterRole' || one.metadata.namespace === binding.metadata.namespace),
  );
  if (role === undefined || !('rules' in role))
    throw new Error(`${binding.metadata.name} binds a role that does not exist`);
  return binding.subjects.map((one) => ({ user: userOf(one.namespace, one.name), namespace, rules: role.rules }));
}

function covers(
  { apiGroups, resources, resourceNames, verbs }: Rule,
  { group, resource, name, verb }: Extract<ApiRequest, { readonly is: 'resource' }>,
): boolean {
  const has = (list: readonly string[], word: string) => list.includes('*') || list.includes(word);
  const isNamed = resourceNames === undefined || (name !== null && resourceNames.includes(name));
  return has(apiGroups, group) && has(resources, resource) && has(verbs, verb) && isNamed;
}
