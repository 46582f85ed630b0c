import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { listedArchives } from './build/archives.ts';
import type { ContentImage } from './build/content-images.ts';
import type { ClusterParts } from './parts.ts';
import { listIfThere, readIfThere } from './registry/image-answers.ts';
import type { SimNode } from './world.ts';

/** A node's inspected state: images over HTTP, files from its disk. */
export interface NodeReport {
  readonly registry: 'ready' | 'notReady' | null;
  /** Number of images, of `expected`, that the registry serves byte for byte as in the archives. */
  readonly served: number;
  readonly expected: number;
  /** `prefix/name:tag` and the problem, for each image not served; empty without a registry. */
  readonly missing: readonly string[];
  readonly engineEndpoints: readonly string[];
  readonly mounts: readonly string[];
  /** Every file in the archive directories, including leftovers of copies. */
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  readonly commands: readonly string[];
}

const GET_LIMIT_MS = 10_000;

/** Inspects every node. */
export async function reportNodes(parts: ClusterParts): Promise<Record<string, NodeReport>> {
  const nodes = [...parts.world.nodes.values()];
  return Object.fromEntries(
    await Promise.all(nodes.map(async (node) => [node.name, await reportNode(parts, node)] as const)),
  );
}

async function reportNode(parts: ClusterParts, node: SimNode): Promise<NodeReport> {
  const images = listedArchives(parts).flatMap((one) => one.images);
  const missing: string[] = [];
  if (node.registry !== null) {
    for (const image of images) {
      const wrong = await whatIsWrong(parts, node, image);
      if (wrong !== null) missing.push(`${image.prefix}/${image.name}:${image.tag} (${wrong})`);
    }
  }
  return {
    registry: node.registry === null ? null : node.registry.ready ? 'ready' : 'notReady',
    served: node.registry === null ? 0 : images.length - missing.length,
    expected: images.length,
    missing,
    engineEndpoints: [...node.engine.endpoints],
    mounts: node.mounts.map((one) => one.target),
    files: await archiveFiles(parts, node),
    commands: node.commandLog.map((one) => one.line),
  };
}

async function whatIsWrong(parts: ClusterParts, node: SimNode, image: ContentImage): Promise<string | null> {
  const base = `http://${node.ip}:${parts.world.registryPort}/v2/${image.prefix}/${image.name}`;
  const wanted = [
    { what: 'manifest', url: `${base}/manifests/${image.tag}`, bytes: image.manifest },
    ...image.blobs.map(({ digest, bytes }) => ({ what: digest.slice(0, 19), url: `${base}/blobs/${digest}`, bytes })),
  ];
  for (const { what, url, bytes } of wanted) {
    const got = await bodyOf(url, parts.closing);
    if (typeof got === 'string') return `${what}: ${got}`;
    if (!got.equals(bytes)) return `${what}: different bytes`;
  }
  return null;
}

async function bodyOf(url: string, closing: AbortSignal): Promise<Buffer | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([closing, AbortSignal.timeout(GET_LIMIT_MS)]) });
    const body = Buffer.from(await response.arrayBuffer());
    return response.status === 200 ? body : `HTTP ${response.status}`;
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    return reason instanceof Error ? reason.message : String(reason);
  }
}

async function archiveFiles(parts: ClusterParts, node: SimNode): Promise<NodeReport['files']> {
  const folders = new Set(parts.archives.map((one) => dirname(one.described.path)));
  const files: { path: string; size: number; sha256: string }[] = [];
  for (const folder of [...folders].toSorted()) {
    for (const name of (await listIfThere(parts, node, folder)) ?? []) {
      if (name.endsWith('/')) continue;
      const path = join(folder, name);
      const found = await readIfThere(parts, node, path);
      if (found !== null) files.push({ path, size: found.body.length, sha256: digestOf(found.body) });
    }
  }
  return files;
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
