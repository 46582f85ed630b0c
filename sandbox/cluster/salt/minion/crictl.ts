import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SimNode } from '../../world.ts';
import { REGISTRY } from '../states/engine-config.ts';

const Descriptor = z.object({ digest: z.string() });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const REQUEST_LIMIT_MS = 10_000;

/** `crictl info`: the daemon's loaded configuration, which can differ from config.toml. */
export function crictlInfo(node: SimNode): string {
  const isV2 = node.containerRuntime.startsWith('containerd://2');
  const registry = isV2
    ? { configPath: '/etc/containerd/certs.d' }
    : { mirrors: { [REGISTRY]: { endpoint: node.engine.endpoints } }, configs: {}, auths: {}, headers: {} };
  const conditions = [
    { type: 'RuntimeReady', status: true, reason: '', message: '' },
    { type: 'NetworkReady', status: true, reason: '', message: '' },
  ];
  return JSON.stringify({ status: { conditions }, config: { registry }, golang: 'go1.21.11' }, null, 2);
}

/** `crictl pull`: tries the loaded mirrors in order; fetched bytes must match the requested digest. */
export async function crictlPull(node: SimNode, image: string, signal: AbortSignal): Promise<PullOutput> {
  const { name, tag } = partsOf(image);
  if (name === null) return unresolved(image, `Head "https://${image}": dial tcp: no route to host`);
  for (const endpoint of node.engine.endpoints) {
    const manifest = await resolve(`${endpoint}/v2/${name}/manifests/${tag}`, signal);
    if (manifest === null) continue;
    const broken = await firstBroken(`${endpoint}/v2/${name}/blobs`, manifest, signal);
    if (broken === null) return { output: `Image is up to date for ${manifest.digest}`, exitCode: 0, from: endpoint };
    return fatal(image, broken);
  }
  const head = `Head "https://${REGISTRY}/v2/${name}/manifests/${tag}"`;
  return unresolved(image, `${head}: dial tcp: lookup ${REGISTRY}: no such host`);
}

function partsOf(image: string): { readonly name: string | null; readonly tag: string } {
  const hit = new RegExp(`^${REGISTRY.replaceAll('.', '\\.')}/(.+):([^:/]+)$`).exec(image);
  return { name: hit?.[1] ?? null, tag: hit?.[2] ?? 'latest' };
}

interface Output {
  readonly output: string;
  readonly exitCode: number;
}

/** `from`: the endpoint that had the image, which crictl does not print. */
interface PullOutput extends Output {
  readonly from?: string;
}

function unresolved(image: string, cause: string): Output {
  return fatal(image, `failed to resolve reference "${image}": failed to do request: ${cause}`);
}

function fatal(image: string, cause: string): Output {
  const says = `failed to pull and unpack image "${image}": ${cause}`;
  return { output: `FATA[0000] pulling image: rpc error: code = Unknown desc = ${says}`, exitCode: 1 };
}

interface ServedManifest {
  readonly digest: string;
  readonly body: Buffer;
}

/** HEAD returns the digest, GET the body; null if this mirror does not have the image. */
async function resolve(url: string, signal: AbortSignal): Promise<ServedManifest | null> {
  const head = await ask(url, 'HEAD', signal);
  const digest = head?.headers.get('docker-content-digest') ?? null;
  if (head === null || !head.ok || digest === null) return null;
  const answer = await ask(url, 'GET', signal);
  if (answer === null || !answer.ok) return null;
  return { digest, body: Buffer.from(await answer.arrayBuffer()) };
}

/** The error for the first piece whose bytes do not match its digest. */
async function firstBroken(
  blobs: string,
  { digest, body }: ServedManifest,
  signal: AbortSignal,
): Promise<string | null> {
  if (digestOf(body) !== digest) return wrongDigest(`manifest-${digest}`, digestOf(body), digest);
  const { config, layers } = Manifest.parse(JSON.parse(body.toString('utf8')));
  for (const blob of [config, ...layers]) {
    const answer = await ask(`${blobs}/${blob.digest}`, 'GET', signal);
    if (!answer?.ok)
      return `failed to copy: httpReadSeeker: failed open: content at ${blobs}/${blob.digest} not found: not found`;
    const actual = digestOf(Buffer.from(await answer.arrayBuffer()));
    if (actual !== blob.digest) return wrongDigest(`layer-${blob.digest}`, actual, blob.digest);
  }
  return null;
}

function wrongDigest(ref: string, actual: string, expected: string): string {
  return `failed commit on ref "${ref}": unexpected commit digest ${actual}, expected ${expected}: failed precondition`;
}

async function ask(url: string, method: 'GET' | 'HEAD', signal: AbortSignal): Promise<Response | null> {
  try {
    return await fetch(url, { method, signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]) });
  } catch (error) {
    if (signal.aborted) throw error;
    // containerd tries the next mirror if one is unreachable.
    return null;
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
