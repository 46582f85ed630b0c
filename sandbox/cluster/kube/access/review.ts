import { z } from 'zod';
import { jsonIn } from '../../../../src/domain/text/json.ts';
import { type ApiAnswer, failure } from '../status.ts';
import type { ApiRequest } from './api-request.ts';
import { REVIEWS } from './rbac.ts';

/** Where reviews are created (Kubernetes API, "SelfSubjectAccessReview" v1). */
export const REVIEWS_PATH = `/apis/authorization.k8s.io/v1/${REVIEWS}`;

const text = z.string().default('');

/** A real API server ignores neither both nor none of the two kinds of attributes. */
const reviewSchema = z.object({
  apiVersion: z.literal('authorization.k8s.io/v1'),
  kind: z.literal('SelfSubjectAccessReview'),
  spec: z.union([
    z.strictObject({ nonResourceAttributes: z.strictObject({ path: z.string(), verb: z.string() }) }),
    z.strictObject({
      resourceAttributes: z.strictObject({
        ...{ namespace: text, verb: z.string(), group: text, version: text },
        ...{ resource: z.string(), subresource: text, name: text },
      }),
    }),
  ]),
});

/** Answers a review: 201, with the reviewed object and its status. */
export function reviewed(body: string, allows: (asked: ApiRequest) => boolean): ApiAnswer {
  const parsed = reviewSchema.safeParse(jsonIn(body));
  if (!parsed.success) return failure(422, 'Invalid', `SelfSubjectAccessReview is invalid: ${parsed.error.message}`);
  const { apiVersion, kind, spec } = parsed.data;
  const allowed = allows(askedIn(spec));
  const status = allowed ? { allowed, reason: 'RBAC: allowed by a rule' } : { allowed };
  return { code: 201, body: { apiVersion, kind, metadata: {}, spec, status } };
}

function askedIn(spec: z.infer<typeof reviewSchema>['spec']): ApiRequest {
  if ('nonResourceAttributes' in spec) return { is: 'path', ...spec.nonResourceAttributes };
  const { namespace, verb, group, resource, subresource, name } = spec.resourceAttributes;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return { is: 'resource', verb, group, resource: whole, namespace: namespace || null, name: name || null };
}
