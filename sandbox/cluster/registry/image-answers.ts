import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentImage } from '../build/content-images.ts';
import type { Wish } from '../files/node-files.ts';
import { PathRefused } from '../files/path-refused.ts';
import type { Place } from '../files/path-walk.ts';
import { type ClusterParts, contentFolder } from '../parts.ts';
import type { SimNode, SimRegistry } from '../world.ts';
import { type Answer, type Delivery, errorPage, fileAnswer, tagInvalid, textAnswer } from './answer.ts';

const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const NOT_FOUND = errorPage(404, 'Not Found');

/** Answers `/v2/<prefix>/…` from the node's extracted archive, with the pod's configuration from its start. */
export async function imageAnswer(parts: ClusterParts, node: SimNode, pod: SimRegistry, path: string): Promise<Answer> {
  const asked = /^\/v2\/([^/]+)\/(.+)\/(tags\/list|manifests\/[^/]+|blobs\/sha256:[0-9a-f]{64})$/.exec(path);
  if (asked === null) return NOT_FOUND;
  const [, prefix = '', name = '', what = ''] = asked;
  if (!pod.config.has(includeName(prefix))) return NOT_FOUND;
  const images = imagesOf(parts, prefix).filter((one) => one.name === name);
  if (images.length === 0) return NOT_FOUND;
  if (what === 'tags/list') {
    const tags = images.map((one) => one.tag);
    return textAnswer(200, 'application/json', JSON.stringify({ name, tags }));
  }
  const serve = what.startsWith('manifests/') ? manifestAnswer : blobAnswer;
  return serve(parts, node, pod, images, what.slice(what.indexOf('/') + 1));
}

/** The conf.d file with an archive's routes. */
export function includeName(prefix: string): string {
  return prefix.startsWith('metalk8s-') ? `99-${prefix}-registry.inc` : `${prefix}-registry-config.inc`;
}

/** The image that image faults apply to: the last one of the cluster's version. */
function faultyImage(parts: ClusterParts): ContentImage | undefined {
  const own = parts.archives.find((one) => one.id === `metalk8s-${parts.world.clusterVersion}`) ?? parts.archives[0];
  return own?.images.at(-1);
}

type Serve = (
  parts: ClusterParts,
  node: SimNode,
  pod: SimRegistry,
  images: readonly ContentImage[],
  reference: string,
) => Promise<Answer>;

const manifestAnswer: Serve = async (parts, node, pod, images, reference) => {
  const image = images.find((one) => one.tag === reference || one.digest === reference);
  if (image === undefined) return NOT_FOUND;
  const isFaulty = image === faultyImage(parts);
  if (isFaulty && node === parts.world.bootstrap && parts.faults.isOn('bootstrap-registry-incomplete'))
    return NOT_FOUND;
  const file = await archiveFile(parts, node, pod, image, `images/${image.name}/${image.tag}/manifest.json`);
  if (file === null) return tagInvalid();
  const isWrong = isFaulty && parts.faults.isOn('bad-manifest', node.name);
  const body = isWrong ? withOtherConfig(file.body) : file.body;
  return fileAnswer(body, file.modified, MANIFEST_TYPE, { 'docker-content-digest': image.digest });
};

const blobAnswer: Serve = async (parts, node, pod, images, digest) => {
  const hex = digest.replace('sha256:', '');
  for (const image of images) {
    const file = await archiveFile(parts, node, pod, image, `images/${image.name}/${image.tag}/${hex}`);
    if (file === null) continue;
    const isBad = image === faultyImage(parts) && image.blobs.at(-1)?.digest === digest;
    const body = isBad && parts.faults.isOn('bad-layer', node.name) ? withFlippedByte(file.body) : file.body;
    const delivery = isBad ? deliveryOf(parts, node) : undefined;
    return { ...fileAnswer(body, file.modified, 'application/octet-stream'), ...(delivery && { delivery }) };
  }
  return NOT_FOUND;
};

function deliveryOf({ faults }: ClusterParts, { name }: SimNode): Delivery | undefined {
  const slow = faults.wordsFor('layer-slow', name);
  if (slow !== undefined) return { is: 'slow', bytesPerSecond: Number(slow[0]) };
  const ways = ['cut', 'reset', 'stalled'] as const;
  const is = ways.find((way) => faults.isOn(`layer-${way}`, name));
  return is && { is };
}

/** Reads a file of an archive as the node's pod sees it: only from its volumes, in their current state. */
async function archiveFile(
  parts: ClusterParts,
  node: SimNode,
  pod: SimRegistry,
  image: ContentImage,
  path: string,
): Promise<{ readonly body: Buffer; readonly modified: Date } | null> {
  if (!pod.carries.includes(image.prefix)) return null;
  return readIfThere(parts, node, join(contentFolder(parts, image.prefix), path));
}

/** Reads a node's file; null if it does not exist, or is removed meanwhile. */
export async function readIfThere(
  parts: ClusterParts,
  node: SimNode,
  path: string,
): Promise<{ readonly body: Buffer; readonly modified: Date } | null> {
  const place = await placeIfThere(parts, node, path, 'read');
  if (!place?.stats?.isFile()) return null;
  const body = await orNull(readFile(place.real));
  return body === null ? null : { body, modified: place.stats.mtime };
}

/**
 * Names in a directory of a node, directories with a trailing slash; null if it is not a directory. Links to nothing,
 * and names removed meanwhile, are left out.
 */
export async function listIfThere(parts: ClusterParts, node: SimNode, path: string): Promise<readonly string[] | null> {
  const place = await placeIfThere(parts, node, path, 'look');
  if (!place?.stats?.isDirectory()) return null;
  const names = ((await orNull(readdir(place.real))) ?? []).toSorted();
  const shown = names.map(async (one) => {
    const stats = (await placeIfThere(parts, node, join(place.path, one), 'look'))?.stats ?? null;
    return stats === null ? [] : [stats.isDirectory() ? `${one}/` : one];
  });
  return (await Promise.all(shown)).flat();
}

async function placeIfThere(parts: ClusterParts, node: SimNode, path: string, wish: Wish): Promise<Place | null> {
  try {
    return await parts.filesOf(node).find('root', path, wish);
  } catch (refused) {
    if (refused instanceof PathRefused) return null;
    throw refused;
  }
}

/** Null when the file or directory is gone by now. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  }
}

function imagesOf(parts: ClusterParts, prefix: string): readonly ContentImage[] {
  return parts.archives.find((one) => one.id === prefix)?.images ?? [];
}

/** Same length, valid JSON, another configuration digest. */
function withOtherConfig(manifest: Buffer): Buffer {
  return Buffer.from(
    manifest
      .toString()
      .replace(/"digest": "sha256:(.)/, (_, first) => `"digest": "sha256:${first === '0' ? '1' : '0'}`),
  );
}

function withFlippedByte(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy.writeUInt8(copy.readUInt8(middle) ^ 0xff, middle);
  return copy;
}
