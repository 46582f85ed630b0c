import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { Unreachable } from '../../domain/answers/failure.ts';
import type { Image } from '../../domain/cluster/archive.ts';
import type { ServedManifest } from '../../domain/cluster/registry.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { Registries } from '../../ports/cluster.ts';
import { type Answer, type Asked, answerOf } from './answer.ts';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const blobSchema = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.number().int().min(0) });
const manifestSchema = z.object({ schemaVersion: z.literal(2), config: blobSchema, layers: z.array(blobSchema) });

export interface RegistriesOptions {
  /** Port of every registry: 8080 on MetalK8s. */
  readonly port: number;
  /** Timeout of an answer with its body in milliseconds; default 20 seconds. */
  readonly limitMs?: number;
}

/** MetalK8s' registries: nginx serves the archives' image folders by plain HTTP on control plane addresses. */
export function registries({ port, limitMs = 20_000 }: RegistriesOptions): Registries {
  const ask = (method: Asked['method'], address: string, path: string, signal: AbortSignal) =>
    answerOf({ method, origin: originOf(address, port), path, accept: MANIFEST, limitMs, signal });
  return {
    async manifest(address, image, signal) {
      const answer = await ask(
        'GET',
        address,
        `${imagePath(image)}/manifests/${encodeURIComponent(image.tag)}`,
        signal,
      );
      return answer === null ? null : manifestOf(answer);
    },
    async blobSize(address, image, digest, signal) {
      const answer = await ask('HEAD', address, `${imagePath(image)}/blobs/${digest}`, signal);
      return answer === null ? null : sizeOf(answer);
    },
  };
}

const originOf = (address: string, port: number) => `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;

const imagePath = ({ prefix, name }: Image) => `/v2/${encodeURIComponent(prefix)}/${encodeURIComponent(name)}`;

/** Hashes the received bytes, because the header Docker-Content-Digest is a constant in the nginx configuration. */
function manifestOf({ url, body }: Answer): ServedManifest {
  const manifest = manifestSchema.safeParse(jsonIn(new TextDecoder().decode(body)));
  if (!manifest.success) throw new Unreachable(url, 'registry', `${url} is not an image manifest.`);
  const { config, layers } = manifest.data;
  return { sha256: createHash('sha256').update(body).digest('hex'), blobs: [config, ...layers] };
}

function sizeOf({ url, headers }: Answer): number {
  const length = headers.get('content-length') ?? '';
  if (/^\d+$/.test(length)) return Number(length);
  throw new Unreachable(url, 'registry', `${url} has no Content-Length.`);
}
