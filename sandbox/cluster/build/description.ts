import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { z } from 'zod';
import { atLeast } from '../../../src/domain/text/length.ts';

const GIB = 2 ** 30;
const SOLUTIONS_API = 'solutions.metalk8s.scality.com/v1alpha1';
const BOOTSTRAP_API = 'metalk8s.scality.com/v1alpha3';

const version = z
  .string('must be a version such as 128.0.1, in quotes when it has one dot')
  .regex(/^\d+\.\d+[\w.-]*$/, {
    error: 'must be a version such as 128.0.1',
  });
/** RFC 1123, as Kubernetes requires for node and solution names. */
const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,238}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits, dots and dashes',
});
const absolutePath = z
  .string()
  .regex(/^\/[^\n\0]*[^/\n\0]$/, { error: 'must be an absolute path without a trailing slash' });
const image = z.string().regex(/^[a-z0-9._-]+:[\w.-]+$/, { error: 'must be an image in the form name:tag' });

const archive = z
  .strictObject({
    kind: z.enum(['metalk8s', 'solution']),
    name: name.optional(),
    version,
    path: absolutePath,
    /** Adds this many MiB of data that cannot be compressed or deduplicated. */
    padMiB: z.number().min(0).max(3000).default(0),
    /** A directory with the archive's content, instead of an ISO. */
    directory: z.boolean().default(false),
    /** Named in bootstrap.yaml or solutions.yaml. */
    listed: z.boolean().default(true),
    mounted: z.boolean().default(true),
    images: z.array(image).check(atLeast(1)).optional(),
  })
  .refine((one) => one.kind === 'metalk8s' || one.name !== undefined, {
    error: 'a solution must have a name',
    path: ['name'],
  })
  .refine((one) => one.kind === 'metalk8s' || !one.directory, {
    error: 'a solution must be an ISO',
    path: ['directory'],
  });

const ssh = z.strictObject({
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, { error: 'must be a login name' })
    .default('root'),
  /** Default: none for root, nopasswd for others. */
  sudo: z.enum(['nopasswd', 'password', 'none']).optional(),
  port: z.number().int().min(1).max(65535).default(22),
  annotations: z.boolean().default(true),
  /** Overrides the value of the ssh-sudo annotation. */
  sudoAnnotation: z.string().optional(),
});

const node = z.strictObject({
  name,
  /** The last part of the IP address; the sandbox chooses the rest. */
  ip: z.number().int().min(2).max(254),
  roles: z.array(z.enum(['bootstrap', 'master', 'etcd', 'infra', 'node'])).check(atLeast(1)),
  version: version.optional(),
  ready: z.boolean().default(true),
  containerRuntime: z.string().default('containerd://1.6.35'),
  freeBytes: z
    .number()
    .int()
    .min(0)
    .default(20 * GIB),
  openssl: z.boolean().default(true),
  /** Symbolic links of folders: path to target. */
  links: z.record(absolutePath, absolutePath).default({}),
  ssh: ssh.prefault({}),
});

const schema = z
  .strictObject({
    cluster: z.strictObject({ name: name.default('sandbox'), version }),
    archives: z.array(archive).check(atLeast(1)),
    nodes: z.array(node).check(atLeast(1)),
    /** Registries that exist beside the bootstrap's; `gap` omits the other versions' includes. */
    registries: z.array(z.strictObject({ node: name, gap: z.boolean().default(false) })).default([]),
    bootstrapFile: z
      .strictObject({ apiVersion: z.string().default(BOOTSTRAP_API), archivesAsText: z.boolean().default(false) })
      .prefault({}),
    /** The state of /etc/metalk8s/solutions.yaml; default: present if a solution is described. */
    solutionsFile: z
      .strictObject({
        present: z.boolean().optional(),
        apiVersion: z.string().default(SOLUTIONS_API),
        archivesNull: z.boolean().default(false),
      })
      .prefault({}),
    customResourceKinds: z.array(z.string()).default([]),
    /** A setting of the worker: seconds until an unapproved plan expires; default: one hour. */
    plansLiveSeconds: z.number().positive().optional(),
  })
  .superRefine((whole, report) => {
    for (const says of contradictions(whole)) report.addIssue({ code: 'custom', message: says });
  });

/** A cluster as described by a YAML file. */
export type Description = z.infer<typeof schema>;
export type DescribedNode = z.infer<typeof node>;
export type DescribedArchive = z.infer<typeof archive>;

/** An ordinary node that joins later. */
export const describedNode = (called: string, ip: number): DescribedNode =>
  node.parse({ name: called, ip, roles: ['node'] });

/** The description is invalid; `mistakes` has one sentence for each mistake. */
export class DescriptionWrong extends Error {
  override readonly name = 'DescriptionWrong';
  readonly mistakes: readonly string[];
  constructor(from: string, mistakes: readonly string[]) {
    super([`${from} does not describe a cluster:`, ...mistakes.map((one) => `- ${one}`)].join('\n'));
    this.mistakes = mistakes;
  }
}

/** Reads a description from a YAML file. */
export async function readDescription(path: string): Promise<Description> {
  return parseDescription(await readFile(path, 'utf8'), path);
}

/** Reads a description from YAML text; `from` names it in messages. */
export function parseDescription(text: string, from: string): Description {
  const parsed = schema.safeParse(yaml(text, from));
  if (parsed.success) return parsed.data;
  throw new DescriptionWrong(from, parsed.error.issues.map(sentence));
}

/** The archive's name below /srv/scality and in image references. */
export function archiveId(one: Pick<DescribedArchive, 'kind' | 'name' | 'version'>): string {
  return `${one.kind === 'metalk8s' ? 'metalk8s' : one.name}-${one.version}`;
}

function yaml(text: string, from: string): unknown {
  try {
    return load(text);
  } catch (cause) {
    throw new DescriptionWrong(from, [`Invalid YAML: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}

function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${where === '' ? 'The file' : where.replace(/^\./, '')}: ${issue.message}`;
}

type Whole = Pick<z.output<typeof schema>, 'nodes' | 'registries'>;

function contradictions({ nodes, registries }: Whole): readonly string[] {
  const bootstraps = nodes.filter((one) => one.roles.includes('bootstrap'));
  return [
    ...(bootstraps.length === 1 ? [] : [`exactly one node must have the role bootstrap; ${bootstraps.length} have it`]),
    ...twice(nodes.map((one) => one.name)).map((one) => `two nodes are named ${one}`),
    ...twice(nodes.map((one) => String(one.ip))).map((one) => `two nodes have the ip ${one}`),
    ...registries
      .filter((one) => !nodes.some((known) => known.name === one.node))
      .map((one) => `registries names ${one.node}, which is not a node of this cluster`),
  ];
}

function twice(words: readonly string[]): readonly string[] {
  return [...new Set(words.filter((word, at) => words.indexOf(word) !== at))];
}
