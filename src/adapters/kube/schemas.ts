import { z } from 'zod';
import { isNodeName } from '../../domain/cluster/node-name.ts';
import { atMost } from '../../domain/text/length.ts';

const words = z.record(z.string(), z.string()).default({});
const conditions = z.array(z.object({ type: z.string(), status: z.string() })).default([]);

/** Names of nodes and pods are RFC 1123 subdomains; no other text may get into a command. */
const objectName = z.string().refine(isNodeName, 'not a name that Kubernetes allows');

/** A Node, the fields that are used. */
const nodeSchema = z.object({
  metadata: z.object({ name: objectName, labels: words, annotations: words }),
  status: z
    .object({
      addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
      conditions,
      nodeInfo: z
        .object({
          containerRuntimeVersion: z.string().default(''),
          machineID: z.string().default(''),
          systemUUID: z.string().default(''),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type KubeNode = z.infer<typeof nodeSchema>;

/** A Pod, the fields that are used. */
const podSchema = z.object({
  metadata: z.object({
    name: objectName,
    labels: words,
    annotations: words,
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({
    nodeName: z.union([z.literal(''), objectName]).default(''),
    volumes: z.array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).optional() })).default([]),
  }),
  status: z
    .object({
      conditions,
      containerStatuses: z.array(z.object({ name: z.string(), ready: z.boolean() })).default([]),
    })
    .prefault({}),
});

export type KubePod = z.infer<typeof podSchema>;

const addresses = z.array(z.object({ ip: z.string() })).default([]);

/** An Endpoints object; `subsets` is absent while there is no pod. */
export const endpointsSchema = z.object({
  subsets: z.array(z.object({ addresses, notReadyAddresses: addresses })).nullish(),
});

export type KubeEndpoints = z.infer<typeof endpointsSchema>;

export const namespaceSchema = z.object({ metadata: z.object({ annotations: words }) });

export const nodeListSchema = z.object({ items: z.array(nodeSchema) });
export const podListSchema = z.object({ items: z.array(podSchema) });

/** A group has a handful of versions; each costs a request. */
const VERSIONS_LIMIT = 32;
/** APIGroup: the versions a group is served in. */
export const groupSchema = z.object({
  versions: z
    .array(z.object({ groupVersion: z.string().regex(/^[a-z0-9.-]+\/[a-z0-9]+$/) }))
    .check(atMost(VERSIONS_LIMIT)),
});
/** APIResourceList: the kinds of one version. */
export const kindsSchema = z.object({ resources: z.array(z.object({ kind: z.string() })).nullable() });

/** The status (v1.Status) on channel 3 at the end of an exec session. */
export const statusSchema = z.object({
  status: z.string().optional(),
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).nullish() })
    .nullish(),
});

export type KubeStatus = z.infer<typeof statusSchema>;
