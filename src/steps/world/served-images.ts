import { type Archive, imageName } from '../../domain/cluster/archive.ts';
import { sameSet } from '../../domain/cluster/registry.ts';
import type { Registries } from '../../ports/cluster.ts';
import type { StepWorld } from './step-world.ts';

/** A sentence if the archives on the bootstrap node are not the planned ones, else null. */
export function changedArchives(planned: readonly Content[], { archives }: Pick<StepWorld, 'archives'>): string | null {
  const key = ({ id, sha256 }: Content): string => `${id} ${sha256}`;
  const isSame = sameSet(archives.map(key), planned.map(key));
  return isSame ? null : 'The archives on the bootstrap node differ from those in the plan.';
}

type Content = Pick<Archive, 'id' | 'sha256'>;

/** Images that this registry does not serve. Throws Unreachable if the registry does not answer. */
export async function missingImages(
  registries: Registries,
  address: string,
  archive: Archive,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing = await inParallel(archive.images, signal, async (image, until) => {
    const manifest = await registries.manifest(address, image, until);
    return manifest === null ? [imageName(image)] : [];
  });
  return missing.flat();
}

/** Concurrent requests to one registry: enough to hide latency, too few to slow down pulls. */
const CONCURRENCY = 6;

/** Calls `ask` for every item, a few at a time. Answers are in the order of the items. The first error stops the others. */
export async function inParallel<T, R>(
  items: readonly T[],
  signal: AbortSignal,
  ask: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = [];
  const broken = new AbortController();
  const both = AbortSignal.any([signal, broken.signal]);
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [at, item] of queue) {
      both.throwIfAborted();
      answers[at] = await ask(item, both);
    }
  };
  const stopOthers = (error: unknown): void => broken.abort(error);
  await Promise.all(Array.from({ length: CONCURRENCY }, () => lane().catch(stopOthers)));
  broken.signal.throwIfAborted();
  return answers;
}
