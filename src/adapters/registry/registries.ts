import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { Unreachable } from '../../domain/answers/failure.ts';
import type { Image } from '../../domain/cluster/archive.ts';
import type { ServedManifest } from '../../domain/cluster/registry.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { Registries } from '../../ports/cluster.ts';
import { answerOf, type Taker } from './answer.ts';
import { hashed, wholeBody } from './takers.ts';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const blobSchema = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.number().int().min(0) });
const manifestSchema = z.object({ schemaVersion: z.literal(2), config: blobSchema, layers: z.array(blobSchema) });

export interface RegistriesOptions {
  /** Port of every registry: 8080 on MetalK8s. */
  readonly port: number;
  /** Milliseconds without a byte after which a registry counts as silent; default 20 seconds. */
  readonly waitMs?: number;
  /** Limits the rate of all blobs together. */
  readonly rateCap?: { take(bytes: number, signal: AbortSignal): Promise<void> };
}

/** MetalK8s' registries: nginx serves the archives' image folders by plain HTTP on control plane addresses. */
export function registries({ port, waitMs = 20_000, rateCap }: RegistriesOptions): Registries {
  const ask = <T>(address: string, path: string, taker: Taker<T>, signal: AbortSignal) =>
    answerOf({ origin: originOf(address, port), path, accept: MANIFEST, waitMs, signal }, taker);
  return {
    async manifest(address, image, signal) {
      const path = `${imagePath(image)}/manifests/${encodeURIComponent(image.tag)}`;
      const answer = await ask(address, path, wholeBody(), signal);
      return answer === null ? null : manifestOf(answer);
    },
    async blob(address, image, blob, onBytes, signal) {
      let received = 0;
      const taken = async (bytes: number): Promise<void> => {
        received += bytes;
        onBytes(received);
        await rateCap?.take(bytes, signal);
      };
      return await ask(address, `${imagePath(image)}/blobs/${blob.digest}`, hashed(blob, taken), signal);
    },
  };
}

const originOf = (address: string, port: number) => `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;

const imagePath = ({ prefix, name }: Image) => `/v2/${encodeURIComponent(prefix)}/${encodeURIComponent(name)}`;

/** Hashes the received bytes, because the header Docker-Content-Digest is a constant in the nginx configuration. */
function manifestOf({ url, body }: { readonly url: string; readonly body: Buffer }): ServedManifest {
  const manifest = manifestSchema.safeParse(jsonIn(new TextDecoder().decode(body)));
  if (!manifest.success) throw new Unreachable(url, 'registry', `${url} is not an image manifest.`);
  const { config, layers } = manifest.data;
  return { sha256: createHash('sha256').update(body).digest('hex'), blobs: [config, ...layers] };
}
