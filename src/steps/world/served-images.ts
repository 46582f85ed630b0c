import { type Archive, imageName } from '../../domain/cluster/archive.ts';
import type { Registries } from '../../ports/cluster.ts';

/** Images that this registry does not serve at all. Throws Unreachable when nobody answers there. */
export async function missingImages(
  registries: Registries,
  address: string,
  archive: Archive,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing = await inParallel(archive.images, async (image) => {
    const manifest = await registries.manifest(address, image, signal);
    return manifest === null ? [imageName(image)] : [];
  });
  return missing.flat();
}

/** Requests to one registry at the same time: enough to hide the way, too few to disturb pulls. */
const AT_A_TIME = 6;

/** Asks for all items, a few at a time, and gives the answers in the items' order. */
export async function inParallel<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let from = 0; from < items.length; from += AT_A_TIME) {
    answers.push(...(await Promise.all(items.slice(from, from + AT_A_TIME).map(ask))));
  }
  return answers;
}
