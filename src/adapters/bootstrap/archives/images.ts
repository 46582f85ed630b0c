import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Image } from '../../../domain/cluster/archive.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import { jsonIn } from '../../../domain/text/json.ts';
import { fileFailed } from '../node/file-failed.ts';
import { bytesAt, NotAFile, withFile } from '../node/open-file.ts';
import { below, systemWords } from '../node/paths.ts';

/** The filter of MetalK8s' registry generator: a folder without such a manifest is not served. */
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal('application/vnd.docker.distribution.manifest.v2+json'),
});

/** Manifests have some kB. */
const MANIFEST_LIMIT = 4 * 2 ** 20;

/** The images of a mounted archive: `images/<name>/<tag>/manifest.json`, sorted. */
export async function imagesOf(root: string, id: string, signal: AbortSignal): Promise<readonly Image[]> {
  const folder = below(root, `/srv/scality/${id}/images`);
  const images: Image[] = [];
  for (const name of await folders(folder)) {
    for (const tag of await folders(join(folder, name))) {
      signal.throwIfAborted();
      if (await isServed(join(folder, name, tag, 'manifest.json'))) images.push({ prefix: id, name, tag });
    }
  }
  return images;
}

async function folders(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((one) => one.isDirectory())
      .map((one) => one.name)
      .sort();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw fileFailed(path, systemWords(cause), { cause });
  }
}

async function isServed(path: string): Promise<boolean> {
  try {
    return await withFile(path, async (file) => {
      const bytes = file.size > MANIFEST_LIMIT ? null : await bytesAt(file, 0, file.size);
      return bytes !== null && manifestSchema.safeParse(jsonIn(bytes.toString('utf8'))).success;
    });
  } catch (cause) {
    // NotAFile: a link out of the image may lead to a device, which has no end.
    if (cause instanceof NotAFile || codeOf(cause) === 'ENOENT') return false;
    throw fileFailed(path, systemWords(cause), { cause });
  }
}
