import { Unreachable } from '../../domain/answers/failure.ts';
import { type Archive, type Image, imageName } from '../../domain/cluster/archive.ts';
import type { Blob, ImagesProof, ServedManifest } from '../../domain/cluster/registry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Registries } from '../../ports/cluster.ts';
import { inParallel } from './served-images.ts';
import type { StepWorld } from './step-world.ts';

/** Registries, and the bootstrap's to compare them with. */
export interface Compared {
  readonly registries: Registries;
  readonly clock: Pick<Clock, 'steadyMs'>;
  readonly archives: readonly Archive[];
  /** Address of the bootstrap's registry. */
  readonly source: string;
  readonly copies: readonly { readonly node: string; readonly address: string }[];
  readonly onProgress: StepWorld['onProgress'];
}

/** An image, as the bootstrap's registry serves it. */
export interface Original {
  readonly image: Image;
  readonly manifest: ServedManifest;
}

/** One blob of one image in one registry; every one is read, because each has a file of its own. */
export interface Wanted {
  readonly address: string;
  readonly image: Image;
  readonly blob: Blob;
}

/** Compares every manifest with the bootstrap's, then hashes every blob. Ends with the first registry that differs. Throws Unreachable. */
export async function proveImages(compared: Compared, signal: AbortSignal): Promise<ImagesProof> {
  const { source, copies, registries } = compared;
  const images = compared.archives.flatMap((archive) => archive.images.map((image) => ({ image })));
  const originals: Original[] = [];
  const unread = await difference('the bootstrap node', images, signal, async ({ image }, until) => {
    const manifest = await registries.manifest(source, image, until);
    if (manifest === null) return NOT_SERVED;
    originals.push({ image, manifest });
    return null;
  });
  if (unread !== null) return different('the bootstrap node', unread);
  for (const { node, address } of copies) {
    const wrong = await difference(node, originals, signal, async ({ image, manifest }, until) => {
      const copied = await registries.manifest(address, image, until);
      if (copied === null) return NOT_SERVED;
      return copied.sha256 === manifest.sha256 ? null : OTHER_MANIFEST;
    });
    if (wrong !== null) return different(node, wrong);
  }
  return await proveBlobs(originals, compared, signal);
}

export const NOT_SERVED = 'is not served (404)';
export const OTHER_MANIFEST = 'has a different manifest than on the bootstrap node';

const different = (node: string, says: string): ImagesProof => ({ is: 'different', node, says: `On ${node}, ${says}` });

/** What is wrong with some items, in a sentence; null if nothing is. */
async function difference<T extends { readonly image: Image }>(
  node: string,
  items: readonly T[],
  signal: AbortSignal,
  ask: (item: T, signal: AbortSignal) => Promise<string | null>,
): Promise<string | null> {
  try {
    const answers = await inParallel(items, signal, async (item, until) => {
      const says = await ask(item, until);
      return says === null ? [] : [`${imageName(item.image)} ${says}`];
    });
    const [first, ...more] = answers.flat();
    if (first === undefined) return null;
    return more.length === 0
      ? `${first}.`
      : `${first}, and ${more.length} more ${more.length === 1 ? 'differs' : 'differ'}.`;
  } catch (error) {
    throw error instanceof Unreachable ? new Unreachable(node, error.fault, error.says, { cause: error }) : error;
  }
}

async function proveBlobs(
  originals: readonly Original[],
  compared: Compared,
  signal: AbortSignal,
): Promise<ImagesProof> {
  const byCopy = compared.copies.map((copy) => originals.flatMap((original) => wantedOf(original, copy)));
  const all = byCopy.flat();
  const report = meter(all, compared);
  for (const [at, { node }] of compared.copies.entries()) {
    const ask = (one: Wanted, until: AbortSignal) => otherBlob(one, compared.registries, report, until);
    const wrong = await difference(node, byCopy[at] ?? [], signal, ask);
    if (wrong !== null) return different(node, wrong);
  }
  return { is: 'same', images: originals.length, blobs: all.length, bytes: bytesOf(all) };
}

const bytesOf = (wanted: readonly Wanted[]): number => wanted.reduce((sum, { blob }) => sum + blob.size, 0);

/** Every layer of the image once, and its configuration. */
export function wantedOf({ image, manifest }: Original, { address }: Pick<Wanted, 'address'>): readonly Wanted[] {
  const once = new Map(manifest.blobs.map((blob) => [blob.digest, blob]));
  return [...once.values()].map((blob) => ({ address, image, blob }));
}

/** What is wrong with the bytes that the registry serves; null if they have the digest. */
export async function otherBlob(
  wanted: Wanted,
  registries: Registries,
  report: (wanted: Wanted, received: number) => void,
  signal: AbortSignal,
): Promise<string | null> {
  const { address, image, blob } = wanted;
  const served = await registries.blob(address, image, blob, (received) => report(wanted, received), signal);
  const name = `the blob ${blob.digest.slice(0, 19)}`;
  if (served === null) return `lacks ${name}`;
  if (served.size !== blob.size) return `has ${name} with ${served.size} instead of ${blob.size} bytes`;
  if (`sha256:${served.sha256}` === blob.digest) return null;
  return `has wrong bytes in ${name}: the SHA-256 of what it serves is ${served.sha256?.slice(0, 12)}`;
}

/** Reports the bytes that were read, of all. */
export function meter(
  all: readonly Wanted[],
  { clock, onProgress }: Pick<Compared, 'clock' | 'onProgress'>,
): (one: Wanted, received: number) => void {
  const total = bytesOf(all);
  const from = clock.steadyMs();
  const read = new Map<Wanted, number>();
  let done = 0;
  return (one, received) => {
    done += received - (read.get(one) ?? 0);
    read.set(one, received);
    const seconds = (clock.steadyMs() - from) / 1000;
    const pace =
      seconds > 0 && done > 0 ? { rate: done / seconds, secondsLeft: ((total - done) * seconds) / done } : {};
    onProgress({ done, total, unit: 'bytes', ...pace, note: 'hashing every layer that the registries serve' });
  };
}
