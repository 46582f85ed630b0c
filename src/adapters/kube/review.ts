import { z } from 'zod';
import type { KubeRight, ReviewedRight } from '../../ports/doctor/cluster.ts';
import type { RunLimits } from '../../ports/nodes.ts';
import { create } from './api.ts';
import type { Connection } from './connection.ts';

/** Kubernetes API, "SelfSubjectAccessReview" v1: every authenticated user may create one (ClusterRole system:basic-user). */
const [GROUP, KIND] = ['authorization.k8s.io/v1', 'SelfSubjectAccessReview'];

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Whether the kubeconfig's user has a right, and the server's time of day. Throws Unreachable. */
export async function review(connected: Connection, right: KubeRight, limits: RunLimits): Promise<ReviewedRight> {
  const wanted = {
    path: `/apis/${GROUP}/selfsubjectaccessreviews`,
    schema: reviewSchema,
    what: 'a review of its user’s rights',
  };
  const asked = { apiVersion: GROUP, kind: KIND, spec: attributesOf(right) };
  const { object, serverMs } = await create(connected, wanted, asked, limits);
  return { allowed: object.status.allowed, serverMs };
}

function attributesOf({ verb, resource, namespace, name }: KubeRight): object {
  const [kind, subresource = ''] = resource.split('/');
  const named = { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
  return { resourceAttributes: { verb, group: '', resource: kind, subresource, ...named } };
}
