import { createHash } from 'node:crypto';
import { type Layer, layerOf } from './layer.ts';
import { pseudoRandom } from './pseudo-random.ts';

/** An image of an archive, in bytes. */
export interface ContentImage {
  /** The part before the name in a reference: `metalk8s-128.0.1` or `example-solution-0.1.0`. */
  readonly prefix: string;
  readonly name: string;
  readonly tag: string;
  readonly manifest: Buffer;
  /** Written into nginx's configuration by the ISO build, and served whatever is on the disk later. */
  readonly digest: string;
  /** The configuration first, then the layers. */
  readonly blobs: readonly ContentBlob[];
}

interface ContentBlob {
  /** `sha256:…` */
  readonly digest: string;
  readonly bytes: Buffer;
}

const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

/** Compressing is slow, and clusters of one process have the same images. */
const made = new Map<string, Omit<ContentImage, 'prefix'>>();

/**
 * An image whose bytes depend only on its name and tag, so archives that share an image share its bytes. Callers must
 * not write to them: they are made once in a process.
 */
export function contentImage(prefix: string, reference: string): ContentImage {
  const image = made.get(reference) ?? madeImage(reference);
  made.set(reference, image);
  return { prefix, ...image };
}

function madeImage(reference: string): Omit<ContentImage, 'prefix'> {
  const [name = '', tag = ''] = reference.split(':');
  const unpacked = layerSeeds(name, tag).map((seed, at) =>
    layerOf(`usr/share/${name}-${at}`, pseudoRandom(seed, layerSize(seed))),
  );
  const layers = unpacked.map(({ bytes }) => blob(bytes));
  const config = blob(Buffer.from(JSON.stringify(configOf(name, unpacked))));
  const manifest = Buffer.from(JSON.stringify(manifestOf(config, layers), null, 3));
  return { name, tag, manifest, digest: sha256(manifest), blobs: [config, ...layers] };
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The first layer depends on the name alone, so two tags of an image share it, as real base layers do. */
function layerSeeds(name: string, tag: string): readonly string[] {
  return [`${name} base`, `${name}:${tag} 1`, `${name}:${tag} 2`];
}

/** 10 to 200 kB, sometimes odd, so that file ends do not match sector ends. */
function layerSize(seed: string): number {
  return 10_000 + (createHash('sha256').update(`size of ${seed}`).digest().readUInt32LE(0) % 190_000);
}

function blob(bytes: Buffer): ContentBlob {
  return { digest: sha256(bytes), bytes };
}

function configOf(name: string, layers: readonly Layer[]): object {
  return {
    architecture: 'amd64',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Entrypoint: [`/${name}`] },
    created: '2024-10-03T09:12:44Z',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => sha256(tar)) },
  };
}

function manifestOf(config: ContentBlob, layers: readonly ContentBlob[]): object {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: config.bytes.length,
      digest: config.digest,
    },
    layers: layers.map((one) => ({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      size: one.bytes.length,
      digest: one.digest,
    })),
  };
}
